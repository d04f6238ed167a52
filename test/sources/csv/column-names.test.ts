import { describe, expect, it } from 'vitest';
import { METRICS, TEXT_FIELDS } from '../../../src/model/metrics.ts';
import { findColumnMeaning, namesAverage } from '../../../src/sources/csv/column-names.ts';

describe('findColumnMeaning', () => {
  it('knows every metric by its id and by every INFO and exporter name', () => {
    for (const { id, info, prometheus, infoScale } of METRICS) {
      expect(findColumnMeaning(id)?.metricId, id).toBe(id);
      for (const name of info) expect(findColumnMeaning(name), name).toMatchObject({ metricId: id, scale: infoScale ?? 1 });
      for (const name of prometheus ?? []) {
        expect(findColumnMeaning(name)?.metricId, name).toBe(id);
        expect(findColumnMeaning(`redis_${name}`)?.metricId, name).toBe(id);
      }
    }
  });

  it('does not mistake one backlog for the other where only punctuation tells them apart', () => {
    expect(findColumnMeaning('replication_backlog_bytes')?.metricId).toBe('replBacklogSizeBytes');
    expect(findColumnMeaning('replicationBacklogBytes')?.metricId).toBe('replicationBacklogBytes');
    expect(findColumnMeaning('Replication Backlog Bytes')).toBeUndefined();
  });

  it('knows every text field', () => {
    for (const [fieldId, names] of Object.entries(TEXT_FIELDS)) {
      for (const name of names) expect(findColumnMeaning(name)?.fieldId, name).toBe(fieldId);
    }
  });

  it.each([
    ['used_memory (GB)', 'usedMemoryBytes', 1e9],
    ['Used Memory [MiB]', 'usedMemoryBytes', 1024 ** 2],
    ['used_memory_mb', 'usedMemoryBytes', 1e6],
    ['used_memory_rss_bytes', 'usedMemoryRssBytes', 1],
    ['usedMemoryRss (KiB)', 'usedMemoryRssBytes', 1024],
    ['max(used_memory)', 'usedMemoryBytes', 1],
    ['avg(redis_memory_used_bytes)', 'usedMemoryBytes', 1],
    ['max_over_time(redis_memory_used_bytes[5m])', 'usedMemoryBytes', 1],
    ['last_over_time(redis_memory_max_bytes{instance="a:9121"}[1h])', 'maxmemoryBytes', 1],
    ['max by (instance) (redis_memory_used_rss_bytes)', 'usedMemoryRssBytes', 1],
    ['max(redis_memory_used_bytes) by (instance)', 'usedMemoryBytes', 1],
    ['used_memory_max_mib', 'usedMemoryBytes', 1024 ** 2],
    ['latest_fork_usec', 'latestForkSeconds', 1e-6],
    ['latest_fork_seconds (ms)', 'latestForkSeconds', 1e-3],
    ['db12_keys', 'db12Keys', 1],
    ['db0_expires', 'db0Expires', 1],
    ['ERRORSTAT_OOM', 'oomErrors', 1],
  ])('reads %s', (header, metricId, scale) => {
    expect(findColumnMeaning(header)).toMatchObject({ metricId, scale });
  });

  it.each([
    'Memory usage [KB]',
    'used_memory_peak_perc',
    'value',
    '',
    'keyspace',
    'hasOwnProperty',
    'max()',
    '((',
    'rate(redis_memory_used_bytes[5m])',
  ])('does not guess at "%s"', (header) => {
    expect(findColumnMeaning(header)).toBeUndefined();
  });

  it('tells averages and maxima over time', () => {
    const aggregate = (header: string) => findColumnMeaning(header)?.aggregate;
    expect(aggregate('avg_over_time(redis_memory_used_bytes{instance="a:9121"}[5m])')).toBe('average');
    expect(aggregate('max_over_time(redis_memory_used_bytes[5m])')).toBe('maximum');
    expect(aggregate('last_over_time(redis_memory_used_bytes[5m])')).toBeUndefined();
  });

  it('says when the unit does not fit', () => {
    expect(findColumnMeaning('used_memory [ms]')?.strangeUnit).toBe('ms');
  });
});

describe('namesAverage', () => {
  it.each([
    ['avg(used_memory)', true],
    ['used_memory_avg', true],
    ['Memory (Average)', true],
    ['Mean', true],
    ['meaning', false],
    ['used_memory', false],
  ])('of %s is %s', (header, expected) => {
    expect(namesAverage(header)).toBe(expected);
  });
});
