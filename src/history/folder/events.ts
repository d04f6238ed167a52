import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EVENTS_FOLDER, namesIn } from './layout.ts';

const at = z.number();
const eventSchema = z.discriminatedUnion('kind', [
  z.object({ at, kind: z.literal('start'), version: z.string(), everySeconds: z.number(), targets: z.array(z.string()) }),
  z.object({ at, kind: z.literal('stop'), why: z.enum(['signal', 'time', 'once', 'error']) }),
  z.object({ at, kind: z.literal('lost'), node: z.string(), reason: z.string(), message: z.string() }),
  z.object({ at, kind: z.literal('back'), node: z.string(), missed: z.number() }),
  z.object({ at, kind: z.literal('nodes'), joined: z.array(z.string()), left: z.array(z.string()) }),
  z.object({ at, kind: z.literal('clock'), byMs: z.number() }),
  z.object({ at, kind: z.literal('healed'), file: z.string(), bytes: z.number() }),
  z.object({ at, kind: z.literal('unwritable'), code: z.string() }),
  z.object({ at, kind: z.literal('writable'), droppedSamples: z.number() }),
]);

/** Something that the collector noted beside the samples; `at` is epoch milliseconds UTC. */
export type HistoryEvent = z.infer<typeof eventSchema>;

/** The file that holds the events of an instant. */
export function eventsFile(root: string, instant: number): string {
  return join(root, EVENTS_FOLDER, `${new Date(instant).toISOString().slice(0, 7)}.jsonl`);
}

/** One event as a line. */
export function eventLine(event: HistoryEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** The event of a line; undefined for one that is cut, or of a later version. */
export function parseEvent(line: string): HistoryEvent | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** All events of a history folder in the order in which they were noted. */
export async function readEvents(root: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for (const name of (await namesIn(join(root, EVENTS_FOLDER))).filter((each) => /^\d{4}-\d{2}\.jsonl$/.test(each)).sort()) {
    for (const line of (await readFile(join(root, EVENTS_FOLDER, name), 'utf8')).split('\n')) {
      const event = line === '' ? undefined : parseEvent(line);
      if (event) events.push(event);
    }
  }
  return events;
}
