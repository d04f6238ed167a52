import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/model/errors.ts';
import { startInputReport } from '../../../src/model/sample-batch.ts';
import { infoDumpSource } from '../../../src/sources/info-dump/index.ts';
import { infoFixture, infoInput, readInfo } from './read-info.ts';

const used = async (text: string, options = {}) => (await readInfo(text, options)).rows.map((row) => row.number('usedMemoryBytes'));

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A small dump of one minute of a server. */
function dump(minute: number, used = 1000 + minute): string {
  return [
    '# Server',
    'redis_version:7.2.5',
    'run_id:ffff000000000000000000000000000000000001',
    'tcp_port:6379',
    `uptime_in_seconds:${100 + 60 * minute}`,
    'hz:10',
    'lru_clock:1024',
    'executable:/usr/bin/redis-server --port 6379',
    '',
    '# Memory',
    `used_memory:${used}`,
    'used_memory_human:1.00K',
    'used_memory_rss:5000',
    'maxmemory:0',
    '',
    '# Keyspace',
    'db0:keys=3,expires=1,avg_ttl=0',
    '',
  ].join('\n');
}

describe('what INFO of different ages and makes says', () => {
  it('reads a RESP reply of Redis 1.2, which has no sections and no resident memory', async () => {
    const { rows, report } = await readInfo(infoFixture('redis-1.2-resp.txt'));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.number('usedMemoryBytes')).toBe(734003);
    expect(rows[0]?.number('usedMemoryRssBytes')).toBeUndefined();
    expect(rows[0]?.number('keys')).toBeUndefined();
    expect(rows[0]?.number('rdbLastSaveTimeSeconds')).toBe(1270000000);
    expect(report.timeSource).toBe('uptime');
  });

  it('reads the flat form of Redis 2.4 and sums its databases', async () => {
    const { rows } = await readInfo(infoFixture('redis-2.4-flat.txt'));
    expect(rows[0]?.number('keys')).toBe(42);
    expect(rows[0]?.number('expires')).toBe(4);
    expect(rows[0]?.number('db9Keys')).toBe(2);
    expect(rows[0]?.number('latestForkSeconds')).toBeCloseTo(0.0015, 12);
    expect(rows[0]?.text('allocator')).toBe('jemalloc-3.2.0');
  });

  it('leaves empty values, words, -1 and an RSS of 0 absent, and takes a last line without its line end', async () => {
    const { rows, report } = await readInfo(infoFixture('redis-3.2-empty-values.txt'));
    const [row] = rows;
    expect(row?.number('usedMemoryBytes')).toBe(3000000);
    for (const id of ['blockedClients', 'usedMemoryRssBytes', 'memFragmentationRatio', 'rdbLastBgsaveSeconds', 'oomErrors'] as const) {
      expect(row?.number(id), id).toBeUndefined();
    }
    expect(row?.number('maxmemoryBytes')).toBe(0);
    expect(row?.number('keys')).toBe(17);
    expect(report.wrappedIntegers).toBe(0);
  });

  it('counts wrapped integers as absent, keeps large ones as doubles, and reads module sections past', async () => {
    const { rows, report } = await readInfo(infoFixture('redis-6.2-modules.txt').replaceAll('\n', '\r\n'));
    const [row] = rows;
    expect(row?.number('usedMemoryDatasetBytes')).toBeUndefined();
    expect(report.wrappedIntegers).toBe(1);
    expect(row?.number('notCountedBytes')).toBe(9007199254740992);
    expect(row?.number('keys')).toBe(0);
    expect(row?.number('expires')).toBe(0);
    expect(row?.number('oomErrors')).toBe(0);
    expect(row?.time).toBe('2026-11-02T10:00:00.250Z');
    expect(report.timeSource).toBe('server-time');
  });

  it('reads the count of OOM errors', async () => {
    const { rows } = await readInfo(`${dump(0)}# Errorstats\nerrorstat_OOM:count=12\nerrorstat_ERR:count=3\n`);
    expect(rows[0]?.number('oomErrors')).toBe(12);
  });

  it('claims no 0 where the server gave up listing errors', async () => {
    const { rows } = await readInfo(`${dump(0)}# Errorstats\nerrorstat_ERRORSTATS_OVERFLOW:count=1\n`);
    expect(rows[0]?.number('oomErrors')).toBeUndefined();
  });

  it('knows Valkey, KeyDB and Dragonfly by their own fields', async () => {
    const valkey = await readInfo(
      '# Server\nredis_version:7.2.4\nserver_name:valkey\nvalkey_version:8.1.1\nserver_mode:standalone\n# Memory\nused_memory:9\n',
    );
    expect([valkey.rows[0]?.text('valkeyVersion'), valkey.rows[0]?.text('serverName'), valkey.rows[0]?.text('mode')]).toEqual([
      '8.1.1',
      'valkey',
      'standalone',
    ]);
    const keydb = await readInfo(
      '# Server\nredis_version:6.3.4\n# Memory\nused_memory:9\navailable_system_memory:unavailable\n# KeyDB\nmvcc_depth:0\n',
    );
    expect(keydb.rows[0]?.text('serverName')).toBe('keydb');
    const dragonfly = await readInfo(
      '# Server\nredis_version:7.2.0\ndragonfly_version:df-v1.23.0\n# Memory\nused_memory:9\nmaxmemory:100\n',
    );
    expect(dragonfly.rows[0]?.text('dragonflyVersion')).toBe('df-v1.23.0');
    expect(dragonfly.rows[0]?.number('maxmemoryBytes')).toBe(100);
  });

  it('prefers the newer name of a metric that INFO prints twice', async () => {
    const { rows } = await readInfo('# Memory\nused_memory:9\nused_memory_vm_eval:30\nused_memory_lua:30\nused_memory_vm_total:70\n');
    expect(rows.map((row) => row.number('luaVmBytes'))).toEqual([70]);
  });

  it('takes an uptime that is really an epoch for absent', async () => {
    const { rows, report } = await readInfo('redis_version:2.8.4\nuptime_in_seconds:1793613600\nused_memory:9\n');
    expect(rows[0]?.number('uptimeSeconds')).toBeUndefined();
    expect(report.timeSource).toBe('order');
  });

  it.each([
    ['commandstats-only.txt', /without used_memory/],
    ['sentinel.txt', /Sentinel/],
    ['pika.txt', /Pika/],
  ])('refuses %s with its reason', async (name, message) => {
    expect(infoDumpSource.accepts(infoInput(infoFixture(name), name))).toBe(true);
    await expect(readInfo(infoFixture(name), { name })).rejects.toThrow(message);
    await expect(readInfo(infoFixture(name), { name })).rejects.toBeInstanceOf(InputError);
  });

  it('refuses Kvrocks and text without INFO', async () => {
    await expect(readInfo('# Server\nredis_version:4.0.0\nkvrocks_version:2.9.0\n# Memory\nused_memory_rss:99\n')).rejects.toThrow(
      /Kvrocks/,
    );
    await expect(readInfo('nothing to see here\n')).rejects.toThrow(/no INFO was found/);
    await expect(readInfo('')).rejects.toThrow(InputError);
  });
});

