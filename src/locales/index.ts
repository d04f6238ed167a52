import { ConfigError } from '../model/errors.ts';
import type { comparisonWords } from './en/comparison.ts';
import type { explainWords } from './en/explain.ts';
import { en } from './en/index.ts';
import type { lessonWords } from './en/lessons.ts';
import type { reportWords } from './en/report.ts';
import type { JudgementWords } from './judgement-words.ts';
import type { Language } from './language.ts';
import { ptBr } from './pt-br/index.ts';
import type { ReadingMessage } from './reading-words.ts';
import { LANGUAGE_TAGS, type LanguageTag } from './tags.ts';

/** Everything a language says. English defines the shape; missing words do not compile. */
export interface Locale extends JudgementWords {
  readonly language: Language;
  readonly report: typeof reportWords;
  readonly comparison: typeof comparisonWords;
  readonly explain: typeof explainWords;
  readonly lessons: typeof lessonWords;
  /** What was noted while reading, in this language; none for English, in which it is noted. */
  readonly reading: readonly ReadingMessage[];
}

export { LANGUAGE_TAGS } from './tags.ts';

/** The languages, one line each. */
const LOCALES: Readonly<Record<LanguageTag, Locale>> = { en, 'pt-BR': ptBr };

/**
 * The language that a reader of `tag` understands, told by its first part where the whole is not there: `pt`, `pt_BR.UTF-8`
 * and `pt-PT` all give `pt-BR`. Undefined where there is none.
 */
export function matchLanguage(tag: string): LanguageTag | undefined {
  const asked = tag
    .replace(/[.@].*$/, '')
    .replaceAll('_', '-')
    .toLowerCase();
  const primary = (each: string): string | undefined => each.toLowerCase().split('-', 1)[0];
  return (
    LANGUAGE_TAGS.find((known) => known.toLowerCase() === asked) ??
    (/^[a-z]{2,3}(?:-|$)/.test(asked) ? LANGUAGE_TAGS.find((known) => primary(known) === primary(asked)) : undefined)
  );
}

/**
 * The locale of a tag, found as by {@link matchLanguage}.
 * @throws ConfigError when there is none
 */
export function findLocale(tag: string): Locale {
  const known = matchLanguage(tag);
  if (known === undefined) throw new ConfigError('--lang', tag, `one of ${LANGUAGE_TAGS.join(', ')}`);
  return LOCALES[known];
}
