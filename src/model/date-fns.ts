import { createRequire } from 'node:module';
import type { Locale } from 'date-fns';

/** The parts of date-fns that this project uses. */
interface DateFns {
  readonly format: typeof import('date-fns/format');
  readonly parse: typeof import('date-fns/parse');
}

const require = createRequire(import.meta.url);

/**
 * One part of date-fns, loaded on use through its CommonJS build: as ES modules its many small files make Node read the package's
 * large package.json once each, which takes 0.2 s of a report that is made in one.
 */
export function dateFns<Part extends keyof DateFns>(part: Part): DateFns[Part] {
  return require(`date-fns/${part}`) as DateFns[Part];
}

/** How a language writes dates, by its tag in date-fns, e.g. `pt-BR`. */
export function dateLocale(tag: string): Locale {
  return (require(`date-fns/locale/${tag}`) as Record<string, Locale>)[tag.replace('-', '')] as Locale;
}
