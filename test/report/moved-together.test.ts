import { describe, expect, it } from 'vitest';
import { GiB, MiB } from '../../src/model/bytes.ts';
import { movedTogether } from '../../src/report/moved-together.ts';
import { healthyFigures } from '../helpers/figures.ts';

function withGaps(gapsBytes: readonly (number | null)[]) {
  const figures = healthyFigures();
  const used = gapsBytes.map(() => 6 * GiB);
  const rss = gapsBytes.map((gap) => (gap === null ? null : 6 * GiB + gap));
  return movedTogether({ peaks: figures.peaks, series: { ...figures.series, usedMemoryBytes: used, usedMemoryRssBytes: rss } });
}

describe('movedTogether', () => {
  it('is true where resident memory stays about as far above used memory', () => {
    expect(withGaps([200 * MiB, 250 * MiB, null, 220 * MiB])).toBe(true);
  });

  it('is false where pages were kept or given back meanwhile, and where resident memory is not known', () => {
    expect(withGaps([2 * GiB, 2 * GiB, 200 * MiB])).toBe(false);
    expect(withGaps([null, null])).toBe(false);
  });
});
