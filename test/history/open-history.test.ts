import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HistoryWindow, openHistory } from '../../src/history/index.ts';
import { InputError } from '../../src/model/errors.ts';
import type { NodeHistory } from '../../src/model/node-history.ts';
import type { BulkTable, Delivery, SampleBatch } from '../../src/model/sample-batch.ts';
import { memorySeries, type SampleRow, sampleBatch, shuffled } from '../helpers/series.ts';

const MINUTE = 60_000;
const START = 1_700_000_000_000;

async function histories(deliveries: readonly Delivery[], window?: HistoryWindow): Promise<NodeHistory[]> {
  const history = await openHistory({ threads: 2 });
  try {
    for (const delivery of deliveries) await history.add(delivery);
    return await history.nodes(window);
  } finally {
    await history.close();
  }
}

/** The history but for the count that tells the order of the input. */
const withoutOrder = (all: readonly NodeHistory[]) => all.map((history) => ({ ...history, outOfOrder: 0 }));

const fleet = ['c', 'a', 'b'].map((nodeId, i) => memorySeries({ nodeId, seed: i, samples: 1500, growthBytesPerDay: 1e8 }));
const byTime = fleet.flat().sort((a, b) => a.at - b.at);

describe('batches', () => {
  it('give one history a node, sorted by id', async () => {
    const all = await histories([sampleBatch(byTime)]);
    expect(all.map(({ nodeId, sampleCount }) => [nodeId, sampleCount])).toEqual([
      ['a', 1500],
      ['b', 1500],
      ['c', 1500],
    ]);
    expect(all[1]?.metrics.get('usedMemoryBytes')?.max.value).toBe(
      Math.max(...(fleet[2] ?? []).map(({ numbers }) => numbers.usedMemoryBytes as number)),
    );
    expect(all[0]?.texts.runId).toEqual([{ at: START, value: 'run-of-a' }]);
  });

  it('give the same whatever their order and size', async () => {
    const whole = withoutOrder(await histories([sampleBatch(byTime)]));
    const mixed = shuffled(byTime, 5);
    const pieces = [mixed.slice(0, 1), mixed.slice(1, 2100), mixed.slice(2100)].map(sampleBatch);
    expect(withoutOrder(await histories(pieces))).toEqual(whole);
    expect(withoutOrder(await histories(fleet.map(sampleBatch)))).toEqual(whole);
  });

  it('count the rows that are older than the one before them of their node', async () => {
    const [a, b, c, d] = memorySeries({ samples: 4 }) as [SampleRow, SampleRow, SampleRow, SampleRow];
    const other = { ...a, nodeId: 'other' };
    const all = await histories([sampleBatch([b, a, other, d]), sampleBatch([c])]);
    expect(all.map(({ nodeId, outOfOrder, sampleCount }) => [nodeId, outOfOrder, sampleCount])).toEqual([
      ['node-1', 2, 4],
      ['other', 0, 1],
    ]);
  });

  it('merge rows of one instant: the larger number and the greater text win, in any order', async () => {
    const at = START;
    const rows: SampleRow[] = [
      { at, numbers: { usedMemoryBytes: 5, keys: 7 }, texts: { role: 'master' } },
      { at, numbers: { usedMemoryBytes: 9, connectedClients: 1 }, texts: { role: 'slave' } },
      { at, numbers: { usedMemoryBytes: 6 }, texts: { os: 'Linux' } },
      { at: at + MINUTE, numbers: { usedMemoryBytes: 1 } },
    ];
    for (const order of [rows, [...rows].reverse()]) {
      const [history] = await histories([sampleBatch(order)]);
      expect(history).toMatchObject({ sampleCount: 2, duplicates: 2 });
      expect(history?.atPeak).toEqual({ usedMemoryBytes: 9, keys: 7, connectedClients: 1 });
      expect(history?.texts).toEqual({ role: [{ at, value: 'slave' }], os: [{ at, value: 'Linux' }] });
    }
  });

  it('take rows that complete each other, a metric each, for one sample and no repetition', async () => {
    const rows: SampleRow[] = [
      { at: START, numbers: { usedMemoryBytes: 5 } },
      { at: START, numbers: { usedMemoryRssBytes: 7 } },
      { at: START, numbers: {}, texts: { role: 'master' } },
    ];
    const [history] = await histories(rows.map((row) => sampleBatch([row])));
    expect(history).toMatchObject({ sampleCount: 1, duplicates: 0 });
    expect(history?.atPeak).toEqual({ usedMemoryBytes: 5, usedMemoryRssBytes: 7 });
  });

  it('count everything given twice as duplicates and change nothing else', async () => {
    const once = await histories([sampleBatch(byTime)]);
    const twice = await histories([sampleBatch(byTime), sampleBatch(byTime)]);
    expect(twice.map(({ duplicates }) => duplicates)).toEqual([1500, 1500, 1500]);
    expect(withoutOrder(twice).map((history) => ({ ...history, duplicates: 0 }))).toEqual(withoutOrder(once));
  });

  it('may bring new metrics at any time', async () => {
    const rows = memorySeries({ samples: 5000 });
    const late = rows.map((row, i) => (i < 4000 ? row : { ...row, numbers: { ...row.numbers, db0Keys: i, opsPerSecond: 1 } }));
    const [history] = await histories([sampleBatch(late.slice(0, 4000)), sampleBatch(late.slice(4000))]);
    expect(history?.metrics.get('db0Keys')).toMatchObject({ count: 1000, first: { value: 4000 } });
    expect(history?.metrics.get('usedMemoryBytes')?.count).toBe(5000);
  });

  it('of a window give only its samples, both ends included', async () => {
    const window = { fromAt: START + 10 * MINUTE, toAt: START + 20 * MINUTE };
    for (const rows of [byTime, shuffled(byTime, 2)]) {
      const [history] = await histories([sampleBatch(rows)], window);
      expect(history).toMatchObject({ ...window, sampleCount: 11 });
    }
    expect(await histories([sampleBatch(byTime)], { fromAt: START * 2 })).toEqual([]);
  });

  it('pass rows without an instant over', async () => {
    const batch = sampleBatch(memorySeries({ samples: 3 }));
    batch.at[1] = Number.NaN;
    const [history] = await histories([batch]);
    expect(history?.sampleCount).toBe(2);
  });

  it('take any node name', async () => {
    const names = [`o'reilly "x"; DROP TABLE samples; --`, '__proto__', 'ünïcode-🚀', ''];
    const all = await histories([
      sampleBatch(
        shuffled(
          names.flatMap((nodeId) => memorySeries({ nodeId, samples: 3 })),
          1,
        ),
      ),
    ]);
    expect(all.map(({ nodeId }) => nodeId)).toEqual(['', '__proto__', names[0], 'ünïcode-🚀']);
  });

  it('give nothing when there are none', async () => {
    expect(await histories([])).toEqual([]);
  });
});

