/**
 * A message of the reading, which stands in the Analysis in English, and how a language says it.
 * `say` gets what the brackets of `english` found; the whole message must match.
 */
export interface ReadingMessage {
  readonly english: RegExp;
  readonly say: (...found: string[]) => string;
}

/** Longer ones quote something that is no name: they are left alone, and no pattern is tried on them. */
const MOST_CHARACTERS = 1000;

/** The message in a language; as it is where the language does not know it, as with the texts of errors. */
export function sayReading(messages: readonly ReadingMessage[], message: string): string {
  if (message.length > MOST_CHARACTERS) return message;
  for (const { english, say } of messages) {
    const found = english.exec(message);
    if (found) return say(...found.slice(1).map((part) => part ?? ''));
  }
  return message;
}
