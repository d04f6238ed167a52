import { describe, expect, it } from 'vitest';
import { judgeFindings } from '../../src/analysis/findings/index.ts';
import { MiB } from '../../src/model/bytes.ts';
import { isSpikeOnly } from '../../src/report/spike-only.ts';
import { contextOf } from '../helpers/figures.ts';

const told = (context: ReturnType<typeof contextOf>) => isSpikeOnly({ findings: [...judgeFindings(context)] });

describe('isSpikeOnly', () => {
  it('is true where a limit may be reached though nothing grows towards it', () => {
    expect(told(contextOf({ forecast: { daysToMaxmemory: { p90: 20 } } }))).toBe(true);
  });

  it('is false where the data grow, where the limit is expected, where waste grows, and where no limit is near', () => {
    expect(told(contextOf({ forecast: { growthBytesPerDay: 50 * MiB, daysToMaxmemory: { p90: 20 } } }))).toBe(false);
    expect(told(contextOf({ forecast: { daysToMaxmemory: { p90: 20, p50: 60 } } }))).toBe(false);
    const waste = { trend: { significant: true, bytesPerDay: 100 * MiB } };
    expect(told(contextOf({ fragmentation: waste, forecast: { daysToSystemTarget: { p90: 20 } } }))).toBe(false);
    expect(told(contextOf())).toBe(false);
  });
});
