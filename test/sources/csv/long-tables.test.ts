import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/model/errors.ts';
import { csvSource } from '../../../src/sources/csv/index.ts';
import type { ReadOptions } from '../../../src/sources/source.ts';
import { memoryInput, readSamples } from '../source-suite.ts';

const read = (lines: readonly string[], options: ReadOptions = {}) =>
  readSamples(csvSource, memoryInput(`${lines.join('\n')}\n`, 'orders.csv'), options);
const flat = ({ samples }: Awaited<ReturnType<typeof read>>) =>
  samples.map(({ node, at, numbers, texts }) => ({ node, at, ...numbers, ...texts }));

describe('tables with one value a row', () => {
  it('become one sample of each node and instant', async () => {
    const result = await read([
      '"Series";"Time";"Value"',
      '"redis_memory_used_bytes{instance=""a:9121""}";"2026-10-01T00:00:00Z";1000000',
      '"redis_memory_used_bytes{instance=""a:9121""}";"2026-10-01T00:01:00Z";1000001',
      '"redis_memory_used_rss_bytes{instance=""a:9121""}";"2026-10-01T00:00:00Z";1500000',
      '"redis_memory_used_bytes{instance=""b:9121""}";"2026-10-01T00:00:00Z";null',
      '"redis_memory_max_bytes{instance=""b:9121""}";"2026-10-01T00:00:00Z";8000000',
    ]);
    expect(flat(result)).toEqual([
      { node: 'a:9121', at: '2026-10-01T00:00:00.000Z', usedMemoryBytes: 1_000_000, usedMemoryRssBytes: 1_500_000 },
      { node: 'a:9121', at: '2026-10-01T00:01:00.000Z', usedMemoryBytes: 1_000_001 },
      { node: 'b:9121', at: '2026-10-01T00:00:00.000Z', maxmemoryBytes: 8_000_000 },
    ]);
    expect(result.report.columns.map(({ role }) => role)).toEqual(['metric', 'time', 'value']);
  });

  it('name the server in a column of labels, and databases by theirs', async () => {
    const result = await read([
      'metric,timestamp,value,labels',
      'redis_memory_used_bytes,1790812800,1000000,"{instance=""a:9121"",job=""redis""}"',
      'redis_db_keys,1790812800,44,"{instance=""a:9121"",db=""db0""}"',
      'redis_db_keys,1790812800,11,"{instance=""a:9121"",db=""db1""}"',
      'redis_up,1790812800,1,"{instance=""a:9121"",job=""redis""}"',
      'node_memory_MemTotal_bytes,1790812800,99000000,"{instance=""a:9100""}"',
    ]);
    expect(flat(result)).toEqual([
      { node: 'a:9121', at: '2026-10-01T00:00:00.000Z', usedMemoryBytes: 1_000_000, db0Keys: 44, db1Keys: 11 },
    ]);
    expect(result.report.notes).toEqual([
      '1 series passed over, as they name no metric that is read (first "redis_up")',
      '1 series passed over, as they tell of machines and not whose they are: give --system-memory (first "node_memory_MemTotal_bytes")',
    ]);
  });

  it('of InfluxDB name the server by host and port, and hold texts too', async () => {
    const rows = ['2026-10-01T00:00:00Z,1000000,used_memory', '2026-10-01T00:00:00Z,allkeys-lru,maxmemory_policy'];
    const result = await read([
      '#datatype,string,long,dateTime:RFC3339,double,string,string,string,string,string',
      ',result,table,_time,_value,_field,_measurement,host,port,server',
      ...rows.map((row) => `,,0,${row},redis,collector-1,6379,cache-a`),
      ',,1,2026-10-01T00:00:00Z,2000000,used_memory,redis,collector-1,6380,cache-a',
    ]);
    expect(flat(result)).toEqual([
      { node: 'cache-a:6379', at: '2026-10-01T00:00:00.000Z', usedMemoryBytes: 1_000_000, maxmemoryPolicy: 'allkeys-lru' },
      { node: 'cache-a:6380', at: '2026-10-01T00:00:00.000Z', usedMemoryBytes: 2_000_000 },
    ]);
  });

  it('with statistics of a period give the maximum, and no counter', async () => {
    const result = await read([
      'TimeGenerated,Resource,MetricName,Total,Maximum,Minimum,Average',
      '2026-10-01T00:00:00Z,ORDERS,usedmemory,9000000,3000000,1000000,2000000',
      '2026-10-01T00:00:00Z,ORDERS,evictedkeys,12,12,12,12',
    ]);
    expect(flat(result)).toEqual([{ node: 'ORDERS', at: '2026-10-01T00:00:00.000Z', usedMemoryBytes: 3_000_000 }]);
    expect(result.report.averaged).toBeUndefined();
    expect(result.report.notes).toEqual(['1 series passed over, as they count within a period (first "evictedkeys")']);
  });

  it('say that they are averages where nothing better is there', async () => {
    const rows = (statistics: readonly string[]) => [
      'Timestamp,MetricName,Statistic,Dimensions,Value',
      ...statistics.map((statistic, i) => `2026-10-01T00:00:00Z,BytesUsedForCache,${statistic},CacheClusterId=orders-001,${i + 1}000000`),
    ];
    const averaged = await read(rows(['Average']));
    expect(averaged.report.averaged).toBe('the column "Statistic" says "Average"');
    const both = await read(rows(['Average', 'Maximum']));
    expect(both.report.averaged).toBeUndefined();
    expect(flat(both)).toEqual([{ node: 'orders-001', at: '2026-10-01T00:00:00.000Z', usedMemoryBytes: 2_000_000 }]);
    const queries = await read(['series;time;value', '"avg(redis_memory_used_bytes{instance=""a:1""})";1790812800;1000000']);
    expect(queries.report.averaged).toContain('holds averages');
    expect(queries.samples[0]?.node).toBe('a:1');
    const fractions = await read([
      'metric,time,value',
      ...[0, 1, 2].map((i) => `redis_memory_used_bytes,${1790812800 + i},1000000.${i + 1}`),
    ]);
    expect(fractions.report.averaged).toContain('holds fractions');
  });

  it('are refused where servers cannot be told apart, until the column is named', async () => {
    const lines = [
      'metric,time,value,shard',
      ...['x', 'y'].map((shard, i) => `redis_memory_used_bytes,1790812800,${i + 1}000000,${shard}`),
    ];
    const refused = await read(lines).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InputError);
    expect(String(refused)).toContain('--node-column NAME. Columns: "metric", "time", "value", "shard"');
    expect(flat(await read(lines, { nodeColumn: 'shard' })).map(({ node }) => node)).toEqual(['x', 'y']);
  });

  it('need no --metric, and say so', async () => {
    const { report } = await read(['metric,time,value', 'redis_memory_used_bytes,1790812800,1000000'], { metric: 'used_memory_rss' });
    expect(report.notes).toEqual(['--metric is passed over: the column "metric" names the metric of each row']);
  });

  it('without a single value are refused', async () => {
    await expect(read(['metric,time,value', 'redis_memory_used_bytes,1790812800,null'])).rejects.toThrow(InputError);
  });
});

