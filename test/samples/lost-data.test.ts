import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze, ingest } from '../../src/index.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'recordings');
const AHEAD_DAYS = 30;

/** Recordings of servers that lost data (days pass in moments there: their clock is stated), and what the same law brought in the days after. */
describe.each([
  ['crash-without-saving__valkey-9.1-bundled', 'refilling', 'before-loss', ['restart']],
  ['restored-from-an-older-dump__redis-8.0-bundled', 'back', 'before-and-since', ['restart']],
  ['emptied-every-week__redis-6.0-bundled', 'recurring', 'life-to-life', ['emptied', 'emptied', 'emptied', 'emptied']],
  ['flush-and-refill__redis-6.0-libc', 'recurring', 'life-to-life', ['emptied', 'emptied']],
] as const)('%s', (name, state, growthFrom, causes) => {
  it(`is ${state}, goes by the growth ${growthFrom}, and foresees the peak that came`, async () => {
    const truth = JSON.parse(readFileSync(join(FOLDER, `${name}.truth.json`), 'utf8'));
    const options = { horizonDays: AHEAD_DAYS, generatedAt: truth.toAt };
    const { nodes } = await analyze(await ingest([join(FOLDER, `${name}.csv.gz`)], {}), options);
    const { lostData, peak } = nodes[0]?.forecast ?? {};
    expect([lostData?.state, lostData?.growthFrom, lostData?.losses.map(({ cause }) => cause)]).toEqual([state, growthFrom, causes]);
    const days: { usedMemoryBytes: number }[] = truth.afterwards.dailyPeaks.slice(0, AHEAD_DAYS);
    const came = Math.max(...days.map(({ usedMemoryBytes }) => usedMemoryBytes));
    expect(Math.abs((peak?.p50 ?? 0) / came - 1)).toBeLessThan(0.05);
    expect(peak?.p95).toBeGreaterThan(came);
  });
});
