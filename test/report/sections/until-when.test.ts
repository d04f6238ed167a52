import { describe, expect, it } from 'vitest';
import { GiB } from '../../../src/model/bytes.ts';
import { sampleEvery } from '../../helpers/node-history.ts';
import { blocksOf, reportOf } from '../../helpers/report-of.ts';

/** The words of the report of 40 days, with what is left of 4 GiB on each. */
async function words(share: (day: number) => number): Promise<string> {
  const samples = sampleEvery(6 * 3600, 160, (i) => {
    const left = share(Math.floor(i / 4));
    return { usedMemoryBytes: Math.round(4 * GiB * left), usedMemoryRssBytes: 5 * GiB, keys: Math.round(1e6 * left) };
  });
  const blocks = blocksOf(await reportOf(samples));
  return blocks.flatMap((block) => (block.type === 'paragraph' ? block.text : [])).join('\n');
}

describe('what the report says of lost data', () => {
  it.each([
    [
      'that the level is expected back',
      (day: number) => (day < 36 ? 1 : 0.01),
      /expects 4 GiB back, and goes by the growth before the loss/,
    ],
    [
      'that a refill is no growth, its pace, and where it ends',
      (day: number) => (day < 30 ? 1 : 0.01 + 0.05 * (day - 30)),
      /comes back, \d+ MiB a day, is no growth: it ends at the old level of 4 GiB/,
    ],
    [
      'that the level is reached again',
      (day: number) => (day < 20 ? 1 : Math.min(1, 0.01 + 0.2 * (day - 20))),
      /of 4 GiB has been reached again: the refill is left out/,
    ],
    [
      'that it goes on and on, and what one life would grow to without a loss',
      (day: number) => 0.1 + 0.1 * (day % 8),
      /lost 4 times.*same level came back, .*Without another loss memory would grow by \d+ MiB a day/,
    ],
    [
      'that it has stayed below',
      (day: number) => (day < 20 ? 1 : 0.15),
      /has not gone back to 4 GiB: the forecast goes by the growth since/,
    ],
  ])('%s', async (_, share, told) => {
    expect(await words(share)).toMatch(told);
  });

  it('is nothing where none was lost', async () => {
    expect(await words(() => 1)).not.toContain('lost');
  });
});
