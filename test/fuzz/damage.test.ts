import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { analyze, buildReport, InputError, ingest, render } from '../../src/index.ts';
import { strictlyValidate } from '../helpers/strict-analysis.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'samples');
const FILES = readdirSync(FOLDER).filter((file) => /\.(?:csv|txt|txt\.gz)$/.test(file));
const NEWLINE = 10;
/** Enough of a sample for every kind of line and for a history of some days; the whole of each is read in test/samples. */
const BYTES_KEPT = 100_000;

const folder = mkdtempSync(join(tmpdir(), 'headroom-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Random = () => number;

/** A fixed sequence in [0, 1): the same damage on every run. */
function sequence(seed: number): Random {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function readBytes(file: string): Buffer {
  const bytes = readFileSync(join(FOLDER, file));
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).subarray(0, BYTES_KEPT);
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from);
    const to = end < 0 ? bytes.length : end + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

const DAMAGES: Readonly<Record<string, (bytes: Buffer, random: Random) => Uint8Array>> = {
  'a hundredth of the lines is missing': (bytes, random) => Buffer.concat(splitLines(bytes).filter(() => random() >= 0.01)),
  'a hundredth of the bytes is missing': (bytes, random) => bytes.filter(() => random() >= 0.01),
  'the end is cut off': (bytes, random) => bytes.subarray(0, Math.floor(random() * bytes.length)),
  'random bytes stand in between': (bytes, random) =>
    Buffer.concat(
      splitLines(bytes).flatMap((line) => {
        if (random() >= 0.02) return [line];
        const at = Math.floor(random() * line.length);
        const noise = Buffer.from(Array.from({ length: 1 + Math.floor(random() * 12) }, () => Math.floor(random() * 256)));
        return [line.subarray(0, at), noise, line.subarray(at)];
      }),
    ),
  'its lines are shuffled': (bytes, random) => Buffer.concat(shuffle(splitLines(bytes), random)),
  'another input follows it': (bytes, random) => Buffer.concat([bytes, readBytes(FILES[Math.floor(random() * FILES.length)] ?? '')]),
};

/** Through the whole tool. `refused` for an InputError; any other throw fails the test. */
async function reportOn(path: string): Promise<'reported' | 'refused'> {
  let ingested: Awaited<ReturnType<typeof ingest>>;
  try {
    ingested = await ingest([path]);
  } catch (error) {
    if (error instanceof InputError) return 'refused';
    throw error;
  }
  const analysis = await analyze(ingested, { systemMemoryBytes: 2 ** 30, generatedAt: Date.UTC(2026, 10, 1) });
  strictlyValidate(analysis);
  expect(analysis.nodes.flatMap(({ findings }) => findings.filter(({ verdict }) => verdict === 'error'))).toEqual([]);
  const text = String(await render(buildReport(analysis, { language: 'en' }), 'md'));
  expect(text).not.toMatch(/\b(?:undefined|NaN)\b|\[object/);
  return 'reported';
}

describe.each(FILES)('%s', (file) => {
  it.each(Object.keys(DAMAGES))('is reported on or refused with an InputError when %s', async (damage) => {
    const random = sequence(FILES.indexOf(file) * 97 + Object.keys(DAMAGES).indexOf(damage) * 7 + 1);
    const path = join(folder, `damaged-${file.replace('.gz', '')}`);
    writeFileSync(path, DAMAGES[damage]?.(readBytes(file), random) ?? '');
    const outcome = await reportOn(path);
    expect(['reported', 'refused']).toContain(outcome);
    // Light damage must not cost the whole input.
    if (damage.startsWith('a hundredth of the lines') && file.endsWith('.txt.gz')) expect(outcome).toBe('reported');
  });
});
