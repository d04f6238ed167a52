import { describe, expect, it } from 'vitest';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import { sampleEvery } from '../../helpers/node-history.ts';
import { blocksOf, reportOf } from '../../helpers/report-of.ts';

describe('the heat map of peaks', () => {
  const scaleOf = async (usedAt: (hour: number) => number): Promise<readonly [string, string] | undefined> => {
    const report = await reportOf(sampleEvery(3600, 24 * 10, (i) => ({ usedMemoryBytes: usedAt(i % 24) })));
    return blocksOf(report).flatMap((block) => (block.type === 'chart' && block.form === 'heatmap' ? [block.scaleLabels] : []))[0];
  };

  it('goes from the lowest to the highest', async () => {
    expect(await scaleOf((hour) => (2 + hour / 23) * GiB)).toEqual(['2 GiB', '3 GiB']);
  });

  it('does not spread a level that hardly moves over the whole scale', async () => {
    expect(await scaleOf((hour) => 2 * GiB - (hour % 3) * MiB)).toEqual(['1.8 GiB', '2 GiB']);
  });
});
