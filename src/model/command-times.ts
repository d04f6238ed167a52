/** What commands have cost a server since its start or the last CONFIG RESETSTAT: calls, and microseconds of the thread that runs them. */
export interface CommandTimes {
  readonly calls: number;
  readonly microseconds: number;
  /** The costliest by name, `config|get` where the server counts its parts. */
  readonly top: Readonly<Record<string, readonly [calls: number, microseconds: number]>>;
}

const MOST_COMMANDS = 12;
/** Names of modules' commands are whatever their makers chose. */
const NAME = /^[a-z\d][\w.|-]{0,59}$/i;

/**
 * The lines `cmdstat_get:calls=21,usec=175,usec_per_call=8.33,…` of INFO as one text that can be stored.
 * @param fields - of INFO, by name
 * @returns undefined where there are no such lines
 */
export function commandTimesText(fields: ReadonlyMap<string, string>): string | undefined {
  const found: [string, [number, number]][] = [];
  for (const [name, value] of fields) {
    const command = /^cmdstat_(.+)$/.exec(name)?.[1];
    const counts = /^calls=(\d{1,20}),usec=(\d{1,20})(?:,|$)/.exec(value);
    if (command !== undefined && counts && NAME.test(command)) found.push([command, [Number(counts[1]), Number(counts[2])]]);
  }
  if (found.length === 0) return undefined;
  const sum = (of: 0 | 1): number => found.reduce((total, [, counts]) => total + counts[of], 0);
  const top = found.toSorted((a, b) => b[1][1] - a[1][1] || (a[0] < b[0] ? -1 : 1)).slice(0, MOST_COMMANDS);
  return JSON.stringify({ calls: sum(0), microseconds: sum(1), top: Object.fromEntries(top) });
}

/** What such a text says; undefined where it is none. */
export function parseCommandTimes(text: string | undefined): CommandTimes | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Partial<CommandTimes> | null;
    const { calls, microseconds, top } = value ?? {};
    if (typeof calls !== 'number' || typeof microseconds !== 'number' || typeof top !== 'object') return undefined;
    const pairs = Object.entries(top).filter(([name, pair]) => NAME.test(name) && Array.isArray(pair) && pair.every(Number.isFinite));
    return { calls, microseconds, top: Object.fromEntries(pairs) };
  } catch {
    return undefined;
  }
}
