/** What a name is of; an alias says so: `node-1`. */
export const ALIAS_KINDS = ['node', 'group', 'zone', 'input', 'host', 'name'] as const;
export type AliasKind = (typeof ALIAS_KINDS)[number];

/** Alias → the name behind it. */
export type AliasMapping = Readonly<Record<string, string>>;

/** Whether this is an alias as we give them: `node-12`. */
export function isAlias(text: string): boolean {
  return ALIAS.test(text);
}

const ALIAS = new RegExp(`^(${ALIAS_KINDS.join('|')})-([1-9]\\d{0,6})$`);

/** Shorter names, and mere numbers, are replaced only where they are all of a text: inside one they may be anything. */
const SHORTEST_INSIDE = 3;

const IPV4 = String.raw`(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)`;
const IPV6 = String.raw`(?<![\w:])(?=(?:[\da-f.]*:){3})[\da-f:]{2,39}(?:\.\d{1,3}){0,3}(?![\w:])`;
const ADDRESS = new RegExp(`${IPV4}|${IPV6}`, 'gi');
const SERVER_URL = /\b((?:rediss?|valkeys?|unix|rediss?\+(?:unix|sentinel)|prometheus\+https?):\/\/)([^\s"'),;][^\s"')]*)/gi;
const ANY_URL = /\b([a-z][a-z\d+.-]*:\/\/)([^\s"'),;][^\s"')]*)/gi;
/** What stands in our own commands for a server that the reader is to name. */
const PLACEHOLDER = 'HOST:6379';
// A file and its line may look the same; no harm is done if it goes too.
const HOST_PORT = /(?<![\w.:/-])([A-Za-z][\w.-]*):(\d{2,5})(?![\w.])/g;
const BRACKETS = /\((?:[^()]|\([^()]*\))*\)/g;
const MAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
// What follows the scheme of a URL is no path of its own.
const PATH = /(?<![\w./\\])(?:(?:\.{1,2}|~)?\/(?!\/)|(?<!:)\/\/|[A-Za-z]:\\)[^\s"'():,;]+/g;

/**
 * Names and what stands for them: the same name has the same alias everywhere, and names that an earlier mapping knew keep theirs.
 * Letter case makes no difference.
 */
export class Aliases {
  private readonly aliasByName = new Map<string, string>();
  private readonly nameByAlias = new Map<string, string>();
  private readonly otherNames = new Map<string, string>();
  private readonly counts = new Map<string, number>();
  private known: { readonly pattern: RegExp; readonly aliasOf: ReadonlyMap<string, string> } | undefined;

  /** @param mapping - of an earlier run; entries whose key is no alias are passed over */
  constructor(mapping: AliasMapping = {}) {
    for (const [alias, name] of Object.entries(mapping)) {
      const [, kind, number] = ALIAS.exec(alias) ?? [];
      if (kind === undefined) continue;
      this.keep(kind as AliasKind, name, alias);
      this.counts.set(kind, Math.max(this.counts.get(kind) ?? 0, Number(number)));
    }
  }

  /** The alias of a name. What is an alias already stays one, so that doing it twice changes nothing. */
  of(kind: AliasKind, name: string): string {
    const found = this.aliasByName.get(keyOf(kind, name));
    if (found !== undefined) return found;
    if (name === '' || name === '-' || ALIAS.exec(name)?.[1] === kind) return name;
    let number = this.counts.get(kind) ?? 0;
    do number += 1;
    while (this.nameByAlias.has(`${kind}-${number}`));
    this.counts.set(kind, number);
    return this.keep(kind, name, `${kind}-${number}`);
  }

  private keep(kind: AliasKind, name: string, alias: string): string {
    this.aliasByName.set(keyOf(kind, name), alias);
    this.nameByAlias.set(alias, name);
    this.known = undefined;
    return alias;
  }

  /** What else the bearer of this alias is called in texts, such as a file by its name alone. */
  alsoCalled(alias: string, name: string): void {
    if (name === '' || this.otherNames.has(name.toLowerCase())) return;
    this.otherNames.set(name.toLowerCase(), alias);
    this.known = undefined;
  }

  /** The text with every name that has an alias, and every address, replaced. */
  inText(text: string): string {
    const { pattern, aliasOf } = this.pattern();
    const whole = aliasOf.get(text.toLowerCase());
    if (whole !== undefined) return whole;
    return text
      .replace(pattern, (name) => aliasOf.get(name.toLowerCase()) ?? name)
      .replace(SERVER_URL, this.hidePlace)
      .replace(ADDRESS, (address) => this.of('host', address));
  }

  /** As `inText`, for text that quotes what was read: all between double quotes goes, wherever it stands, and paths and mail addresses. */
  inQuotingText(text: string): string {
    let hidden = text;
    for (const [, quoted = ''] of text.matchAll(/"([^"]+)"/g)) hidden = hidden.replaceAll(quoted, '…');
    return this.inMessage(hidden);
  }

  private readonly hidePlace = (_: string, scheme: string, place: string): string =>
    `${scheme}${isAlias(place) || place === PLACEHOLDER ? place : this.of('host', place)}`;

  /** As `inText`; paths, mail addresses and all URLs go too. */
  inMessage(text: string): string {
    return this.inText(text)
      .replace(ANY_URL, this.hidePlace)
      .replace(MAIL, (mail) => this.of('name', mail))
      .replace(PATH, (path) => this.of('input', path))
      .replace(HOST_PORT, (address, host: string) => (isAlias(host) ? address : this.of('host', address)));
  }

  /** The text with each word that is a name replaced, however short: for what holds names and few words of ours. */
  inWords(text: string): string {
    const { aliasOf } = this.pattern();
    return this.inMessage(text).replace(/[^\s,:]+/g, (word) => aliasOf.get(word.toLowerCase()) ?? word);
  }

  /** A sentence of ours, in which all that comes from elsewhere stands in double quotes or brackets: nothing else is touched, examples least of all. */
  inSentence(text: string): string {
    const count = (bracket: string): number => text.split(bracket).length;
    if (count('(') !== count(')')) return this.inQuotingText(text);
    const { aliasOf } = this.pattern();
    return text
      .replace(BRACKETS, (reason) => this.inQuotingText(reason))
      .replace(/"([^"]*)"/g, (_, name: string) => `"${isAlias(name) ? name : (aliasOf.get(name.toLowerCase()) ?? '…')}"`);
  }

  mapping(): AliasMapping {
    return Object.fromEntries(this.nameByAlias);
  }

  private pattern(): NonNullable<Aliases['known']> {
    if (this.known === undefined) {
      const aliasOf = new Map<string, string>();
      for (const [alias, name] of this.nameByAlias) {
        const key = name.toLowerCase();
        if (!aliasOf.has(key)) aliasOf.set(key, alias);
      }
      for (const [name, alias] of this.otherNames) if (!aliasOf.has(name)) aliasOf.set(name, alias);
      const inside = [...aliasOf.keys()].filter((name) => name.length >= SHORTEST_INSIDE && !/^\d+$/.test(name));
      // The longest first, so that a host does not take the place of its node's address.
      const either = inside.sort((a, b) => b.length - a.length).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      const pattern = either.length === 0 ? /(?!)/g : new RegExp(`(?<![\\w.-])(?:${either.join('|')})(?![\\w-]|\\.\\w)`, 'gi');
      this.known = { pattern, aliasOf };
    }
    return this.known;
  }
}

const keyOf = (kind: AliasKind, name: string): string => `${kind} ${name.toLowerCase()}`;
