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
    readonly weekday: string;
  };
  readonly units: {
    readonly second: string;
    readonly minute: string;
    readonly hour: string;
    readonly day: string;
    /** @param value - for the plural; `text` is the number already written */
    readonly days: (value: number, text: string) => string;
  };
}
