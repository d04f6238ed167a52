import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/model/errors.ts';
import { createCsvSource, csvSource } from '../../../src/sources/csv/index.ts';
import type { ReadOptions } from '../../../src/sources/source.ts';
import { memoryInput, readSamples } from '../source-suite.ts';

const read = (text: string, options: ReadOptions = {}) => readSamples(csvSource, memoryInput(text, 'a.csv'), options);
const refusal = async (text: string, options: ReadOptions = {}) => {
  const error = await read(text, options).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
};

describe('tables as other tools write them', () => {
  it('reads zone names that mean one thing, and does not call them assumed', async () => {
    const { samples, report } = await read('timestamp,used_memory\n2026-10-01 02:00:00 CEST,1000000\n');
    expect(samples[0]?.at).toBe('2026-10-01T00:00:00.000Z');
    expect(report.assumedZone).toBeUndefined();
    const dates = await read('timestamp,used_memory\nThu Oct  1 02:00:00 EDT 2026,1000000\n');
    expect(dates.samples[0]?.at).toBe('2026-10-01T06:00:00.000Z');
    expect(dates.report.assumedZone).toBeUndefined();
  });

  it('assumes no zone because of a line that is no row', async () => {
    const { samples, report } = await read(
      'timestamp,used_memory\n2026-10-01T00:00:00Z,1000000\n2026-10-01T00:01:00Z,1000001\nTotal,2000001\n',
    );
    expect(samples).toHaveLength(2);
    expect(report.assumedZone).toBeUndefined();
    expect(report.rejectedRows).toBe(1);
  });

  it('reads Markdown and database tables without counting their rules as rows', async () => {
    const markdown = '| timestamp | used_memory |\n|---|---:|\n| 2026-10-01T00:00:00Z | 1000000 |\n| 2026-10-01T00:01:00Z | 1000001 |\n';
    const mysql =
      '+-----+-----+\n| timestamp | used_memory |\n+-----+-----+\n| 2026-10-01T00:00:00Z | 1000000 |\n| 2026-10-01T00:01:00Z | 1000001 |\n+-----+-----+\n';
    for (const text of [markdown, mysql]) {
      const { samples, report } = await read(text);
      expect(samples).toHaveLength(2);
      expect(report.rejectedRows).toBe(0);
    }
  });

  it('reads rounded sizes, with a note, and only where nothing exact is there', async () => {
    const rounded = await read('timestamp,used_memory_human\n2026-10-01T00:00:00Z,2.50G\n');
    expect(rounded.samples[0]?.numbers.usedMemoryBytes).toBe(2.5 * 2 ** 30);
    expect(rounded.report.notes.join()).toContain('rounded sizes');
    const exact = await read('timestamp,used_memory_human,used_memory\n2026-10-01T00:00:00Z,2.50G,2700000000\n');
    expect(exact.samples[0]?.numbers.usedMemoryBytes).toBe(2_700_000_000);
    expect(exact.report.notes).toEqual([]);
  });

  it('reads the labelled columns of one node', async () => {
    const { samples } = await read(
      'timestamp,"redis_memory_used_bytes{instance=""cache-1:9121"",job=""redis""}","redis_memory_used_rss_bytes{instance=""cache-1:9121""}"\n1790812800,1000000,1500000\n',
    );
    expect(samples[0]).toMatchObject({ node: 'cache-1:9121', numbers: { usedMemoryBytes: 1_000_000, usedMemoryRssBytes: 1_500_000 } });
  });

  const LABELLED = {
    used: 'redis_memory_used_bytes{instance="10.2.0.17:9121",pod="redis-0",namespace="shop"}',
    limit: (pod: string) => `container_spec_memory_limit_bytes{container="redis",instance="10.2.0.1:10250",namespace="shop",pod="${pod}"}`,
    request: (resource: string) => `kube_pod_container_resource_limits{instance="10.2.0.3:8080",pod="redis-0",resource="${resource}"}`,
    host: (host: string) => `node_memory_MemTotal_bytes{instance="${host}:9100"}`,
  };
  const labelled = (...columns: string[]) =>
    read(
      `timestamp,${columns.map((column) => `"${column.replaceAll('"', '""')}"`).join(',')}\n1790812800,${columns.map((_, i) => (i + 1) * 2 ** 30).join(',')}\n`,
    );

  it('reads what a container and a host have beside the server in them', async () => {
    const { samples } = await labelled(LABELLED.used, LABELLED.limit('redis-0'), LABELLED.host('10.2.0.1'));
    expect(samples[0]).toMatchObject({
      node: '10.2.0.17:9121',
      numbers: { usedMemoryBytes: 2 ** 30, containerMemoryLimitBytes: 2 ** 31, hostMemoryBytes: 3 * 2 ** 30 },
    });
  });

  it('takes of several machines and containers the one that shares the most labels', async () => {
    const { samples, report } = await labelled(
      LABELLED.used,
      LABELLED.limit('redis-1'),
      LABELLED.limit('redis-0'),
      LABELLED.host('10.2.0.9'),
      LABELLED.host('10.2.0.17'),
    );
    expect(samples[0]?.numbers).toEqual({ usedMemoryBytes: 2 ** 30, containerMemoryLimitBytes: 3 * 2 ** 30, hostMemoryBytes: 5 * 2 ** 30 });
    expect(report.notes.join()).toContain('2 columns tell the memory of machines or containers');
  });

  it('leaves machines out that cannot be told to be the node’s, and limits of processors', async () => {
    const { samples, report } = await labelled(
      LABELLED.used,
      LABELLED.host('10.2.0.8'),
      LABELLED.host('10.2.0.9'),
      LABELLED.request('cpu'),
    );
    expect(samples[0]?.numbers).toEqual({ usedMemoryBytes: 2 ** 30 });
    expect(report.columns.map(({ role, metricId }) => metricId ?? role)).toEqual([
      'time',
      'usedMemoryBytes',
      'ignored',
      'ignored',
      'ignored',
    ]);
    const { samples: ofMemory } = await labelled(LABELLED.used, LABELLED.request('cpu'), LABELLED.request('memory'));
    expect(ofMemory[0]?.numbers.containerMemoryLimitBytes).toBe(3 * 2 ** 30);
  });

  const SIDE_BY_SIDE =
    'timestamp,"redis_memory_used_bytes{instance=""a:1""}","redis_memory_used_bytes{instance=""b:1""}"\n1790812800,1000000,1500000\n';

  it('reads columns of several nodes side by side as samples of each', async () => {
    const { samples, report } = await read(SIDE_BY_SIDE);
    expect(samples.map(({ node, numbers }) => [node, numbers.usedMemoryBytes])).toEqual([
      ['a:1', 1_000_000],
      ['b:1', 1_500_000],
    ]);
    expect(report.columns[2]).toMatchObject({ metricId: 'usedMemoryBytes', note: 'of b:1' });
  });

  it('reads a node only from rows in which it has a value, and leaves out what names no node', async () => {
    const text =
      'timestamp,max:redis.mem.used{host:a},max:redis.mem.used{host:b},maxmemory\n1790812800,1000000,,8000000\n1790812860,1000001,1500000,8000000\n';
    const { samples, report } = await read(text);
    expect(samples.map(({ node, numbers }) => ({ node, ...numbers }))).toEqual([
      { node: 'a', usedMemoryBytes: 1_000_000 },
      { node: 'a', usedMemoryBytes: 1_000_001 },
      { node: 'b', usedMemoryBytes: 1_500_000 },
    ]);
    expect(report.columns[3]).toMatchObject({ role: 'ignored', note: 'names no node, where other columns do' });
  });

  it('gives each of several nodes its own container', async () => {
    const { samples } = await labelled(
      'redis_memory_used_bytes{instance="a:9121",pod="redis-0"}',
      'redis_memory_used_bytes{instance="b:9121",pod="redis-1"}',
      LABELLED.limit('redis-1'),
    );
    expect(samples.map(({ node, numbers }) => [node, numbers.containerMemoryLimitBytes])).toEqual([
      ['a:9121', undefined],
      ['b:9121', 3 * 2 ** 30],
    ]);
  });

  it('groups digits by the no-break blank of Windows-1252', async () => {
    const bytes = Buffer.from('timestamp;used_memory\n2026-10-01T00:00:00Z;3\u00a0210\u00a0000\u00a0140\n', 'latin1');
    const { samples } = await readSamples(csvSource, memoryInput(bytes, 'a.csv'));
    expect(samples[0]?.numbers.usedMemoryBytes).toBe(3_210_000_140);
  });
});

