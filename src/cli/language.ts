import { LANGUAGE_TAGS, matchLanguage } from '../locales/index.ts';
import { ConfigError } from '../model/errors.ts';

/**
 * The language of the report: that of `--lang`, else the one that the environment asks for, else English.
 * @throws ConfigError for a `--lang` that there is not
 */
export function languageOption(value: unknown, environment: Readonly<Record<string, string | undefined>>): string {
  if (value === undefined) return matchLanguage(environmentLocale(environment)) ?? 'en';
  const language = matchLanguage(String(value));
  if (language === undefined) throw new ConfigError('--lang', String(value), `one of ${LANGUAGE_TAGS.join(', ')}`);
  return language;
}

/** The locale of messages as POSIX has it: the first of the three that says something decides. */
function environmentLocale({ LC_ALL, LC_MESSAGES, LANG }: Readonly<Record<string, string | undefined>>): string {
  return LC_ALL || LC_MESSAGES || LANG || '';
}