describe('names that monitoring services give', () => {
  it.each([
    ['Timestamp,BytesUsedForCache,CurrItems,Evictions', { usedMemoryBytes: 1_000_000, keys: 2 }],
    ['Timestamp,redis.mem.used,redis.net.clients,x', { usedMemoryBytes: 1_000_000, connectedClients: 2 }],
    [
      'Timestamp,redis.googleapis.com/stats/memory/usage,redis.googleapis.com/clients/connected,x',
      { usedMemoryBytes: 1_000_000, connectedClients: 2 },
    ],
    ['Timestamp,redis_used_memory,redis.uptime_in_seconds,x', { usedMemoryBytes: 1_000_000, uptimeSeconds: 2 }],
    ['Timestamp,Used Memory (Max),Connected Clients (Max),x', { usedMemoryBytes: 1_000_000, connectedClients: 2 }],
  ])('%s', async (header, numbers) => {
    const { samples } = await read([header, '2026-10-01T00:00:00Z,1000000,2,3']);
    expect(samples[0]?.numbers).toEqual(numbers);
  });

  it('stand beside the server in legends, and lines under the header may say what they are', async () => {
    const rows = [0, 1, 2, 3].map((minute) => `2026/10/01 00:0${minute}:00,1000000,2000000`);
    const { samples, report } = await read([
      'Label,BytesUsedForCache orders-001,orders-002 BytesUsedForCache',
      'Stat,Average,Average',
      ...rows,
    ]);
    expect(samples.slice(0, 2).map(({ node }) => node)).toEqual(['orders-001', 'orders-002']);
    expect(samples).toHaveLength(8);
    expect(report.averaged).toBe('the line "Stat,Average,Average" says so');
  });

  it('may have stamps as a browser writes them', async () => {
    const { samples } = await read(['Time,used_memory', 'Thu Oct 01 2026 02:00:00 GMT+0200 (Central European Summer Time),1000000']);
    expect(samples[0]?.at).toBe('2026-10-01T00:00:00.000Z');
  });
});
