import { describe, expect, it } from 'vitest';
import { CATALOG_COLUMNS, parseCatalog } from '../../src/catalogs/catalog-file.ts';
import { GiB } from '../../src/model/bytes.ts';

describe('a catalog file', () => {
  it('needs only a name and the memory of each entry', async () => {
    const { entries, problems } = await parseCatalog('memory_gib,name\n16,rack-a\n32.5,rack-b\n');
    expect(problems).toEqual([]);
    expect(entries.map(({ name, memoryBytes, provider }) => [name, memoryBytes, provider])).toEqual([
      ['rack-a', 16 * GiB, 'custom'],
      ['rack-b', 32.5 * GiB, 'custom'],
    ]);
  });

  it('reads an empty cell as not known, never as zero', async () => {
    const { entries } = await parseCatalog(`${CATALOG_COLUMNS.join(',')}\nacme,bare,m1,m,,64,,,,,,,,,price list\n`);
    expect(entries[0]).toMatchObject({ provider: 'acme', offering: 'bare', family: 'm', memoryBytes: 64 * GiB, source: 'price list' });
    expect(entries[0]?.vcpu).toBeUndefined();
    expect(entries[0]?.priceUsdHour).toBeUndefined();
  });

  it('takes a byte order mark, CRLF, quotes and blank lines as they come', async () => {
    const { entries, problems } = await parseCatalog('\uFEFFname,memory_gib,source\r\n\r\n"a, big one",8,"said ""so"""\r\n');
    expect(problems).toEqual([]);
    expect(entries[0]).toMatchObject({ line: 3, name: 'a, big one', source: 'said "so"' });
  });

  it.each([
    ['', 1, 'empty'],
    ['name,vcpu\na,1\n', 1, 'column "memory_gib" is missing'],
    ['name,memory_gib,name\na,1,b\n', 1, 'column "name" appears twice'],
    ['name,memory_gib\na,sixteen\n', 2, 'memory_gib "sixteen" is not a number of 0 or more'],
    ['name,memory_gib\na,-1\n', 2, 'memory_gib "-1" is not a number of 0 or more'],
    ['name,memory_gib\n,4\n', 2, 'name is empty'],
    ['name,memory_gib\nb,4\na,4,9\n', 3, '3 columns, expected 2'],
  ])('says what is wrong with %j, and in which line', async (text, line, problem) => {
    const { problems } = await parseCatalog(text);
    expect(problems).toContainEqual({ line, level: 'error', problem });
  });

  it('warns of columns that it does not know and goes on', async () => {
    const { entries, problems } = await parseCatalog('name,memory_gib,__proto__\na,4,x\n');
    expect(entries).toHaveLength(1);
    expect(problems).toEqual([{ line: 1, level: 'warning', problem: 'column "__proto__" is not known and is ignored' }]);
  });

  it('tells the line of a broken quote', async () => {
    const { entries, problems } = await parseCatalog('name,memory_gib\na,4\n"b,8\n');
    expect(entries).toEqual([]);
    expect(problems[0]?.level).toBe('error');
    expect(problems[0]?.problem).toMatch(/^no CSV: /);
  });
});
