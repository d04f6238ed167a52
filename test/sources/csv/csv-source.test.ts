import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/model/errors.ts';
import { startInputReport } from '../../../src/model/sample-batch.ts';
import { createCsvSource, csvSource } from '../../../src/sources/csv/index.ts';
import type { Input, ReadOptions } from '../../../src/sources/source.ts';
import { batchSamples, describeSource, memoryInput, readAll, readSamples } from '../source-suite.ts';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/csv/${name}`, import.meta.url), 'utf8');
const read = (name: string, options: ReadOptions = {}) => readSamples(csvSource, memoryInput(fixture(name), name), options);
const readText = (text: string, options: ReadOptions = {}) => readSamples(csvSource, memoryInput(text, 'a.csv'), options);
const usedMemory = (samples: readonly { numbers: Record<string, number | undefined> }[]) =>
  samples.map(({ numbers }) => numbers.usedMemoryBytes);

describeSource(csvSource, {
  'our own wide form': fixture('ours-wide.csv'),
  'exporter names': fixture('exporter-names.csv'),
  'a German spreadsheet': fixture('german-excel.csv'),
});

describe('tables of known names', () => {
  it('reads the wide form that collect writes', async () => {
    const { samples, report } = await read('ours-wide.csv');
    expect(report.dialect).toBe('ours-wide, comma, header');
    expect(samples).toHaveLength(3);
    expect(samples[0]).toEqual({
      node: 'cache-1:6379',
      at: '2024-03-01T00:00:00.000Z',
      numbers: {
        usedMemoryBytes: 1048576000,
        usedMemoryRssBytes: 1200000000,
        maxmemoryBytes: 2147483648,
        db0Keys: 120000,
        db0Expires: 40000,
        oomErrors: 0,
        latestForkSeconds: 0.00085,
      },
      texts: { maxmemoryPolicy: 'allkeys-lru', runId: 'aaa1' },
    });
    expect(samples[1]?.numbers).not.toHaveProperty('db0Expires');
    expect(samples[1]?.numbers).not.toHaveProperty('latestForkSeconds');
  });

  it('reads redis_exporter names with and without the prefix, and lists what it ignores', async () => {
    const { samples, report } = await read('exporter-names.csv');
    expect(samples[0]?.numbers).toEqual({ usedMemoryBytes: 1000000, usedMemoryRssBytes: 1500000, maxmemoryBytes: 4000000 });
    expect(samples[0]?.node).toBe('exporter-names');
    expect(report.assumedZone).toBe('UTC');
    expect(report.columns.map(({ name, metricId, role }) => [name, metricId ?? role])).toEqual([
      ['Time', 'time'],
      ['redis_memory_used_bytes', 'usedMemoryBytes'],
      ['memory_used_rss_bytes', 'usedMemoryRssBytes'],
      ['redis_memory_max_bytes', 'maxmemoryBytes'],
      ['redis_up', 'ignored'],
    ]);
  });

  it('says that averages are averages and leaves minima out', async () => {
    const { samples, report } = await read('averages.csv');
    expect(usedMemory(samples)).toEqual([1000000, 1000500]);
    expect(report.averaged).toBe('the column "avg(redis_memory_used_bytes)" holds averages');
    expect(report.columns[2]).toEqual({ name: 'memory_used_bytes_min', role: 'ignored', note: 'minima say nothing about peaks' });
  });

  it('reads a maximum rather than an average of the same metric', async () => {
    const { samples, report } = await readText('time,used_memory_avg,used_memory_max\n2024-01-01T00:00Z,5000000,9000000\n');
    expect(usedMemory(samples)).toEqual([9000000]);
    expect(report.averaged).toBeUndefined();
    expect(report.columns[1]?.note).toBe('the same metric is read from "used_memory_max"');
  });

  const rowsOf = (header: string, cells: readonly string[]) =>
    `time,${header}\n${cells.map((cell, i) => `2024-01-01T00:0${i}Z,${cell}\n`).join('')}`;

  it.each([
    ['bytes', 'used_memory', ['5000000.5', '5000100', '5000200.25', '5000300.333']],
    ['clients', 'connected_clients', ['10.5', '11', '10.25', '10.75']],
  ])('takes fractions of what comes whole for averages, whatever the column is called: %s', async (_, header, cells) => {
    expect((await readText(rowsOf(header, cells))).report.averaged).toContain(`"${header}" holds fractions (${cells[0]})`);
  });

  it.each([
    ['rounded MiB', 'used_memory_mib', ['512.5', '512.25', '513.75', '514.1']],
    ['units in the cells', 'used_memory', ['512.5 MiB', '512.25 MiB', '513.75 MiB', '514.1 MiB']],
    ['whole numbers with a point', 'used_memory', ['5000000.0', '5000100.0', '5000200.0', '5000300.0']],
    ['a ratio', 'mem_fragmentation_ratio', ['1.05', '1.06', '1.07', '1.08']],
    ['exponents', 'used_memory', ['5.0001e6', '5.0002e6', '5.0003e6', '5.0004e6']],
    ['a counter', 'evicted_keys', ['10.5', '11.25', '12.75', '13.1']],
  ])('takes no average from %s', async (_, header, cells) => {
    const text = rowsOf(
      `${header},used_memory_rss`,
      cells.map((cell) => `${cell},7000000`),
    );
    expect((await readText(text)).report.averaged).toBeUndefined();
  });

  it('does not mistake names of object prototypes for metrics', async () => {
    const { samples, report } = await readText('time,__proto__,constructor,used_memory\n2024-01-01T00:00Z,1,2,3000000\n');
    expect(samples[0]?.numbers).toEqual({ usedMemoryBytes: 3000000 });
    expect(report.columns.filter(({ role }) => role === 'ignored').map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
  });
});

describe('tables that need a word from the user', () => {
  it('reads seconds under a header that promises milliseconds, and says so', async () => {
    const { samples, report } = await read('semicolon-tab-seconds.csv', {
      columnMap: [
        { metricId: 'usedMemoryBytes', column: 'Memory usage [KB]' },
        { metricId: 'total_system_memory', column: 'memory provisioned', unit: 'KiB' },
      ],
    });
    expect(report.dialect).toBe('plain, semicolon and tab, header');
    expect(samples.map(({ at }) => at)).toEqual(['2023-11-14T22:13:20.000Z', '2023-11-14T22:18:20.000Z', '2023-11-14T22:23:20.000Z']);
    expect(usedMemory(samples)).toEqual([1024500, 2048000, 0]);
    expect(samples.map(({ numbers }) => numbers.totalSystemMemoryBytes)).toEqual([8388608 * 1024, 8388608 * 1024, undefined]);
    expect(report.notes).toEqual(['"Timestamp [ms]" promises epoch milliseconds; its values are epoch seconds, and are read so']);
  });

  it('reads times as Go prints them, takes the node from the pod, and tells of a second time column that disagrees', async () => {
    const { samples, report } = await read('go-time.csv', { columnMap: [{ metricId: 'usedMemoryBytes', column: 'MemoryUsage' }] });
    expect(samples[0]).toMatchObject({
      node: 'redis-abc-1',
      at: '2024-05-01T10:00:00.607Z',
      numbers: { usedMemoryBytes: 201.5 * 1024 ** 2 },
    });
    expect(report.notes).toEqual(['"TimeStamp" is 100.0 days ahead of "Time" in most rows; "Time" is read']);
    expect(report.assumedZone).toBeUndefined();
  });

  it('reads lone CR as line ends and dates without a clock', async () => {
    const { samples } = await read('lone-cr.csv', { metric: 'used_memory:MB' });
    expect(samples.map(({ at }) => at.slice(0, 10))).toEqual(['2024-01-01', '2024-02-01', '2024-03-01']);
    expect(usedMemory(samples)).toEqual([112e6, 118e6, 132e6]);
  });

  it('reads a table without a header, also its first and its unfinished last line', async () => {
    const { samples, report } = await read('no-header.csv', { metric: 'usedMemoryRssBytes:MiB' });
    expect(report.dialect).toBe('plain, comma, no header');
    expect(samples.map(({ numbers }) => numbers.usedMemoryRssBytes)).toEqual([155.75, 156, 157.25].map((mib) => mib * 1024 ** 2));
    expect(samples[0]?.at).toBe('2024-01-05T02:00:01.110Z');
  });

  it('finds the value column among others by its name, and the statistic in a label', async () => {
    const { samples, report } = await read('all-quoted-crlf.csv', { metric: 'used_memory' });
    expect(usedMemory(samples)).toEqual([6034733333, 6259900000]);
    expect(report.averaged).toBe('the column "Label" says "Average"');
  });

  it('reads cells with blanks around them', async () => {
    const { samples } = await read('padded.csv', { columnMap: [{ metricId: 'used_memory_rss', column: 'memory.rss' }] });
    expect(samples.map(({ at, numbers }) => [at, numbers.usedMemoryRssBytes])).toEqual([
      ['2019-04-17T08:36:35.701Z', 33226752],
      ['2019-04-17T08:36:35.720Z', 33742848],
    ]);
  });

  it('lists the columns and an example when no name is known', async () => {
    await expect(read('padded.csv')).rejects.toThrow(
      `padded.csv: no column is a metric by its name. Columns: "timestamp", "interval", "memory.rss", "memory.heapUsed". Say what they hold: e.g. --map 'usedMemoryBytes=memory.rss'; a unit such as :MiB may follow.`,
    );
    await expect(read('no-header.csv')).rejects.toThrow(/--metric used_memory if "column 2" is used memory in bytes/);
  });

  it.each<[string, ReadOptions, RegExp]>([
    [
      'a metric that does not exist',
      { columnMap: [{ metricId: 'memory', column: 'interval' }] },
      /--map names "memory", which is no metric/,
    ],
    [
      'a unit of something else',
      { columnMap: [{ metricId: 'used_memory', column: 'interval', unit: 'ms' }] },
      /unit "ms", which does not measure usedMemoryBytes/,
    ],
    ['a value column among many', { metric: 'used_memory' }, /--metric needs a file with one column of values; this one has 3/],
    ['a time column that is not there', { timeColumn: 'when' }, /no column "when", as --time-column says\. Columns: "timestamp"/],
    ['a time column without stamps', { timeColumn: 'interval' }, /holds no stamps that can be read, such as "0"/],
    ['a node column that is not there', { nodeColumn: 'pod' }, /no column "pod", as --node-column says/],
    ['a zone that does not exist', { timeZone: 'Mars/Olympus' }, /--tz says "Mars\/Olympus", which is no time zone/],
    ['a pattern that is none', { timeFormat: 'nonsense' }, /--time-format "nonsense" cannot be used/],
  ])('refuses %s', async (_, options, message) => {
    await expect(read('padded.csv', options)).rejects.toThrow(message);
    await expect(read('padded.csv', options)).rejects.toBeInstanceOf(InputError);
  });

  it('notes a mapped column that one of the files does not have', async () => {
    const { report } = await read('ours-wide.csv', { columnMap: [{ metricId: 'keys', column: 'key count' }] });
    expect(report.notes).toEqual(['--map names the column "key count", which this file does not have']);
  });

  it('doubts bytes that are too few', async () => {
    const { report } = await readText('time,used_memory\n2024-01-01T00:00Z,201.5\n');
    expect(report.notes[0]).toContain('its values are too small');
  });
});

describe('cells', () => {
  it('reads a German spreadsheet: byte order mark, sep= line, decimal comma, dates with points', async () => {
    const { samples, report } = await read('german-excel.csv', { timeZone: 'Europe/Berlin' });
    expect(samples).toEqual([
      {
        node: 'db1',
        at: '2023-12-31T22:59:00.000Z',
        numbers: { usedMemoryBytes: 1024.5 * 1024 ** 2, usedMemoryRssBytes: 1100.25 * 1024 ** 2, memFragmentationRatio: 1.07 },
        texts: {},
      },
      {
        node: 'db1',
        at: '2023-12-31T23:00:00.000Z',
        numbers: { usedMemoryBytes: 1030.5 * 1024 ** 2, usedMemoryRssBytes: 1110.75 * 1024 ** 2, memFragmentationRatio: 1.08 },
        texts: {},
      },
    ]);
    expect(report.assumedZone).toBe('Europe/Berlin');
  });

  it('reads units in cells, groups of thousands, and every way to say nothing', async () => {
    const { samples, report } = await read('cell-units.csv');
    expect(samples).toEqual([
      {
        node: 'a',
        at: '2024-01-31T22:00:00.000Z',
        numbers: { usedMemoryBytes: 1.5 * 1024 ** 3, usedMemoryRssBytes: 2 * 1024 ** 3, memFragmentationRatio: 1.33, keys: 1234567 },
        texts: {},
      },
      { node: 'a', at: '2024-01-31T23:00:00.000Z', numbers: { usedMemoryBytes: 512 * 1024 ** 2, keys: 1234568 }, texts: {} },
      { node: 'a', at: '2024-02-01T00:00:00.000Z', numbers: { keys: 12 }, texts: {} },
    ]);
    expect(report.notes).toEqual(['"Mem Fragmentation Ratio": 1 cell left out, as no number stands there (first "oops" in line 7)']);
  });

  it('loses only the damaged rows and says where they stand', async () => {
    const { samples, report } = await read('damaged.csv');
    expect(usedMemory(samples)).toEqual([1000000, 1000002, undefined, 1000006, 1000005, 1000006]);
    expect(report.rejectedRows).toBe(4);
    expect(report.rejections).toEqual([
      { line: 3, reason: 'time "2024-13-01T00:01:00Z" cannot be read as date and time with an offset' },
      { line: 5, reason: '2 cells where the table has 4 columns' },
      { line: 6, reason: 'its quotes do not match, or it is too long' },
      { line: 11, reason: '3 cells where the table has 4 columns' },
    ]);
    expect(report.wrappedIntegers).toBe(1);
    expect(samples[1]?.numbers).not.toHaveProperty('usedMemoryDatasetBytes');
    expect(report.notes[0]).toContain('(first "hello" in line 7)');
  });

  it('names the node by option or file where the table does not', async () => {
    const text = 'time,used_memory\n2024-01-01T00:00Z,2000000\n';
    const nameOf = async (file: string, options: ReadOptions = {}) =>
      (await readSamples(csvSource, memoryInput(text, file), options)).samples[0]?.node;
    expect(await nameOf('dumps/prod-a.csv.gz')).toBe('prod-a');
    expect(await nameOf('-')).toBe('stdin');
    expect(await nameOf('prod-a.csv', { nodeId: 'primary' })).toBe('primary');
  });
});

describe('time columns', () => {
  it('tells day from month by a number above 12, and asks when there is none', async () => {
    const { samples, report } = await read('slash-dates.csv');
    expect(samples.map(({ at }) => at)).toEqual(['2024-01-03T10:00:00.000Z', '2024-01-13T10:00:00.000Z']);
    expect(usedMemory(samples)).toEqual([1e9, 1.1e9]);
    expect(report.notes).toEqual(['"date" is read as day/month/year']);
    await expect(read('slash-dates-ambiguous.csv')).rejects.toThrow(/"03\/01\/2024 10:00" can be day\/month or month\/day.*--time-format/);
    const given = await read('slash-dates-ambiguous.csv', { timeFormat: 'MM/dd/yyyy HH:mm', timeZone: 'America/New_York' });
    expect(given.samples[0]?.at).toBe('2024-03-01T15:00:00.000Z');
  });

  it('joins a date column and a clock column', async () => {
    const { samples, report } = await readText('Date,Time,used_memory\n2024-01-01,10:30:05,2000000\n2024-01-01,10:31:05,2000000\n');
    expect(samples.map(({ at }) => at)).toEqual(['2024-01-01T10:30:05.000Z', '2024-01-01T10:31:05.000Z']);
    expect(report.notes).toEqual(['date and time are joined from "Date" and "Time"']);
  });

  it('does not take a counter for the time', async () => {
    await expect(readText('a,used_memory\n1700000000,1700000000\n')).rejects.toThrow(
      /no column holds the time\. Columns: "a", "used_memory"/,
    );
    const { samples } = await readText('a,used_memory\n1700000000,1700000000\n', { timeColumn: 'a' });
    expect(samples[0]?.at).toBe('2023-11-14T22:13:20.000Z');
  });

  it('says which stamp it does not know', async () => {
    await expect(readText('timestamp,used_memory\nlast tuesday,1\nlast friday,2\n')).rejects.toThrow(
      'a.csv: column "timestamp" seems to be the time, but "last tuesday" is no stamp that is known. Expected ISO 8601 or an epoch number; use --time-format for other forms.',
    );
  });

  it('says that a header stands alone', async () => {
    await expect(readText('timestamp,used_memory\n')).rejects.toThrow('a.csv: there is a header and no row behind it that fits.');
  });
});

describe('bounds', () => {
  it('keeps one row a line when a quote is left open in a long file', async () => {
    const rows = Array.from({ length: 12_000 }, (_, i) => `"${new Date(1.7e12 + i * 60_000).toISOString()}","${2e6 + i}"`);
    rows[6000] = '"2024-01-01T00:00:00Z,"5';
    const { samples, report } = await readText(`time,used_memory\n${rows.join('\n')}\n`);
    expect(samples).toHaveLength(11_999);
    expect(report.rejections).toEqual([{ line: 6002, reason: 'its quotes do not match, or it is too long' }]);
  });

  it('drops a line without end and reads on', async () => {
    const { samples, report } = await readText(
      `time,used_memory\n2024-01-01T00:00Z,2000000\n${'x'.repeat(3_000_000)}\n2024-01-01T00:01Z,2000001\n`,
    );
    expect(usedMemory(samples)).toEqual([2000000, 2000001]);
    expect(report.rejectedRows).toBe(1);
  });

  it('refuses more columns than any tool writes', async () => {
    const header = Array.from({ length: 5000 }, (_, i) => `c${i}`).join(',');
    const row = `2024-01-01T00:00Z${',1'.repeat(4999)}`;
    await expect(readText(`${header}\n${row}\n`)).rejects.toThrow(/5000 columns\. At most 4096/);
  });

  it('cuts batches of bounded size with their line numbers', async () => {
    const rows = Array.from({ length: 12_000 }, (_, i) => `${1_700_000_000 + i},${2e6 + i}`);
    const { deliveries } = await readAll(csvSource, memoryInput(`time,used_memory\n${rows.join('\n')}\n`));
    expect(deliveries.map((batch) => (batch.kind === 'batch' ? [batch.count, batch.origin.fromLine, batch.origin.toLine] : []))).toEqual([
      [4999, 2, 5000],
      [5000, 5001, 10000],
      [2001, 10001, 12001],
    ]);
  });
});

describe('big plain files', () => {
  const bulkSource = createCsvSource({ bulkFromBytes: 0 });
  const onDisk = (text: string, change: Partial<Input> = {}): Input => ({
    ...memoryInput(text, 'data/big.csv'),
    path: 'data/big.csv',
    file: { bytes: 1, compression: 'none', encoding: 'utf-8' },
    ...change,
  });
  const kinds = async (input: Input, options: ReadOptions = {}) =>
    (await readAll(bulkSource, input, options)).deliveries.map(({ kind }) => kind);
  const plain =
    'sep=;\ntimestamp;node;used_memory_mib;maxmemory_policy\n2024-03-01 00:00:00;a;5.5;allkeys-lru\n2024-03-01 00:01:00;a;;noeviction\n2024-03-01 00:02:00;a;6;noeviction\n';

  it('are handed on with a plan of their columns', async () => {
    const { deliveries } = await readAll(bulkSource, onDisk(plain), { timeZone: 'Europe/Berlin' });
    expect(deliveries).toHaveLength(1);
    expect(deliveries[0]).toMatchObject({
      kind: 'bulk-table',
      origin: { input: 'data/big.csv' },
      path: 'data/big.csv',
      delimiter: ';',
      quote: '',
      decimalComma: false,
      skipLines: 2,
      columnCount: 4,
      time: { index: 0, form: 'iso', zone: 'Europe/Berlin' },
      node: { index: 1 },
      metrics: [{ index: 2, metricId: 'usedMemoryBytes', scale: 1024 ** 2 }],
      texts: [{ index: 3, fieldId: 'maxmemoryPolicy' }],
    });
  });

  it('come back line by line where the database rejects them', async () => {
    const report = startInputReport('data/big.csv', 'csv');
    for await (const delivery of bulkSource.read(onDisk(plain), {}, report)) {
      if (delivery.kind !== 'bulk-table') continue;
      const batch = delivery.readRejected('2024-03-01 00:02:00;;1 GiB;noeviction', 5);
      expect(batch && batchSamples(batch)).toEqual([
        { node: 'big', at: '2024-03-01T00:02:00.000Z', numbers: { usedMemoryBytes: 1024 ** 3 }, texts: { maxmemoryPolicy: 'noeviction' } },
      ]);
      expect(delivery.readRejected('2024-03-99 00:02:00;a;1;noeviction', 6)).toBeUndefined();
      expect(delivery.readRejected('2024-03-01 00:03:00;a;many;noeviction', 7)).toBeDefined();
      delivery.noteSamples?.(3, ['a', 'b']);
    }
    expect([...report.nodes]).toEqual([
      ['big', 0],
      ['a', 1],
      ['b', 0],
    ]);
    expect(report.rejections.map(({ line }) => line)).toEqual([6]);
    expect(report.samples).toBe(5);
    expect(report.notes).toEqual(['"used_memory_mib": 1 cell left out, as no number stands there (first "many" in line 7)']);
  });

  it('are read row by row when anything in their head is odd', async () => {
    expect(await kinds(onDisk(plain))).toEqual(['bulk-table']);
    expect(await kinds(onDisk(plain.replaceAll('\n', '\r\n')))).toEqual(['bulk-table']);
    for (const odd of [
      plain.replace('5.5', '5,5'),
      plain.replace('5.5', '5.5 MiB'),
      plain.replace('5.5', 'word'),
      plain.replace('2024-03-01 00:00:00', '2024-03-01 00:00:00 +0000 UTC'),
      plain.replace('2024-03-01 00:00:00', 'yesterday'),
      plain.replace(';a;5.5', ';;5.5'),
      plain.replace('allkeys-lru', 'allkeys-lru;'),
      plain.replace('allkeys-lru', '"allkeys-lru"'),
      plain.replaceAll('\n', '\r'),
      `${plain}# end\n`,
    ]) {
      expect(await kinds(onDisk(odd)), odd).toEqual(['batch']);
    }
    expect(await kinds(onDisk(plain, { file: { bytes: 1, compression: 'gzip', encoding: 'utf-8' } }))).toEqual(['batch']);
    expect(await kinds(onDisk(plain, { file: { bytes: 1, compression: 'none', encoding: 'utf-16le' } }))).toEqual(['batch']);
  });

  it('are read row by row while they are small', async () => {
    const { deliveries } = await readAll(csvSource, onDisk(plain));
    expect(deliveries.map(({ kind }) => kind)).toEqual(['batch']);
  });
});
