import { ConfigError } from '../model/errors.ts';
import type { explainWords } from './en/explain.ts';
import { en } from './en/index.ts';
import type { lessonWords } from './en/lessons.ts';
import type { reportWords } from './en/report.ts';
import type { JudgementWords } from './judgement-words.ts';
import type { Language } from './language.ts';

/** Everything a language says. English defines the shape; missing words do not compile. */
export interface Locale extends JudgementWords {
  readonly language: Language;
  readonly report: typeof reportWords;
  readonly explain: typeof explainWords;
  readonly lessons: typeof lessonWords;
}

/** The languages, one line each. */
const LOCALES: readonly Locale[] = [en];

/** Tags that `--lang` takes. */
export const LANGUAGE_TAGS: readonly string[] = LOCALES.map((locale) => locale.language.tag);

/**
 * The locale of a tag, case ignored.
 * @throws ConfigError when there is none
 */
export function findLocale(tag: string): Locale {
  const locale = LOCALES.find((candidate) => candidate.language.tag.toLowerCase() === tag.toLowerCase());
  if (!locale) throw new ConfigError('--lang', tag, `one of ${LANGUAGE_TAGS.join(', ')}`);
  return locale;
}
