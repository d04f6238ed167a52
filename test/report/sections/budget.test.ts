import { describe, expect, it } from 'vitest';
import { GiB } from '../../../src/model/bytes.ts';
import { sampleEvery } from '../../helpers/node-history.ts';
import { reportOf, tableOf } from '../../helpers/report-of.ts';

describe('the formulas of the budget', () => {
  it('show sizes as bytes, and rates as the numbers that they are', async () => {
    const report = await reportOf(
      sampleEvery(3600, 24 * 20, (i) => ({
        usedMemoryBytes: 4 * GiB,
        usedMemoryRssBytes: 5 * GiB,
        aofEnabled: 1,
        rdbChangesSinceLastSave: i * 3600 * 90_000,
      })),
    );
    const lines = tableOf(report, 'budget-table')?.table.rows.map((row) => JSON.stringify(row)) ?? [];
    expect(lines.find((line) => line.includes('writesPerSecond'))).toContain(
      'residentBytes = 5 GiB, writesPerSecond = 90,000, forkSeconds = 51.2',
    );
  });
});
