/** Settings of a server by their names, as `CONFIG GET` writes them. */
export type ServerSettings = Readonly<Record<string, string>>;

/** Longest value that is kept; that of `client-output-buffer-limit` has about 90 characters. */
const LONGEST_VALUE = 400;

/** The settings as one text that can be stored and compared: the same settings give the same text. */
export function settingsText(settings: ServerSettings): string {
  const sorted = Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted.map(([name, value]) => [name, value.slice(0, LONGEST_VALUE)])));
}

/** The settings of such a text; none where it is no such text. */
export function parseSettings(text: string | undefined): ServerSettings {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
    return Object.fromEntries(Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  } catch {
    return {};
  }
}
