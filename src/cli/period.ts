import { TZDate } from '@date-fns/tz';
import { ConfigError } from '../model/errors.ts';
import { instantOption } from './options.ts';

/** The window of samples that is asked for, both ends included; an absent end is open. Epoch milliseconds UTC. */
export interface Period {
  readonly fromAt?: number;
  readonly toAt?: number;
}

/** A date without a time of day, which as an end means all of that day. */
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * The period of `--month`, or of `--from` and `--to`, in the given zone.
 * @param text - value of an option by its name, as given
 * @throws ConfigError
 */
export function periodOption(text: (name: string) => string | undefined, timeZone: string): Period {
  const [month, from, to] = [text('month'), text('from'), text('to')];
  if (month !== undefined) {
    if (from !== undefined || to !== undefined) throw new ConfigError('--month', month, 'either --month, or --from and --to');
    return monthOption('--month', month, timeZone);
  }
  const fromAt = from === undefined ? undefined : instantOption('--from', from, timeZone);
  const toAt = to === undefined ? undefined : endOption('--to', to, timeZone);
  if (fromAt !== undefined && toAt !== undefined && fromAt >= toAt) throw new ConfigError('--to', to ?? '', 'an instant after --from');
  return { fromAt, toAt };
}

/**
 * The earlier period of `--compare-to`: `previous`, a month, or `from..to`.
 * @param text - value of an option by its name, as given
 * @param period - the one that is compared with it
 * @returns which period that is, told the instant of the newest sample of this one; undefined where none is asked for
 * @throws ConfigError where it is none, or is not before this one
 */
export function comparedPeriodOption(
  text: (name: string) => string | undefined,
  period: Period,
  timeZone: string,
): ((latestAt: number) => Period) | undefined {
  const value = text('compareTo');
  if (value === undefined) return undefined;
  const { fromAt } = period;
  if (fromAt === undefined) throw new ConfigError(COMPARE_TO, value, '--month or --from beside it, which say what is to be compared');
  const month = text('month');
  if (value.trim().toLowerCase() === 'previous')
    return month === undefined
      ? (latestAt) => ({ fromAt: fromAt - ((period.toAt ?? latestAt) + 1 - fromAt), toAt: fromAt - 1 })
      : () => monthBefore(month, timeZone);
  const earlier = writtenPeriod(value, timeZone);
  if (earlier.toAt >= fromAt) throw new ConfigError(COMPARE_TO, value, 'a period that ends before this one begins');
  return () => earlier;
}

const COMPARE_TO = '--compare-to';

function writtenPeriod(value: string, timeZone: string): Required<Period> {
  const [from = '', to, ...rest] = value.split('..');
  if (to === undefined && /^\d{4}-\d{2}$/.test(value.trim())) return monthOption(COMPARE_TO, value, timeZone);
  if (to === undefined || rest.length > 0)
    throw new ConfigError(COMPARE_TO, value, 'previous, a month such as 2026-09, or two dates such as 2026-09-01..2026-09-30');
  const period = { fromAt: instantOption(COMPARE_TO, from, timeZone), toAt: endOption(COMPARE_TO, to, timeZone) };
  if (period.fromAt >= period.toAt) throw new ConfigError(COMPARE_TO, value, 'two dates of which the second is the later one');
  return period;
}

function monthBefore(month: string, timeZone: string): Required<Period> {
  const [year = 0, number = 0] = month.trim().split('-').map(Number);
  return { fromAt: startOfDay(year, number - 1, 1, timeZone), toAt: startOfDay(year, number, 1, timeZone) - 1 };
}

/** `2026-10` → all of that month in the zone. @throws ConfigError */
export function monthOption(option: string, value: string, timeZone: string): Required<Period> {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(value.trim());
  if (match === null) throw new ConfigError(option, value, 'a month such as 2026-10');
  const [year, month] = [Number(match[1]), Number(match[2])];
  return { fromAt: startOfDay(year, month, 1, timeZone), toAt: startOfDay(year, month + 1, 1, timeZone) - 1 };
}

function endOption(option: string, value: string, timeZone: string): number {
  const at = instantOption(option, value, timeZone);
  const date = DATE.exec(value.trim());
  return date === null ? at : startOfDay(Number(date[1]), Number(date[2]), Number(date[3]) + 1, timeZone) - 1;
}

/** @param month - 1 to 12, as written; what passes the end of a month or year carries over */
function startOfDay(year: number, month: number, day: number, timeZone: string): number {
  return new TZDate(year, month - 1, day, timeZone).getTime();
}