describe('more nodes than memory for all at once', () => {
  it('are reduced one after the other, to the same histories', async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `node-${String(i).padStart(3, '0')}`);
    const rows = ids.flatMap((nodeId, i) => memorySeries({ nodeId, seed: i, samples: 4 }));
    const widened = rows.map((row) => ({
      ...row,
      numbers: { ...row.numbers, ...Object.fromEntries(Array.from({ length: 40 }, (_, k) => [`db${k}Keys`, k])) },
    }));
    const all = await histories([sampleBatch(widened.sort((a, b) => a.at - b.at))]);
    expect(all.map(({ nodeId }) => nodeId)).toEqual(ids);
    expect(all.every(({ sampleCount, outOfOrder }) => sampleCount === 4 && outOfOrder === 0)).toBe(true);
  });
});

describe('bulk tables', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'history-test-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const HEADER = 'time,instance,used,rss,clients,version';
  const line = (row: SampleRow): string =>
    [
      row.at / 1000,
      row.nodeId ?? 'node-1',
      row.numbers.usedMemoryBytes,
      row.numbers.usedMemoryRssBytes,
      row.numbers.connectedClients ?? '',
      row.texts?.redisVersion ?? '',
    ].join(',');

  /** What `line` keeps of a row. */
  const kept = ({ nodeId, at, numbers, texts }: SampleRow): SampleRow => ({
    nodeId: nodeId ?? 'node-1',
    at,
    numbers: {
      usedMemoryBytes: numbers.usedMemoryBytes ?? Number.NaN,
      usedMemoryRssBytes: numbers.usedMemoryRssBytes ?? Number.NaN,
      connectedClients: numbers.connectedClients ?? Number.NaN,
    },
    texts: texts?.redisVersion === undefined ? {} : { redisVersion: texts.redisVersion },
  });

  /** Reads `1700000000,node,12!,…`: an exclamation mark after a number is what the database cannot read and this can. */
  function readLeniently(text: string): SampleBatch | undefined {
    const cells = text.split(',');
    const number = (cell = ''): number => (cell === '' ? Number.NaN : Number.parseFloat(cell));
    const at = number(cells[0]) * 1000;
    if (cells.length < 3 || !Number.isFinite(at)) return undefined;
    return sampleBatch([
      {
        nodeId: cells[1] ?? '',
        at,
        numbers: { usedMemoryBytes: number(cells[2]), usedMemoryRssBytes: number(cells[3]), connectedClients: number(cells[4]) },
        texts: cells[5] ? { redisVersion: cells[5] } : {},
      },
    ]);
  }

  async function bulkTable(lines: readonly string[], overrides: Partial<BulkTable> = {}, name = 'fleet.csv'): Promise<BulkTable> {
    const path = join(folder, name);
    const content = `${lines.join('\n')}\n`;
    await writeFile(path, name.endsWith('.gz') ? gzipSync(content) : content);
    return {
      kind: 'bulk-table',
      origin: { input: name },
      path,
      delimiter: ',',
      quote: '"',
      decimalComma: false,
      skipLines: 1,
      columnCount: 6,
      time: { index: 0, form: 'epoch-seconds' },
      node: { index: 1 },
      metrics: [
        { index: 2, metricId: 'usedMemoryBytes', scale: 1 },
        { index: 3, metricId: 'usedMemoryRssBytes', scale: 1 },
        { index: 4, metricId: 'connectedClients', scale: 1 },
      ],
      texts: [{ index: 5, fieldId: 'redisVersion' }],
      nullTexts: ['', 'NaN', 'null'],
      readRejected: readLeniently,
      ...overrides,
    };
  }

  const expected = async (rows: readonly SampleRow[]) => histories([sampleBatch(rows.map(kept))]);

  it('give what their rows give as a batch', async () => {
    expect(await histories([await bulkTable([HEADER, ...byTime.map(line)])])).toEqual(await expected(byTime));
  });

  it('may be compressed, and have a name that looks like a pattern', async () => {
    for (const name of ['fleet.csv.gz', 'fleet [1]*?.csv', "it's.csv"]) {
      expect(await histories([await bulkTable([HEADER, ...byTime.map(line)], {}, name)])).toEqual(await expected(byTime));
    }
  });

  it('are sorted where their rows are not', async () => {
    const mixed = shuffled(byTime, 3);
    expect(await histories([await bulkTable([HEADER, ...mixed.map(line)])])).toEqual(await expected(mixed));
  });

  it('keep no password of an address that stands for a node, in order or not', async () => {
    const secret = byTime.map((row, i) =>
      line(row).replace(/^([^,]*),([^,]*),/, i % 2 === 0 ? '$1,redis://:hunter2@$2,' : '$1,redis://$2,'),
    );
    for (const lines of [secret, shuffled(secret, 5)]) {
      const all = await histories([await bulkTable([HEADER, ...lines])]);
      expect(all.map(({ nodeId }) => nodeId)).toEqual((await expected(byTime)).map(({ nodeId }) => `redis://${nodeId}`));
      expect(all.map(({ sampleCount }) => sampleCount)).toEqual((await expected(byTime)).map(({ sampleCount }) => sampleCount));
    }
  });

  it('join batches of the same nodes', async () => {
    const table = await bulkTable([HEADER, ...byTime.slice(0, 2000).map(line)]);
    const batch = sampleBatch(byTime.slice(2000).map(kept));
    const whole = withoutOrder(await expected(byTime));
    expect(withoutOrder(await histories([table, batch]))).toEqual(whole);
    expect(withoutOrder(await histories([batch, table]))).toEqual(whole);
  });

  it('hand each line that does not fit back once, and keep what is rescued of it', async () => {
    const lines = byTime.map(line);
    lines[100] = lines[100]?.replace(/^([^,]*,[^,]*,\d+)/, '$1!') ?? '';
    lines[200] = 'not a time,a,1,1,1,';
    lines[300] = '1700000000,a';
    lines[400] = `${lines[400]},one cell too many`;
    const readRejected = vi.fn(readLeniently);
    const table = await bulkTable([HEADER, ...lines], { readRejected });
    const history = await openHistory({ threads: 2 });
    await history.add(table);
    const all = await history.nodes();
    const again = await history.nodes();
    await history.close();
    const rows = byTime.filter((_, i) => i !== 200 && i !== 300);
    expect(all).toEqual(await expected(rows));
    expect(again).toEqual(all);
    expect(readRejected.mock.calls).toEqual([
      [lines[100], 102],
      [lines[200], 202],
      [lines[300], 302],
      [lines[400], 402],
    ]);
  });

  it('read a torn last line without sorting anything', async () => {
    const lines = byTime.map(line);
    const torn = `${(byTime.at(-1)?.at ?? 0) / 1000 + 60},a,5000000000`;
    const [a] = await histories([await bulkTable([HEADER, ...lines, torn])]);
    expect(a).toMatchObject({ sampleCount: 1501, outOfOrder: 0, last: { usedMemoryBytes: 5e9 } });
  });

  it('are read as text when most lines do not fit, with the same result', async () => {
    const long = memorySeries({ samples: 12_000 });
    const lines = long.map((row, i) => (i % 12 === 0 ? line(row) : line(row).replace(/^([^,]*,[^,]*,\d+)/, '$1!')));
    const readRejected = vi.fn(readLeniently);
    const table = await bulkTable([HEADER, ...lines, 'torn'], { readRejected });
    const all = await histories([table]);
    expect(all).toEqual(await expected(long));
    expect(readRejected).toHaveBeenCalledTimes(11_001);
    expect(readRejected).toHaveBeenCalledWith(lines[1], 3);
  });

  it('hand lines without a time or a node back', async () => {
    const lines = byTime.map(line);
    lines[7] = ',a,1,1,1,';
    lines[8] = '1700000000,,1,1,1,"a ""quoted"", text"';
    lines[9] = '1700,a,1,1,1,';
    const readRejected = vi.fn((_text: string, _line: number): undefined => undefined);
    const all = await histories([await bulkTable([HEADER, ...lines], { readRejected })]);
    expect(all).toEqual(await expected(byTime.filter((_, i) => i < 7 || i > 9)));
    expect(readRejected.mock.calls).toEqual([
      [lines[7], 9],
      [lines[8], 10],
      [lines[9], 11],
    ]);
  });

  it('take texts that mean absent as absent', async () => {
    const lines = byTime.map((row, i) =>
      i % 3 === 0 ? line({ ...row, numbers: { ...row.numbers, connectedClients: undefined } }) : line(row),
    );
    const nulls = lines.map((text, i) => (i % 6 === 0 ? text.replace(',,', ',null,') : text));
    const rows = byTime.map((row, i) => (i % 3 === 0 ? { ...row, numbers: { ...row.numbers, connectedClients: undefined } } : row));
    expect(await histories([await bulkTable([HEADER, ...nulls])])).toEqual(await expected(rows as SampleRow[]));
  });

  it('leave values out that the metric cannot have, and fall back to the next column of the metric', async () => {
    const table = await bulkTable([HEADER, '1700000000,a,-5,0,1,', '1700000060,a,18446744073709551000,8,2,', '1700000120,a,3,9,3,'], {
      metrics: [
        { index: 2, metricId: 'usedMemoryBytes', scale: 1, least: 0, most: 2 ** 63 },
        { index: 3, metricId: 'usedMemoryBytes', scale: 2, least: Number.MIN_VALUE },
      ],
    });
    const [history] = await histories([table]);
    expect([...(history?.buckets.columns.get('usedMemoryBytes')?.last ?? [])]).toEqual([Number.NaN, 16, 3]);
  });

  it('leave impossible values out whether their rows are in order or not', async () => {
    const metrics = [{ index: 2, metricId: 'usedMemoryBytes', scale: 1, least: 1, most: 100 }] as const;
    const lines = ['1700000000,a,50,,,', '1700000060,a,-5,,,', '1700000120,a,500,,,', '1700000180,a,0,,,'];
    for (const order of [lines, lines.toReversed()]) {
      const [history] = await histories([await bulkTable([HEADER, ...order], { metrics })]);
      expect(history?.sampleCount).toBe(4);
      expect(history?.metrics.get('usedMemoryBytes')).toMatchObject({ count: 1, max: { value: 50, at: START } });
    }
  });

  it('may have no quotes at all', async () => {
    const lines = byTime.map(line);
    lines[5] = lines[5]?.replace(/^([^,]*,[^,]*,\d+)/, '$1!') ?? '';
    lines[6] = `${lines[6]}"7.2`;
    lines[7] = lines[7]?.replace(/^\d+/, '') ?? '';
    const readRejected = vi.fn(readLeniently);
    const table = await bulkTable([HEADER, ...lines], { quote: '', readRejected });
    const all = await histories([table]);
    expect(all.map(({ sampleCount }) => sampleCount)).toEqual([1500, 1500, 1499].sort());
    expect(readRejected.mock.calls.map(([text]) => text)).toEqual(expect.arrayContaining([lines[5], lines[7]]));
  });

  it('tell once how many rows the database read itself', async () => {
    const lines = byTime.map(line);
    lines[3] = 'torn';
    for (const [broken, window] of [
      [lines, {}],
      [lines, { fromAt: START + 10 * MINUTE }],
      [lines.with(4, ',a,1,1,1,'), {}],
    ] as const) {
      const noteSamples = vi.fn();
      const history = await openHistory({ threads: 2 });
      await history.add(await bulkTable([HEADER, ...broken], { noteSamples }));
      await history.nodes(window);
      await history.nodes();
      await history.close();
      expect(noteSamples.mock.calls).toEqual([[broken === lines ? 4499 : 4498, expect.arrayContaining(['a', 'b', 'c'])]]);
    }
  });

  it('may bear one node name, scales, a decimal comma and other delimiters', async () => {
    const table = await bulkTable(['1700000000000;1,5;x', '1700000060000;2,25;y'], {
      skipLines: 0,
      delimiter: ';',
      decimalComma: true,
      columnCount: 3,
      time: { index: 0, form: 'epoch-milliseconds' },
      node: { name: "it's me" },
      metrics: [{ index: 1, metricId: 'usedMemoryBytes', scale: 1024 }],
      texts: [],
    });
    const [history] = await histories([table]);
    expect(history).toMatchObject({ nodeId: "it's me", fromAt: START, sampleCount: 2, last: { usedMemoryBytes: 2304 } });
  });

  it.each([
    ['epoch seconds', { form: 'epoch-seconds' }, '1700000000.25', START + 250],
    ['epoch microseconds', { form: 'epoch-microseconds' }, '1700000000250000', START + 250],
    ['epoch nanoseconds', { form: 'epoch-nanoseconds' }, '1700000000250000000', START + 250],
    ['ISO 8601 in UTC', { form: 'iso', zone: 'UTC' }, '2023-11-14T22:13:20.25Z', START + 250],
    ['an offset', { form: 'iso', zone: 'UTC' }, '2023-11-15T00:13:20+02:00', START],
    ['no offset, UTC', { form: 'iso', zone: 'UTC' }, '2023-11-14 22:13:20', START],
    ['no offset, in a zone', { form: 'iso', zone: 'America/Sao_Paulo' }, '2023-11-14 19:13:20', START],
    ['an offset, in a zone', { form: 'iso', zone: 'America/Sao_Paulo' }, '2023-11-14T23:13:20+01:00', START],
    ['a date alone, in a zone', { form: 'iso', zone: 'Europe/Berlin' }, '2023-11-15', START + 2_800_000],
    ['a pattern', { form: 'pattern', pattern: 'dd/MM/yyyy HH:mm:ss', zone: 'Europe/Berlin' }, '14/11/2023 23:13:20', START],
    ['a pattern with words', { form: 'pattern', pattern: "MMM d, yyyy 'at' h:mm:ss a", zone: 'UTC' }, 'Nov 14, 2023 at 10:13:20 PM', START],
    ['a pattern with an offset', { form: 'pattern', pattern: "yyyy-MM-dd'T'HH:mm:ssxxx", zone: 'UTC' }, '2023-11-15T00:13:20+02:00', START],
  ] as const)('read stamps as %s', async (_, form, stamp, at) => {
    const table = await bulkTable([HEADER, `"${stamp}",a,7,7,1,`], { time: { index: 0, ...form } });
    const [history] = await histories([table]);
    expect([history?.fromAt, history?.last.usedMemoryBytes]).toEqual([at, 7]);
  });

  it('leave every line to their source where the time has a form that the database cannot read', async () => {
    const table = await bulkTable([HEADER, ...byTime.slice(0, 3).map(line)], {
      time: { index: 0, form: 'pattern', pattern: 't', zone: 'UTC' },
    });
    expect(withoutOrder(await histories([table]))).toEqual(withoutOrder(await expected(byTime.slice(0, 3))));
  });

  it('are cut to a window', async () => {
    const window = { fromAt: START + 10 * MINUTE, toAt: START + 20 * MINUTE };
    const all = await histories([await bulkTable([HEADER, ...byTime.map(line)])], window);
    expect(all.map(({ fromAt, toAt, sampleCount }) => ({ fromAt, toAt, sampleCount }))).toEqual(
      [1, 2, 3].map(() => ({ ...window, sampleCount: 11 })),
    );
  });

  it('that turn out damaged after rows that could be read are an InputError', async () => {
    const rows = Array.from({ length: 40 }, () => byTime).flat();
    const table = await bulkTable([HEADER, ...rows.map(line)], {}, 'fleet.csv.gz');
    const bytes = await readFile(table.path);
    await writeFile(table.path, bytes.fill(0xff, Math.floor(bytes.length / 2)));
    const attempt = histories([table]);
    await expect(attempt).rejects.toBeInstanceOf(InputError);
    await expect(attempt).rejects.toThrow('fleet.csv.gz: cannot be read as a table');
  });

  it('whose file is gone are an InputError that names it', async () => {
    const table = await bulkTable([HEADER]);
    await rm(table.path);
    const attempt = histories([table]);
    await expect(attempt).rejects.toBeInstanceOf(InputError);
    await expect(attempt).rejects.toThrow('fleet.csv: cannot be read');
  });
});

describe('closing', () => {
  it('removes the private temporary folder', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'history-test-'));
    vi.stubEnv('TMPDIR', parent);
    const history = await openHistory();
    vi.unstubAllEnvs();
    const [name = ''] = await readdir(parent);
    const { mode } = await stat(join(parent, name));
    await history.close();
    expect(name).not.toBe('');
    expect(mode & 0o077).toBe(0);
    expect(await readdir(parent)).toEqual([]);
    await rm(parent, { recursive: true });
  });

  it('lets an iteration be left early', async () => {
    const history = await openHistory();
    await history.add(sampleBatch(byTime));
    const seen: string[] = [];
    for await (const { nodeId } of history.eachNode()) {
      seen.push(nodeId);
      break;
    }
    await history.close();
    expect(seen).toEqual(['a']);
  });
});
