import { withoutUserinfo } from '../../model/userinfo.ts';
import { findStampInName } from './stamp.ts';

const HOST_PORT =
  /(?:^|[\s=[(<@"'`|/])((?:[A-Za-z0-9][A-Za-z0-9_.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\]):(\d{1,5}))(?=$|[\s\])>"'`,;|/]|:(?:\s|$))/;
/** `2026-11-02T10:00` is no host. */
const STARTS_WITH_DATE = /^\d{4}[-./]\d{1,2}[-./]\d/;
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\]|0\.0\.0\.0)$/i;

/** `host:port` found in a text. */
export interface Address {
  /** As written, `host:port`. */
  readonly name: string;
  readonly port: number;
  /** Names the machine it was typed on, so it tells one server from another only by its port. */
  readonly loopback: boolean;
  readonly start: number;
  readonly end: number;
}

/** The first `host:port` in `text` (its first 400 characters), also inside a `redis://user:password@host:port` address. */
export function findAddress(text: string): Address | undefined {
  const match = HOST_PORT.exec(text.slice(0, 400));
  if (!match?.[1]) return undefined;
  const name = match[1];
  const host = name.slice(0, name.lastIndexOf(':'));
  const port = Number(match[2]);
  if (port < 1 || port > 65_535 || !/[A-Za-z.[]/.test(host) || STARTS_WITH_DATE.test(host)) return undefined;
  const end = match.index + match[0].length;
  return { name, port, loopback: LOOPBACK.test(host), start: end - name.length, end };
}

/** A node name that is safe to show: UTF-8 from Latin-1 bytes, no control characters, at most 200 characters; undefined when nothing is left. */
export function cleanNodeName(latin1: string): string | undefined {
  const text = Buffer.from(latin1.slice(0, 1000), 'latin1').toString('utf8');
  return cleanName(text);
}

/** No control or invisible formatting characters, blanks collapsed, at most 200 characters; undefined when nothing is left. */
export function cleanName(text: string): string | undefined {
  const name = Array.from(
    withoutUserinfo(text)
      .replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, '')
      .replace(/\s+/g, ' ')
      .trim(),
  )
    .slice(0, 200)
    .join('')
    .trim();
  return name === '' ? undefined : name;
}

/** Words that say what a file is, not which server it is from. */
const GENERIC_WORDS = new Set(
  'redis valkey keydb info infos dump dumps redisinfo cli memory mem sample samples snapshot snap stats stat log logs output out capture all everything data node server metrics latest current history input stdin test txt'.split(
    ' ',
  ),
);

/**
 * The server's name that a file name carries: its base without extension, without a time, and without words such as `info` or `dump`
 * where nothing else stands beside them.
 * @returns undefined when nothing telling is left, as in `info-2026-11-02T10-00-00.txt`
 */
export function nodeNameFromFile(inputName: string): string | undefined {
  const base = fileStem(inputName);
  const stamp = findStampInName(base, 'UTC');
  const rest = (stamp ? `${base.slice(0, stamp.start)} ${base.slice(stamp.end)}` : base)
    .replace(/^[\s._-]+|[\s._-]+$/g, '')
    .replace(/\s+/g, '-');
  const telling = rest
    .split(/[^\p{L}\p{N}]+/u)
    .some((word) => /\p{L}/u.test(word) && !GENERIC_WORDS.has(word.toLowerCase().replace(/\d+$/, '')));
  return telling ? cleanName(rest) : undefined;
}

/** Folders that say when or which lot, not which server. */
const LOT_FOLDER =
  /^(?:\d+|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|mon|tue|wed|thu|fri|sat|sun|year|month|week|day|hour|run|batch|part|old|new|today|yesterday)$/i;

/**
 * The server's name that the folders of a file carry.
 * @param folder - `prod-a/dumps`: the part of its path in which the file differs from the others
 * @returns undefined when they only say when, or what the files are: `2026-10-01`, `october`, `dumps`
 */
export function nodeNameFromFolder(folder: string): string | undefined {
  const telling = folder
    .split(/[/\\]/)
    .filter((part) => findStampInName(part, 'UTC') === undefined)
    .filter((part) => {
      const words = part.split(/[^\p{L}\p{N}]+|(?<=\p{L})(?=\p{N})/u).filter((word) => word !== '');
      return !words.every((word) => LOT_FOLDER.test(word)) && !GENERIC_WORDS.has(part.toLowerCase());
    });
  return telling.length === 0 ? undefined : cleanName(telling.join('/'));
}

/** The last part of a path without its extensions (`.txt`, `.log`, `.gz`, …). */
export function fileStem(inputName: string): string {
  const base = inputName.slice(-1000).replace(/^.*[/\\]/s, '');
  return base.replace(/(?:\.(?:txt|log|info|out|dump|text|md|gz|zst|json|asc|crash))+$/i, '');
}
