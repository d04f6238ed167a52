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
    const cells = tableOf(report, 'budget-table')?.table.rows.flat() ?? [];
    const inputs = cells.flatMap(({ explanation }) => explanation?.inputs ?? []);
    const known = (symbol: string) => inputs.find((input) => input.symbol === symbol)?.value;
    expect(['residentBytes', 'writesPerSecond', 'forkSeconds'].map(known)).toEqual(['5 GiB', '90,000', '51.2']);
  });
});
