import { expect, it } from 'vitest';
import { firstLimit } from '../../src/report/first-limit.ts';

const machine = { targetRatio: 0.8, source: 'info', episodes: [], ratioPeak: 0.3 } as const;
const forecast = { status: 'ok', method: 'pooled-peak', horizonDays: 90, historyDays: 30 } as const;

it('is the limit that may be reached first', () => {
  const ahead = { ...forecast, daysToMaxmemory: { p90: 12 }, daysToSystemTarget: { p90: 40 } };
  expect(firstLimit({ forecast: ahead, systemMemory: { ...machine, episodes: [] } }).id).toBe('maxmemory');
  expect(firstLimit({ forecast: { ...ahead, daysToMaxmemory: { p90: 60 } }, systemMemory: { ...machine, episodes: [] } }).id).toBe(
    'machine',
  );
});

it('is the machine where none is near, and maxmemory where the machine is not known', () => {
  expect(firstLimit({ forecast, systemMemory: { ...machine, episodes: [] } }).id).toBe('machine');
  expect(firstLimit({ forecast, systemMemory: { ...machine, ratioPeak: undefined, episodes: [] } }).id).toBe('maxmemory');
});