describe('tables that hold nothing', () => {
  it.each([
    ['a header alone', 'timestamp,used_memory\n', 'there is a header and no row behind it'],
    ['values that no server has', 'timestamp,used_memory,used_memory_rss\n2026-10-01T00:00:00Z,-1,0\n', 'rows without a value'],
    ['shares instead of sizes', 'timestamp,used_memory\n2026-10-01T00:00:00Z,50%\n', 'rows without a value'],
  ])('are refused: %s', async (_, text, reason) => {
    expect(csvSource.accepts(memoryInput(text))).toBe(true);
    expect(await refusal(text)).toContain(reason);
  });

  it('do not advise to read a share as a size', async () => {
    expect(await refusal('Timestamp,BytesUsed Average,MemoryUsagePercentage Average\n2026-10-01T00:00:00Z,1000000,5\n')).toContain(
      "--map 'usedMemoryBytes=BytesUsed Average'",
    );
  });
});

describe('names of nodes', () => {
  it('carry no password, also where the embedded database could have read the table', async () => {
    const rows = Array.from(
      { length: 50 },
      (_, i) => `2026-10-01T00:00:${String(i % 60).padStart(2, '0')}Z,redis://bob:s3cret@h:6379,${1_000_000 + i}`,
    );
    const bulk = createCsvSource({ bulkFromBytes: 0 });
    const { samples } = await readSamples(bulk, memoryInput(`timestamp,node,used_memory\n${rows.join('\n')}\n`));
    expect(new Set(samples.map(({ node }) => node))).toEqual(new Set(['redis://h:6379']));
  });

  it('carry no password where they come from an option', async () => {
    const { samples } = await read('timestamp,used_memory\n2026-10-01T00:00:00Z,1000000\n', { nodeId: 'redis://bob:s3cret@h:6379' });
    expect(samples[0]?.node).toBe('redis://h:6379');
  });

  it('begin with the folder where files in several folders have the same name', async () => {
    const table = memoryInput('timestamp,used_memory\n2026-10-01T00:00:00Z,1000000\n', 'prod-a/metrics.csv');
    const nodeOf = async (more: object) => (await readSamples(csvSource, { ...table, ...more })).samples[0]?.node;
    expect(await nodeOf({ folder: 'prod-a', sharesFileName: true })).toBe('prod-a/metrics');
    expect(await nodeOf({ folder: 'prod-a' })).toBe('metrics');
    expect(await nodeOf({ folder: '2026-10', sharesFileName: true })).toBe('metrics');
  });
});
