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
