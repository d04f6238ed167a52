/** Tags that `--lang` takes, one for each folder here. */
export const LANGUAGE_TAGS = ['en', 'pt-BR'] as const;

export type LanguageTag = (typeof LANGUAGE_TAGS)[number];
