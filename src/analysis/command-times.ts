import type { NodeAnalysis } from '../model/analysis.ts';
import { type CommandTimes, parseCommandTimes } from '../model/command-times.ts';
import type { NodeHistory } from '../model/node-history.ts';

const SHOWN = 6;

/**
 * Which commands took the time of the thread that runs them: between the first reading and the newest, as far back as the counts went on;
 * of one reading since the server's start or the last reset of its counts.
 */
export function measureCommands({ texts }: Pick<NodeHistory, 'texts'>): NodeAnalysis['activity']['commands'] {
  const readings = (texts.commandTimes ?? []).flatMap(({ at, value }) => {
    const times = parseCommandTimes(value);
    return times === undefined ? [] : [{ at, times }];
  });
  const newest = readings.at(-1);
  if (newest === undefined) return undefined;
  let first: (typeof readings)[number] | undefined;
  for (const reading of readings.slice(0, -1).toReversed()) {
    if (reading.times.calls > (first ?? newest).times.calls || reading.times.microseconds > (first ?? newest).times.microseconds) break;
    first = reading;
  }
  const microseconds = newest.times.microseconds - (first?.times.microseconds ?? 0);
  if (!(microseconds > 0)) return undefined;
  const top = Object.entries(newest.times.top)
    .map(([name, counts]) => ({ name, ...grown(counts, first?.times.top[name]) }))
    .filter((command) => command.seconds > 0)
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, SHOWN)
    .map((command) => ({ ...command, share: Math.min(1, command.seconds / (microseconds / 1e6)) }));
  return { ...(first === undefined ? {} : { sinceAt: first.at }), untilAt: newest.at, seconds: microseconds / 1e6, top };
}

function grown([calls, microseconds]: CommandTimes['top'][string], before: CommandTimes['top'][string] = [0, 0]) {
  return { calls: Math.max(0, calls - before[0]), seconds: Math.max(0, microseconds - before[1]) / 1e6 };
}
