import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Aliases, isAlias } from '../../src/model/aliases.ts';

describe('Aliases', () => {
  it('give a name the same alias everywhere, in whatever letters, and count by kind', () => {
    const aliases = new Aliases();
    expect(['orders', 'users', 'Orders'].map((name) => aliases.of('node', name))).toEqual(['node-1', 'node-2', 'node-1']);
    expect(aliases.of('host', 'orders')).toBe('host-1');
    expect(aliases.mapping()).toEqual({ 'node-1': 'orders', 'node-2': 'users', 'host-1': 'orders' });
  });

  it('keep those of an earlier mapping and go on behind them', () => {
    const aliases = new Aliases({ 'node-7': 'users', 'node-2': 'orders', nonsense: 'x', __proto__: 'y' });
    expect(['users', 'orders', 'new'].map((name) => aliases.of('node', name))).toEqual(['node-7', 'node-2', 'node-8']);
    expect(new Aliases(aliases.mapping()).mapping()).toEqual(aliases.mapping());
  });

  it('change nothing when a name is an alias already', () => {
    expect(new Aliases().of('node', 'node-3')).toBe('node-3');
    expect(new Aliases().of('input', '-')).toBe('-');
  });

  it('never call two names the same', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { selector: (name) => name.toLowerCase() }), (names) => {
        const aliases = new Aliases();
        const given = names.filter((name) => !isAlias(name) && name !== '-').map((name) => aliases.of('node', name));
        expect(new Set(given).size).toBe(given.length);
      }),
    );
  });

  it.each([
    ['orders is full', 'node-1 is full'],
    ['ORDERS is full', 'node-1 is full'],
    ['orders-old and preorders are other names', 'orders-old and preorders are other names'],
    ['kubectl exec orders -- redis-cli', 'kubectl exec node-1 -- redis-cli'],
    ['10.0.0.1:6379 and 10.0.0.1', 'node-2 and host-1'],
    ['redis://10.0.0.1:6379', 'redis://node-2'],
    ['redis://db.example.com:6379/0', 'redis://host-2'],
    ['fe80::1:2:3 and ::ffff:192.168.1.9', 'host-2 and host-3'],
    ['7.0.15, jemalloc-5.3.0, 12:30:15', '7.0.15, jemalloc-5.3.0, 12:30:15'],
    ['redis-headroom collect redis://HOST:6379 --every 60s', 'redis-headroom collect redis://HOST:6379 --every 60s'],
    ['maxmemory 12', 'maxmemory 12'],
    ['12', 'node-3'],
  ])('make of the text %j %j', (text, expected) => {
    const aliases = new Aliases();
    for (const name of ['orders', '10.0.0.1:6379', '12']) aliases.of('node', name);
    aliases.of('host', '10.0.0.1');
    expect(aliases.inText(text)).toBe(expected);
  });

  it.each([
    ['"secret" is read as day/month/year', '"…" is read as day/month/year'],
    [`"secret" is too small: --map 'usedMemoryBytes=secret:MiB'`, `"…" is too small: --map 'usedMemoryBytes=…:MiB'`],
    ['/home/jo/dumps/a.csv: does not exist', 'input-1: does not exist'],
    ['../dumps/a.csv and C:\\dumps\\b.csv', 'input-1 and input-2'],
    ['tries failed: db.example.com:6379: refuses the connection', 'tries failed: host-1: refuses the connection'],
    ['ask jo@example.com', 'ask name-1'],
    ['see https://wiki.example.com/prices and //files/share', 'see https://host-1 and input-1'],
    ['Check rediss:// against redis://, the CA', 'Check rediss:// against redis://, the CA'],
    ['day/month/year of used/rss', 'day/month/year of used/rss'],
  ])('make of the message %j %j', (text, expected) => {
    expect(new Aliases().inQuotingText(text)).toBe(expected);
  });

  it('make short names of a few words aliases, and of a sentence only what is quoted or in brackets', () => {
    const aliases = new Aliases();
    aliases.of('group', 'g');
    aliases.of('zone', 'a');
    aliases.of('node', 'orders:6379');
    expect(aliases.inWords('groups: g, zones')).toBe('groups: group-1, zones');
    expect(aliases.inSentence('a node in one zone (not g): it is in "a" and in "other", such as redis://host:6379')).toBe(
      'a node in one zone (not g): it is in "zone-1" and in "…", such as redis://host:6379',
    );
    expect(aliases.inSentence('a file that can be read (/home/jo/a: no "secret" (EACCES) for orders:6379)')).toBe(
      'a file that can be read (input-1: no "…" (EACCES) for node-1)',
    );
    expect(aliases.inSentence('valid YAML (bad /home/jo/a ( at orders:6379)')).toBe('valid YAML (bad input-1 ( at node-1)');
  });
});
