import type { ReadOptions } from '../sources/source.ts';
import { choiceOption, mapOption, timeZoneOption } from './options.ts';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The options about inputs, shared by `report` and `inspect`. @throws ConfigError */
export function readOptions(options: Readonly<Record<string, unknown>>): ReadOptions & { inputKind?: string; timeZone: string } {
  const inputKind = text(options.inputKind);
  const maps = Array.isArray(options.map) ? options.map : [];
  return {
    timeZone: timeZoneOption('--tz', text(options.tz) ?? 'UTC'),
    inputKind: inputKind === undefined ? undefined : choiceOption('--input-kind', inputKind, ['info-dump', 'csv']),
    nodeId: text(options.node),
    nodeColumn: text(options.nodeColumn),
    timeColumn: text(options.timeColumn),
    timeFormat: text(options.timeFormat),
    metric: text(options.metric),
    columnMap: maps.map((value) => mapOption('--map', String(value))),
  };
}
