import type { Locale as DateLocale } from 'date-fns';

/** How a language writes numbers, dates and units; its sentences are in the other files of its folder. */
export interface Language {
  /** BCP 47 tag, e.g. `pt-BR`. */
  readonly tag: string;
  readonly dateLocale: DateLocale;
  /** date-fns patterns. */
  readonly datePatterns: {
    readonly date: string;
    readonly dateTime: string;
    readonly dateTimeWithYear: string;
    readonly clock: string;
    readonly dayMonth: string;
    readonly monthYear: string;
    /** A day that stands for its week, in little room. */
    readonly week: string;
  };
  readonly units: {
    readonly second: string;
    readonly minute: string;
    readonly hour: string;
    readonly day: string;
    /** @param value - for the plural; `text` is the number already written */
    readonly days: (value: number, text: string) => string;
    /** `80 %`; `text` is the number already written. */
    readonly percent: (text: string) => string;
    /** A price in US dollars an hour; `text` is the number already written. */
    readonly usdPerHour: (text: string) => string;
  };
}
