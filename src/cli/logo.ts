import { readFile, stat } from 'node:fs/promises';
import { ConfigError } from '../model/errors.ts';

const MOST_BYTES = 256 * 1024;
const EXPECTED = 'a PNG, JPEG, WebP or SVG file of at most 256 KiB';

/** The picture of `--logo`; none in a report without names, as it would tell whose it is. @throws ConfigError */
export async function logoOption({ logo, anonymize }: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  if (logo === undefined) return undefined;
  if (anonymize === true) throw new ConfigError('--logo', String(logo), 'no logo beside --anonymize: it tells whose the report is');
  return readLogo(String(logo));
}

/**
 * The picture as a data URL, its kind told from its content. In a page such a picture runs no script and loads nothing, an SVG neither.
 * @throws ConfigError for what cannot be read or is no such picture
 */
export async function readLogo(path: string): Promise<string> {
  const wrong = (cause?: unknown) => new ConfigError('--logo', path, EXPECTED, { cause });
  const bytes = await stat(path)
    .then((file) => (file.isFile() && file.size <= MOST_BYTES ? readFile(path) : undefined))
    .catch((cause) => {
      throw wrong(cause);
    });
  const type = bytes && pictureType(bytes);
  if (bytes === undefined || type === undefined) throw wrong();
  return `data:${type};base64,${bytes.toString('base64')}`;
}

function pictureType(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp';
  // Before the element may stand a byte order mark, a declaration, a document type and comments.
  const markup = bytes.toString('utf8').replace(/<!--[\s\S]*?-->/g, '');
  return /^\ufeff?\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE[^>]*>\s*)?<svg[\s>]/i.test(markup) ? 'image/svg+xml' : undefined;
}
