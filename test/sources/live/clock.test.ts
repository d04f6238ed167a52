import { expect, it } from 'vitest';
import { SampleClock } from '../../../src/sources/live/clock.ts';

/** A clock that is set by `set` and runs by `run`. */
function madeClocks() {
  let wall = 1_700_000_000_000;
  let steady = 5000;
  const jumps: number[] = [];
  const clock = new SampleClock((byMs) => jumps.push(byMs), { wall: () => wall, steady: () => steady });
  const run = (ms: number): number => {
    wall += ms;
    steady += ms;
    return clock.now() - 1_700_000_000_000;
  };
  const set = (byMs: number): void => {
    wall += byMs;
  };
  return { run, set, jumps };
}

it('follows the machine and its small corrections', () => {
  const { run, set, jumps } = madeClocks();
  expect(run(1000)).toBe(1000);
  set(300);
  expect(run(1000)).toBe(2300);
  expect(jumps).toEqual([]);
});

it('goes forward with the clock, and says so', () => {
  const { run, set, jumps } = madeClocks();
  run(1000);
  set(3_600_000);
  expect(run(1000)).toBe(3_602_000);
  expect(jumps).toEqual([3_600_000]);
});

it('never runs backwards through a set-back of a minute, and comes back to the clock', () => {
  const { run, set, jumps } = madeClocks();
  const seen = [run(1000)];
  set(-60_000);
  for (let i = 0; i < 130; i += 1) seen.push(run(1000));
  expect(jumps).toEqual([-60_000]);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.at(-1)).toBe(131_000 - 60_000);
});

it('goes back with a clock that was hours wrong', () => {
  const { run, set, jumps } = madeClocks();
  run(1000);
  set(-7_200_000);
  expect(run(1000)).toBe(2000 - 7_200_000);
  expect(jumps).toEqual([-7_200_000]);
});
