import { describe, expect, it } from 'vitest';
import { measureCommands } from '../../src/analysis/command-times.ts';
import { commandTimesText, parseCommandTimes } from '../../src/model/command-times.ts';

const text = (times: Readonly<Record<string, readonly [number, number]>>): string =>
  commandTimesText(
    new Map(Object.entries(times).map(([name, [calls, usec]]) => [`cmdstat_${name}`, `calls=${calls},usec=${usec},usec_per_call=1.00`])),
  ) ?? '';
const history = (...readings: readonly (readonly [number, string])[]) => ({
  texts: { commandTimes: readings.map(([at, value]) => ({ at, value })) },
});

describe('what commands cost', () => {
  it('is read from INFO, the costliest twelve by name and all in the sums', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`cmd${i}`, [1, i] as const]));
    const times = parseCommandTimes(text({ ...many, 'config|get': [3, 1000], '<b>evil</b>': [1, 5000] }));
    expect(times).toMatchObject({ calls: 33, microseconds: 435 + 1000 });
    expect(Object.keys(times?.top ?? {})).toHaveLength(12);
    expect(times?.top['config|get']).toEqual([3, 1000]);
    expect(commandTimesText(new Map([['used_memory', '1']]))).toBeUndefined();
  });

  it.each([undefined, '', '{', 'null', '[]', '{"calls":1}'])('is nothing in %j', (given) => {
    expect(parseCommandTimes(given)).toBeUndefined();
  });

  it('is the growth between the readings', () => {
    const found = measureCommands(
      history([1000, text({ get: [100, 1e6], set: [10, 1e6] })], [2000, text({ get: [300, 4e6], set: [20, 2e6], del: [5, 1e6] })]),
    );
    expect(found).toEqual({
      sinceAt: 1000,
      untilAt: 2000,
      seconds: 5,
      top: [
        { name: 'get', calls: 200, seconds: 3, share: 0.6 },
        { name: 'set', calls: 10, seconds: 1, share: 0.2 },
        { name: 'del', calls: 5, seconds: 1, share: 0.2 },
      ],
    });
  });

  it('goes back no further than the last reset or restart', () => {
    const readings = [
      [1000, text({ get: [900, 9e6] })],
      [2000, text({ get: [10, 1e5] })],
      [3000, text({ get: [110, 2e6] })],
    ] as const;
    expect(measureCommands(history(...readings))).toMatchObject({ sinceAt: 2000, top: [{ name: 'get', calls: 100 }] });
  });

  it('is all since the start where there is one reading, and nothing where nothing ran', () => {
    expect(measureCommands(history([5, text({ get: [10, 2e6] })]))).toEqual({
      untilAt: 5,
      seconds: 2,
      top: [{ name: 'get', calls: 10, seconds: 2, share: 1 }],
    });
    expect(measureCommands(history())).toBeUndefined();
    expect(measureCommands(history([1, text({ get: [1, 5] })], [2, text({ get: [1, 5] })]))).toBeUndefined();
  });
});
