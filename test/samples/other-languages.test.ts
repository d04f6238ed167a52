import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze, buildReport, ingest } from '../../src/index.ts';
import type { Report } from '../../src/report/blocks.ts';
import { ENGLISH_WORDS } from '../helpers/english-words.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'samples');
const SAMPLES = readdirSync(FOLDER).filter((name) => /\.(?:csv|txt|txt\.gz)$/.test(name));

/** What is no text for a reader, and what is the same in every language: commands, names of parameters, formulas. */
const NOT_TOLD = new Set([
  'id',
  'code',
  'commands',
  'href',
  'link',
  'form',
  'type',
  'kind',
  'role',
  'basis',
  'align',
  'tone',
  'sort',
  'language',
]);

/** Every text that a reader sees, also in charts and beside them. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => (NOT_TOLD.has(key) ? [] : textsOf(each)));
}

const tell = async (name: string): Promise<Report> => {
  const { histories, inputs } = await ingest([join(FOLDER, name)]);
  const analysis = await analyze(
    { histories, inputs },
    { systemMemoryBytes: 2 ** 29, providers: ['aws'], generatedAt: Date.UTC(2026, 10, 1) },
  );
  return buildReport(analysis, { language: 'pt-BR' });
};

describe('every sample in Brazilian Portuguese', () => {
  it.each(SAMPLES)('leaves nothing of %s in English', async (name) => {
    const report = await tell(name);
    const texts = textsOf(report);
    expect(report.language).toBe('pt-BR');
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.filter((text) => text.match(ENGLISH_WORDS) !== null)).toEqual([]);
    // No month, weekday, share or decimal point of English either.
    expect(
      texts.filter((text) => /\d %|\d\.\d{1,2} (?:[KMGT]i)?B\b|\b(?:Feb|Apr|May|Aug|Sep|Oct|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b/.test(text)),
    ).toEqual([]);
  });
});
