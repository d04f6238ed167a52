import { TZDate } from '@date-fns/tz';
import { parseBytes } from '../model/bytes.ts';
import { ConfigError } from '../model/errors.ts';

/** `16GiB` → bytes. @throws ConfigError */
export function bytesOption(option: string, value: string): number {
  const bytes = parseBytes(value);
  if (bytes === undefined || bytes <= 0) throw new ConfigError(option, value, 'a size such as 16GiB, 512MiB or 17179869184');
  return bytes;
}

/** `0.8` or `80%` → 0.8. @throws ConfigError outside 0–1 (exclusive of 0) */
export function ratioOption(option: string, value: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(value.trim());
  const ratio = match ? Number(match[1]) / (match[2] === '%' ? 100 : 1) : Number.NaN;
  if (!(ratio > 0 && ratio <= 1)) throw new ConfigError(option, value, 'a share such as 0.8 or 80%');
  return ratio;
}

/** `30%` or `0.3` → 0.3; may be above 1 or negative. @throws ConfigError */
export function growthOption(option: string, value: string): number {
  const match = /^([+-]?\d+(?:\.\d+)?)\s*(%?)$/.exec(value.trim());
  const growth = match ? Number(match[1]) / (match[2] === '%' ? 100 : 1) : Number.NaN;
  if (!(growth > -1 && growth < 100)) throw new ConfigError(option, value, 'a growth over the horizon such as 30% or 0.3');
  return growth;
}

/** `90d`, `12w`, `3mo`, `1y` → days. @throws ConfigError */
export function daysOption(option: string, value: string): number {
  const match = /^(\d{1,4})\s*(d|w|mo|m|y)?$/i.exec(value.trim());
  const factor = { d: 1, w: 7, mo: 30, m: 30, y: 365 }[(match?.[2] ?? 'd').toLowerCase()];
  const days = match && factor !== undefined ? Number(match[1]) * factor : Number.NaN;
  if (!(days >= 1 && days <= 3650)) throw new ConfigError(option, value, 'a number of days such as 90d, 12w or 1y');
  return days;
}

/** `60s`, `5m`, `24h`, `400d` or plain seconds → seconds. @throws ConfigError */
export function secondsOption(option: string, value: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s*(s|m|min|h|d|w)?$/i.exec(value.trim());
  const factor = { s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 }[(match?.[2] ?? 's').toLowerCase()];
  const seconds = match && factor !== undefined ? Number(match[1]) * factor : Number.NaN;
  if (!(seconds > 0 && seconds <= 3650 * 86_400)) throw new ConfigError(option, value, 'a time such as 60s, 5m, 24h or 400d');
  return seconds;
}

/** ISO date or date-time, or epoch seconds, in the given zone unless it has an offset → epoch milliseconds. @throws ConfigError */
export function instantOption(option: string, value: string, timeZone: string): number {
  const trimmed = value.trim();
  if (/^\d{9,10}$/.test(trimmed)) return Number(trimmed) * 1000;
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]\d{2}:?\d{2})?$/.exec(trimmed);
  if (match) {
    const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match;
    const at =
      offset === undefined
        ? new TZDate(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), timeZone).getTime()
        : Date.parse(`${year}-${month}-${day}T${hour.padStart(2, '0')}:${minute.padStart(2, '0')}:${second.padStart(2, '0')}${offset}`);
    const valid = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day) && Number(month) <= 12;
    if (Number.isFinite(at) && valid) return at + Number(fraction.padEnd(3, '0').slice(0, 3));
  }
  throw new ConfigError(option, value, 'a date such as 2026-10-01 or 2026-10-01T20:00Z');
}

/** An IANA zone that this Node knows. @throws ConfigError */
export function timeZoneOption(option: string, value: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return value;
  } catch (cause) {
    throw new ConfigError(option, value, 'an IANA time zone such as Europe/Lisbon or UTC', { cause });
  }
}

/** `a,b` → words of the allowed list. @throws ConfigError naming what is allowed */
export function listOption<T extends string>(option: string, value: string, allowed: readonly T[]): T[] {
  const words = value
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');
  for (const word of words)
    if (!(allowed as readonly string[]).includes(word)) throw new ConfigError(option, word, `one or more of ${allowed.join(', ')}`);
  if (words.length === 0) throw new ConfigError(option, value, `one or more of ${allowed.join(', ')}`);
  return [...new Set(words)] as T[];
}

/** One word of the allowed list. @throws ConfigError */
export function choiceOption<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  if (!(allowed as readonly string[]).includes(value)) throw new ConfigError(option, value, `one of ${allowed.join(', ')}`);
  return value as T;
}

/** A whole number ≥ 0. @throws ConfigError */
export function countOption(option: string, value: string): number {
  if (!/^\d{1,6}$/.test(value.trim())) throw new ConfigError(option, value, 'a whole number');
  return Number(value);
}

/** A TCP port; 0 stands for any that is free. @throws ConfigError */
export function portOption(option: string, value: string): number {
  const port = /^\d{1,5}$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (!(port <= 65_535)) throw new ConfigError(option, value, 'a port from 0 (any that is free) to 65535');
  return port;
}

/** `8.0`, `redis-8.0` or `valkey-8.1` → engine and version; without a name it is Redis. @throws ConfigError */
export function engineOption(option: string, value: string): { name: 'redis' | 'valkey'; version: string } {
  const match = /^(?:(redis|valkey)[- ]?)?v?(\d{1,2}(?:\.\d{1,3}){0,2})$/i.exec(value.trim());
  if (match?.[2] === undefined) throw new ConfigError(option, value, 'a version such as 7.2, redis-8.0 or valkey-8.1');
  return { name: match[1]?.toLowerCase() === 'valkey' ? 'valkey' : 'redis', version: match[2] };
}

/** What the keys are for: `cache`, `store`, or a policy that makes one of them. @throws ConfigError */
export function policyOption(option: string, value: string): 'cache' | 'store' {
  const word = value.trim().toLowerCase();
  if (word === 'store' || word === 'noeviction') return 'store';
  if (word === 'cache' || /^allkeys-(?:lru|lfu|lrm|random)$/.test(word)) return 'cache';
  throw new ConfigError(
    option,
    value,
    'store, cache, noeviction or an allkeys-… policy (whether a volatile-… one makes room depends on the keys)',
  );
}

/** A number of shards, 1 to 1000. @throws ConfigError */
export function shardsOption(option: string, value: string): number {
  const shards = /^\d{1,4}$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (!(shards >= 1 && shards <= 1000)) throw new ConfigError(option, value, 'a number of shards from 1 to 1000');
  return shards;
}

/** `usedMemoryBytes=mem_used:MiB` → metric, column and unit. @throws ConfigError */
export function mapOption(option: string, value: string): { metricId: string; column: string; unit?: string } {
  const equals = value.indexOf('=');
  if (equals <= 0 || equals === value.length - 1)
    throw new ConfigError(option, value, 'METRIC=COLUMN or METRIC=COLUMN:UNIT, for example usedMemoryBytes=mem_used:MiB');
  const metricId = value.slice(0, equals).trim();
  const right = value.slice(equals + 1);
  const unit = /^(.*):([A-Za-z]{1,5})$/.exec(right);
  return unit?.[1] === undefined || unit[2] === undefined ? { metricId, column: right } : { metricId, column: unit[1], unit: unit[2] };
}
