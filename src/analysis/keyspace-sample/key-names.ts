import { createHash } from 'node:crypto';
import type { KeyspaceSampleAnalysis } from '../../model/analysis.ts';
import { splitName } from './prefixes.ts';

/** The same figures with every part of every key name called something else; separators and our own `*` and `…` stay. */
export function renameKeys(sample: KeyspaceSampleAnalysis, rename: (part: string) => string): KeyspaceSampleAnalysis {
  const renamed = (name: string): string =>
    splitName(name)
      .map((part) => {
        const [, own = '', separator = ''] = /^(.*?)([:/.-]?)$/s.exec(part) ?? [];
        return own === '' || own === '*' || own === '…' ? part : rename(own) + separator;
      })
      .join('');
  return {
    ...sample,
    prefixes: sample.prefixes.map((row) => ({ ...row, pattern: renamed(row.pattern) })),
    largest: sample.largest.map((key) => ({ ...key, name: renamed(key.name) })),
  };
}

/** The same eight digits for the same text, in every report: to follow a key without showing it. Who guesses the text can check the guess. */
export function hashPart(part: string): string {
  return createHash('sha256').update(part).digest('hex').slice(0, 8);
}
