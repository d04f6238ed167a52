import { describe, expect, it } from 'vitest';
import { findMetric } from '../../src/model/metrics.ts';
import { metricBounds } from '../../src/sources/metric-bounds.ts';

const allows = (id: string, value: number) => {
  const metric = findMetric(id);
  if (!metric) throw new Error(id);
  const { least, most } = metricBounds(metric);
  return value >= least && value <= most;
};

describe('metricBounds', () => {
  it.each([
    ['usedMemoryBytes', 0, true],
    ['usedMemoryBytes', -1, false],
    ['usedMemoryBytes', 2 ** 62, true],
    ['usedMemoryDatasetBytes', 2 ** 63, false],
    ['usedMemoryDatasetBytes', 1.8446744073709552e19, false],
    ['usedMemoryRssBytes', 0, false],
    ['totalSystemMemoryBytes', 0, false],
    ['memFragmentationRatio', 0, false],
    ['rdbLastBgsaveSeconds', -1, false],
    ['rdbLastBgsaveSeconds', 0, true],
    ['loading', 2, false],
    ['uptimeSeconds', 1.7e9, false],
    ['commandsProcessed', 1e18, true],
    ['db0Keys', 0, true],
    ['containerMemoryLimitBytes', 512 * 2 ** 20, true],
    ['containerMemoryLimitBytes', 0, false],
    ['containerMemoryLimitBytes', 2, false],
    ['containerMemoryLimitBytes', 2 ** 62, false],
    ['containerMemoryLimitBytes', 2 ** 63 - 4096, false],
    ['hostMemoryBytes', 24 * 2 ** 40, true],
    ['hostMemoryBytes', 0, false],
  ])('of %s: %d is possible: %s', (id, value, possible) => {
    expect(allows(id, value)).toBe(possible);
  });
});