describe('where one dump ends and the next begins', () => {
  const three = [0, 1, 2].map((minute) => dump(minute));

  it.each([
    ['nothing between them', three.join('')],
    ['CR LF', three.join('').replaceAll('\n', '\r\n')],
    ['CR alone', three.join('').replaceAll('\n', '\r')],
    ['CR CR LF', three.join('').replaceAll('\n', '\r\r\n')],
    ['blank lines between all lines', three.join('').replaceAll('\n', '\n\n')],
    ['RESP lengths', three.map((text) => `$${text.length}\r\n${text.replaceAll('\n', '\r\n')}\r\n`).join('')],
    ['no section headers', three.join('').replace(/^#.*\n/gm, '')],
    ['no blank lines', three.join('').replace(/^\n/gm, '')],
    ['prompts', three.map((text) => `127.0.0.1:6379> INFO\n${text}`).join('')],
    ['command lines', three.map((text) => `$ redis-cli -p 6379 -a hunter2 info\n${text}`).join('')],
    ['Markdown quotes and fences', three.map((text) => `\`\`\`\n${text.replace(/^/gm, '> ')}\`\`\`\n`).join('')],
    ['blanks before each line', three.join('').replace(/^/gm, '    ')],
    ['line numbers', three.join('').replace(/^/gm, '  17:')],
    ['a blank after the colon', three.join('').replace(/^(\w+):/gm, '$1: ')],
    ['equals signs', three.join('').replace(/^(\w+):/gm, '$1=')],
    [
      'quoted JSON members',
      three.map((text) => `{\n${text.replace(/^#.*\n/gm, '').replace(/^(\w+):(.*)$/gm, '  "$1": "$2",')}}\n`).join(''),
    ],
    ['one JSON string with its line ends spelled out', three.map((text) => JSON.stringify(text.replaceAll('\n', '\r\n'))).join('\n')],
    [
      'one Python dictionary a line',
      three.map((text) => `{${text.replace(/^#.*\n|^\n/gm, '').replace(/^(\w+):(.*)\n/gm, "'$1': '$2', ")}}`).join('\n'),
    ],
    ['a table border', three.join('').replace(/^/gm, '| ')],
    ['container log prefixes', three.join('').replace(/^/gm, '2026-11-02T10:00:00.1234567Z stdout F ')],
    ['the program that logged it', three.join('').replace(/^/gm, 'worker | ')],
    ['one Python bytes literal a line', three.map((text) => `b'${text.replaceAll('\n', '\\r\\n')}'`).join('\n')],
    ['a byte order mark', `\ufeff${three.join('')}`],
    ['terminal colours', three.join('').replace(/^(\w+):/gm, '\u001b[32m$1\u001b[0m:')],
  ])('tells three dumps apart with %s', async (_, text) => {
    for (const pieceSize of [65_536, 7]) expect(await used(text, { pieceSize })).toEqual([1000, 1001, 1002]);
  });

  it('reads the UTF-16 that PowerShell writes', async () => {
    const text = `\ufeff${dump(0).replaceAll('\n', '\r\n')}`;
    const bytes = Buffer.from(text, 'utf16le');
    expect(infoDumpSource.accepts(infoInput(bytes))).toBe(true);
    expect((await readInfo(bytes, { pieceSize: 5 })).rows[0]?.number('usedMemoryBytes')).toBe(1000);
  });

  it('keeps what is usable of a dump cut off at the end, but not the number that was cut', async () => {
    const cut = `${dump(0)}${dump(1).slice(0, dump(1).indexOf('maxmemory'))}maxmem`;
    expect(await used(cut)).toEqual([1000, 1001]);
    const inNumber = `${dump(0)}${dump(1)}${dump(2, 123456789).slice(0, dump(2, 123456789).indexOf('456789'))}`;
    const { rows, report } = await readInfo(inNumber);
    expect(rows.map((row) => row.number('usedMemoryBytes'))).toEqual([1000, 1001]);
    expect(report.rejections).toEqual([{ line: 35, reason: 'INFO without used_memory' }]);
  });

  it('keeps the lines of interleaved writers apart', async () => {
    const { rows } = await readInfo(infoFixture('compose-interleaved.log'));
    expect(rows.map((row) => [row.node, row.number('usedMemoryBytes'), row.number('usedMemoryRssBytes')])).toEqual([
      ['redis-a-1', 111, 444],
      ['redis-b-1', 222, 333],
    ]);
  });

  it('finds the INFO in a pasted issue and takes no number from its prose', async () => {
    const { rows } = await readInfo(infoFixture('issue.md'), { name: 'issue-12.md' });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.number('usedMemoryBytes')).toBe(4400000000);
    expect(rows[0]?.number('maxmemoryBytes')).toBe(4294967296);
    expect(rows[0]?.text('role')).toBeUndefined();
  });

  it('finds the INFO in a crash report, with the time of the crash', async () => {
    const { rows } = await readInfo(infoFixture('crash-report.txt'), { name: 'redis.log' });
    expect(rows.map((row) => [row.time, row.number('usedMemoryBytes'), row.number('keys'), row.node])).toEqual([
      ['2026-11-02T10:05:00.500Z', 123456789, 5, 'redis:6379'],
    ]);
  });

  it('says from which lines a batch came', async () => {
    const { batches } = await readInfo(`2026-11-02T10:00:00Z\r\n${dump(0).replaceAll('\n', '\r\n')}`);
    expect(batches[0]?.origin).toEqual({ input: 'prod-a.txt', fromLine: 2, toLine: 18 });
  });
});

describe('when each dump was taken', () => {
  const minutes = [0, 1, 2];
  const expected = ['2026-11-02T10:00:00.000Z', '2026-11-02T10:01:00.000Z', '2026-11-02T10:02:00.000Z'];
  const times = async (text: string, options = {}) => (await readInfo(text, options)).rows.map((row) => row.time);

  it.each([
    ['ISO 8601', (m: number) => `2026-11-02T10:0${m}:00Z`],
    ['an offset', (m: number) => `2026-11-02T11:0${m}:00+01:00`],
    ['a comment', (m: number) => `# 2026-11-02 10:0${m}:00 UTC`],
    ['a heading', (m: number) => `=== 2026-11-02 10:0${m}:00 ===`],
    ['a label', (m: number) => `Timestamp: 2026-11-02 10:0${m}:00.000`],
    ['brackets', (m: number) => `[2026-11-02T10:0${m}:00Z]`],
    ['epoch seconds', (m: number) => `${1793613600 + 60 * m}`],
    ['labelled epoch milliseconds', (m: number) => `timestamp: ${1793613600000 + 60_000 * m}`],
    ['epoch nanoseconds', (m: number) => `# ${1793613600 + 60 * m}000000000`],
    ['date', (m: number) => `Mon Nov  2 10:0${m}:00 UTC 2026`],
    ['date in Central Europe', (m: number) => `Mon 2 Nov 2026 11:0${m}:00 AM CET`],
    ['a Go time', (m: number) => `2026-11-02 10:0${m}:00 +0000 UTC m=+${m}.1`],
    ['a time beside an address', (m: number) => `--- 10.0.0.1:6379 @ 2026-11-02T10:0${m}:00Z ---`],
  ])('reads %s before or behind each dump', async (_, stamp) => {
    expect(await times(minutes.map((m) => `${stamp(m)}\n${dump(m)}`).join(''))).toEqual(expected);
    expect(await times(minutes.map((m) => `${dump(m)}${stamp(m)}\n`).join(''))).toEqual(expected);
  });

  it('reads the log prefix of each line, and lets the first line of a dump tell its time', async () => {
    const text = minutes.map((m) => dump(m).replace(/^/gm, `2026-11-02T10:0${m}:00Z app[${m}]: `)).join('\n');
    const { rows } = await readInfo(text);
    expect(rows.map((row) => [row.time, row.number('usedMemoryBytes')])).toEqual(expected.map((time, m) => [time, 1000 + m]));
  });

  it('takes the time from the JSON log line that INFO stands in', async () => {
    const info = (m: number) => dump(m).replaceAll('\n', '\r\n');
    const timeFirst = minutes.map((m) => JSON.stringify({ time: `2026-11-02T10:0${m}:00Z`, level: 'info', info: info(m) }));
    expect(await times(timeFirst.join('\n'))).toEqual(expected);
    const timeLast = minutes.map((m) => JSON.stringify({ info: info(m), time: `2026-11-02T10:0${m}:00Z` }));
    expect(await times(timeLast.join('\n'))).toEqual(expected);
  });

  it('takes stamps without an offset for the given zone and says so', async () => {
    const text = minutes.map((m) => `2026-11-02 05:0${m}:00\n${dump(m)}`).join('');
    const { rows, report } = await readInfo(text, { timeZone: 'America/New_York' });
    expect(rows.map((row) => row.time)).toEqual(expected);
    expect(report).toMatchObject({ timeSource: 'stamps', assumedZone: 'America/New_York' });
  });

  it('reads stamps in the form given by --time-format', async () => {
    const text = minutes.map((m) => `02/11/2026 10h0${m}\n${dump(m)}`).join('');
    expect(await times(text, { timeFormat: "dd/MM/yyyy HH'h'mm" })).toEqual(expected);
  });

  it('shares one stamp among the servers below it, and drops the tail that the end of the file cut', async () => {
    const { rows } = await readInfo(infoFixture('fleet-loop.log').trimEnd(), { name: 'fleet.log' });
    expect(rows.map((row) => [row.node, row.time.slice(11, 16), row.number('usedMemoryBytes'), row.number('usedMemoryRssBytes')])).toEqual([
      ['10.0.0.1:6379', '10:00', 1000, 2000],
      ['redis-b.internal:6379', '10:00', 3000, 4000],
      ['10.0.0.1:6379', '10:01', 1100, 2100],
      ['redis-b.internal:6379', '10:01', 3100, undefined],
    ]);
  });

  it('places a dump whose stamp is missing by the uptime', async () => {
    const text = `2026-11-02T10:00:00Z\n${dump(0)}${dump(1)}2026-11-02T10:02:00Z\n${dump(2)}`;
    expect(await times(text)).toEqual(expected);
    const behind = `${dump(0)}${dump(1)}2026-11-02T10:01:00Z\n${dump(2)}2026-11-02T10:02:00Z\n`;
    expect(await times(behind)).toEqual(expected);
  });

  it('is not misled by a log that begins in the middle of a dump', async () => {
    const tail = dump(0).slice(dump(0).indexOf('used_memory_rss'));
    const { rows, report } = await readInfo(`${tail}${[1, 2].map((m) => `2026-11-02T10:0${m}:00Z\n${dump(m)}`).join('')}`);
    expect(rows.map((row) => [row.time, row.number('usedMemoryBytes')])).toEqual([
      ['2026-11-02T10:01:00.000Z', 1001],
      ['2026-11-02T10:02:00.000Z', 1002],
    ]);
    expect(report.rejectedRows).toBe(1);
  });

  it('does not shift all times when only the first stamp is lost', async () => {
    const { rows, report } = await readInfo(`${dump(0)}${[1, 2].map((m) => `2026-11-02T10:0${m}:00Z\n${dump(m)}`).join('')}`);
    expect(rows.map((row) => row.time)).toEqual(expected);
    expect(report.rejectedRows).toBe(0);
  });

  it('keeps to stamps behind the dumps when the last dump is cut off', async () => {
    const text = `${dump(0)}2026-11-02T10:00:00Z\n${dump(1)}2026-11-02T10:01:00Z\n${dump(2).slice(0, dump(2).indexOf('maxmemory'))}`;
    expect(await times(text)).toEqual(expected);
  });

  it.each([
    ['info-2026-11-02T10-00-00.txt', '2026-11-02T10:00:00.000Z'],
    ['20261102_100000.txt', '2026-11-02T10:00:00.000Z'],
    ['redis-1793613600.log', '2026-11-02T10:00:00.000Z'],
    ['prod-a_2026-11-02.txt.gz', '2026-11-02T00:00:00.000Z'],
  ])('reads the time in the file name %s', async (name, time) => {
    const { rows, report } = await readInfo(dump(0), { name });
    expect(rows.map((row) => row.time)).toEqual([time]);
    expect(report.timeSource).toBe('file-names');
  });

  it('trusts the server’s clock more than a mere date in the file name', async () => {
    const text = dump(0).replace('tcp_port', 'server_time_usec:1793613600000000\ntcp_port');
    expect(await times(text, { name: 'prod-a-2026-11-02.txt' })).toEqual(['2026-11-02T10:00:00.000Z']);
    expect(await times(text, { name: 'prod-a-2026-11-02T09-59-58.txt' })).toEqual(['2026-11-02T09:59:58.000Z']);
  });

  it('does not guess which of two numbers is the month, and says so', async () => {
    const { rows, report } = await readInfo(minutes.map((m) => `Mon 02/11/2026 10:0${m}:00\n${dump(m)}`).join(''));
    expect(rows).toHaveLength(3);
    expect(report.timeSource).toBe('uptime');
    expect(report.notes.join(' ')).toMatch(/^The dumps carry no time.*3 times such as 02\/11\/2026 were not read/);
  });

  it('lets further dumps follow the file name by their uptime', async () => {
    expect(await times(minutes.map((m) => dump(m)).join(''), { name: 'info-2026-11-02T10-00-00.txt' })).toEqual(expected);
  });

  it('places dumps without any time by uptime, later processes behind earlier ones, and notes it', async () => {
    const restarted = dump(0).replace('ffff', 'eeee').replace('uptime_in_seconds:100', 'uptime_in_seconds:30');
    const { rows, report } = await readInfo(`${dump(0)}${dump(1)}${restarted}`);
    expect(rows.map((row) => row.time)).toEqual(['2000-01-01T00:01:40.000Z', '2000-01-01T00:02:40.000Z', '2000-01-01T00:03:10.000Z']);
    expect(report.timeSource).toBe('uptime');
    expect(report.notes).toHaveLength(1);
  });

  it('falls back to the order, one minute apart', async () => {
    const { rows, report } = await readInfo('used_memory:5\nused_memory_rss:9\nused_memory:6\nused_memory_rss:8\n');
    expect(rows.map((row) => [row.time, row.number('usedMemoryBytes')])).toEqual([
      ['2000-01-01T00:00:00.000Z', 5],
      ['2000-01-01T00:01:00.000Z', 6],
    ]);
    expect(report.timeSource).toBe('order');
  });

  it('decides once for a whole input, so that made-up and real times never mix', async () => {
    const text = [...Array(1005).keys()].map((m) => dump(m)).join('');
    const { rows, report } = await readInfo(`${text}2026-11-02T10:00:00Z\n${dump(1005)}`);
    expect(rows).toHaveLength(1006);
    expect(rows.every((row) => row.time.startsWith('2000-01-'))).toBe(true);
    expect(report.timeSource).toBe('uptime');
  });
});

describe('whose dump it is', () => {
  const nodes = async (text: string, options = {}) => [...new Set((await readInfo(text, options)).rows.map((row) => row.node))];

  it.each([
    ['prod-a.txt', 'prod-a'],
    ['logs/prod-a-2026-11-02T10-00-00.txt', 'prod-a'],
    ['info-2026-11-02T10-00-00.txt', 'redis:6379'],
    ['dump17.txt', 'redis:6379'],
    ['-', 'redis:6379'],
  ])('names the server of %s %s', async (name, node) => {
    expect(await nodes(dump(0), { name })).toEqual([node]);
  });

  it('prefers a written address to --node, and --node to the file name', async () => {
    expect(await nodes(`10.1.2.3:6380\n${dump(0)}`, { nodeId: 'main' })).toEqual(['10.1.2.3:6380']);
    expect(await nodes(`127.0.0.1:6379> INFO\n${dump(0)}`, { nodeId: 'main' })).toEqual(['main']);
  });

  it.each([
    ['a bare address', 'cache_1:6379\n', 'cache_1:6379'],
    ['an IPv6 address', '[fd00::1]:6379\n', '[fd00::1]:6379'],
    ['a heading', '=== cache-7.prod ===\n', 'cache-7.prod'],
    ['a label', 'Host: cache-7\n', 'cache-7'],
    ['a prompt', 'cache-7.prod:6379> info memory\n', 'cache-7.prod:6379'],
    ['a command with a password', '# redis-cli -u redis://bob:secret@cache-7.prod:6390 info\n', 'cache-7.prod:6390'],
    ['Ansible', 'cache-7 | CHANGED | rc=0 >>\n', 'cache-7'],
    ['redis-cli --cluster call', 'cache-7.prod:7000: ', 'cache-7.prod:7000'],
  ])('takes the name from %s', async (_, heading, node) => {
    expect((await nodes(`${heading}${dump(0)}`))[0]).toBe(node);
  });

  it('takes addresses with an underscore for nodes, and fields of the same look for fields', async () => {
    const text = [1, 2, 1, 2].map((host, index) => `cache_${host}:6379\n${dump(index)}`).join('');
    const { rows } = await readInfo(text);
    expect(rows.map((row) => row.node)).toEqual(['cache_1:6379', 'cache_2:6379', 'cache_1:6379', 'cache_2:6379']);
    expect(await nodes(`total_connections_received:5000\n${dump(0)}`)).toEqual(['prod-a']);
  });

  it('takes the prefix of grep for a file, with its time', async () => {
    const lines = (m: number) => dump(m).replace(/^(?=.)/gm, `out/info-2026-11-02T10-0${m}-00.txt:`);
    const { rows } = await readInfo(`${lines(0)}${lines(1)}`);
    expect(rows.map((row) => [row.time.slice(11, 16), row.number('usedMemoryBytes')])).toEqual([
      ['10:00', 1000],
      ['10:01', 1001],
    ]);
  });

  it('takes the name from the prefix of kubectl, clush and syslog', async () => {
    const prefixed = (prefix: string) => dump(0).replace(/^/gm, prefix);
    expect(await nodes(prefixed('[pod/redis-0/redis] '))).toEqual(['redis-0']);
    expect(await nodes(prefixed('cache-7: '))).toEqual(['cache-7']);
    expect(await nodes(prefixed('Nov  2 10:00:00 cache-7 monitor[12]: '))).toEqual(['cache-7']);
  });

  it('tells ports in one file apart', async () => {
    expect(await nodes(dump(0) + dump(0).replace('tcp_port:6379', 'tcp_port:6380'))).toEqual(['prod-a', 'prod-a:6380']);
  });

  it('tells servers apart that alternate without a name, but not a restart', async () => {
    const other = (m: number) => dump(m).replace('ffff', 'abcd');
    const { rows, report } = await readInfo([dump(0), other(0), dump(1), other(1)].join(''));
    expect(rows.map((row) => row.node)).toEqual(['prod-a/ffff0000', 'prod-a/abcd0000', 'prod-a/ffff0000', 'prod-a/abcd0000']);
    expect(report.notes.join(' ')).toMatch(/run_id/);
    expect(await nodes([dump(0), dump(1), other(0), other(1)].join(''))).toEqual(['prod-a']);
  });

  it('bounds names and removes control characters', async () => {
    const [node] = await nodes(dump(0), { nodeId: `a\u0007\u202eb${'x'.repeat(500)}` });
    expect(node).toBe(`ab${'x'.repeat(198)}`);
  });
});

describe('being a source', () => {
  it.each([
    ['a CSV', 'timestamp,used_memory,used_memory_rss\n2026-11-02T10:00:00Z,1,2\n', false],
    [
      'Prometheus text',
      'redis_instance_info{redis_version="7.0",run_id="x",maxmemory_policy="noeviction"} 1\nredis_memory_used_bytes 5\n',
      false,
    ],
    ['JSON with labels', '{"metric":{"redis_version":"7.0","run_id":"x"},"values":[[1,"2"]]}', false],
    ['a configuration', 'maxmemory 4gb\nmaxmemory-policy allkeys-lru\n', false],
    ['one field', 'used_memory:17', true],
    ['a log', '2026-11-02T10:00:00Z app[1]: redis_version:7.0\n2026-11-02T10:00:00Z app[1]: used_memory:7\n', true],
    ['quoted members', '{\n "redis_version": "7.0",\n "used_memory": 5,\n "used_memory_rss": 6\n}', true],
    ['a Python dictionary', "{'redis_version': '7.0', 'used_memory': 5, 'used_memory_rss': 6}\n", true],
    ['equals signs', 'redis_version=7.0.0\nused_memory=5\n', true],
  ])('recognises or leaves %s', (_, head, accepted) => {
    expect(infoDumpSource.accepts(infoInput(head))).toBe(accepted);
  });

  it('skips a line of more than 1 MiB and notes it', async () => {
    const { rows, report } = await readInfo(`${dump(0)}executable:${'x'.repeat(3_000_000)}\n${dump(1)}`);
    expect(rows).toHaveLength(2);
    expect(report.notes).toContain('1 lines longer than 1 MiB were skipped.');
  });

  it('turns a failing stream into an InputError that names the input', async () => {
    const input = {
      ...infoInput(''),
      open: async function* () {
        yield Buffer.from(dump(0));
        throw new Error('unexpected end of file');
      },
    };
    const all = collect(infoDumpSource.read(input, {}, startInputReport('prod-a.txt', 'info-dump')));
    await expect(all).rejects.toThrow(/^prod-a\.txt: could not be read: unexpected end of file/);
    await expect(all).rejects.toBeInstanceOf(InputError);
  });

  it('stops with the reason of the signal', async () => {
    const reason = new Error('stopped by the user');
    const all = collect(infoDumpSource.read(infoInput(dump(0)), {}, startInputReport('x', 'info-dump'), AbortSignal.abort(reason)));
    await expect(all).rejects.toBe(reason);
  });

  it('reads field names of the object prototype as nothing special', async () => {
    const { rows } = await readInfo(`${dump(0)}__proto__:1\nconstructor:2\ntoString:3\n`);
    expect(rows).toHaveLength(1);
  });
});
