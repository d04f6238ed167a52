import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Browser } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnalyzeOptions, analyze, buildReport, ingest, render } from '../../src/index.ts';
import type { Analysis } from '../../src/model/analysis.ts';
import { parseBytes } from '../../src/model/bytes.ts';
import { renderHtml } from '../../src/render/html.ts';
import { openBrowser } from '../../src/render/pdf-browser.ts';
import { compared } from '../helpers/compared.ts';
import { showPage } from '../helpers/shown-page.ts';

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');
const RECORDINGS = join(import.meta.dirname, '..', 'fixtures', 'recordings');
const NAMES = readdirSync(SAMPLES).flatMap((file) => (file.endsWith('.csv') ? [file.slice(0, -'.csv'.length)] : []));
/** With the longest lists of steps, verdicts, summaries and sentences of what moved; the first have most. */
const LONGEST = [
  'several-at-once__redis-6.0-libc',
  'several-at-once__redis-8.0-bundled',
  'several-at-once__valkey-8.1-bundled',
  'spike-of-output-buffer__redis-7.0-bundled',
  'other-sizes__redis-7.0-bundled',
  'resetstat-often__redis-6.0-libc',
  'table-doubles__redis-7.0-bundled',
  'volatile-with-few-ttls__redis-7.0-bundled',
];

/** Of a sheet without its margins, in CSS pixels. */
const PAPERS = { a4: [178, 268], letter: [183.9, 250.4] } as const;
const MM = 96 / 25.4;

interface Recording {
  readonly file: string;
  readonly options: AnalyzeOptions;
}

function recordingOf(name: string): Recording {
  const isSample = NAMES.includes(name);
  const truth = readFileSync(isSample ? join(SAMPLES, 'truth', `${name}.json`) : join(RECORDINGS, `${name}.truth.json`), 'utf8');
  const { systemMemory } = JSON.parse(truth) as { readonly systemMemory: string };
  return {
    file: isSample ? join(SAMPLES, `${name}.csv`) : join(RECORDINGS, `${name}.csv.gz`),
    options: { systemMemoryBytes: parseBytes(systemMemory), providers: ['aws'], generatedAt: Date.UTC(2026, 10, 2) },
  };
}

async function analyzeRecording({ file, options }: Recording): Promise<Analysis> {
  return analyze(await ingest([file]), options);
}

/** With what moved since its own first half. */
async function analyzeSinceHalf(recording: Recording): Promise<Analysis> {
  const whole = await analyzeRecording(recording);
  const toAt = (whole.window.fromAt + whole.window.toAt) / 2;
  return compared(await analyze(await ingest([recording.file], { toAt }), recording.options), whole);
}

interface Sheet {
  readonly text: string;
  /** What its lowest line leaves of the height between the margins, from 0 to 1. */
  readonly empty: number;
}

/** Of the margins with the running head and the page number, in points. */
const MARGIN = 46;

async function sheetsOf(pdf: Uint8Array): Promise<readonly Sheet[]> {
  const opened = getDocument({ data: pdf.slice(), verbosity: 0 });
  const document = await opened.promise;
  const sheets: Sheet[] = [];
  for (let number = 1; number <= document.numPages; number++) {
    const page = await document.getPage(number);
    const height = page.view[3] as number;
    const lines = (await page.getTextContent()).items.flatMap((item) =>
      'str' in item && item.str.trim() !== '' ? [{ text: item.str, y: item.transform[5] as number }] : [],
    );
    const text = lines.map((line) => line.text).join(' ');
    const body = lines.filter(({ y }) => y > MARGIN && y < height - MARGIN);
    const lowest = Math.min(height - MARGIN, ...body.map(({ y }) => y));
    sheets.push({ text: text.replace(/\s+/g, ' '), empty: (lowest - MARGIN) / (height - 2 * MARGIN) });
  }
  await opened.destroy();
  return sheets;
}

describe.each([...NAMES, 'several-at-once__redis-6.0-libc'])('the printed report of %s', (name) => {
  it('has its whole answer on the first side, and how to check and undo it on the next', async () => {
    const analysis = await analyzeRecording(recordingOf(name));
    const report = buildReport(analysis);
    const pdf = (await render(report, 'pdf')) as Uint8Array;
    const sheets = await sheetsOf(pdf);
    const [first = '', second = ''] = sheets.map(({ text }) => text);
    const grade = analysis.nodes[0]?.quality.grade;
    expect(first).toContain(`Evidence ${grade}:`);
    expect(first).not.toContain('Check:');
    const checks = analysis.nodes[0]?.actions.filter(({ verify }) => verify !== undefined).length ?? 0;
    expect(second.match(/Check:/g)?.length ?? 0).toBe(checks);
    expect(second).toContain('Findings');
    expect(pdf.length).toBeLessThan(500_000);
    expectFilled(sheets);
  });
});

it('keeps the heaviest of all recordings within 500 KB, with what moved since its first half, and no sheet half empty', async () => {
  const report = buildReport(await analyzeSinceHalf(recordingOf('fragmentation')), { language: 'pt-BR' });
  const pdf = (await render(report, 'pdf')) as Uint8Array;
  expect(pdf.length).toBeLessThan(500_000);
  const sheets = await sheetsOf(pdf);
  expectFilled(sheets);
  // A table of few rows stands on one sheet.
  const parts = sheets.filter(({ text }) => text.includes('De que era feita a memória usada no pico'));
  expect(parts.map(({ text }) => text.includes('tabelas hash') && text.includes('cache de scripts'))).toEqual([true]);
});

const stepsOf = ({ first }: ReturnType<typeof buildReport>) => first.flatMap((block) => (block.type === 'actions' ? block.steps : []));

/** No sheet but the first and the last is half empty, none holds its margins only, and the time zone stands on each. */
function expectFilled(sheets: readonly Sheet[]): void {
  for (const [index, { text, empty }] of sheets.entries()) {
    expect(text).toMatch(/UTC/);
    const most = index === sheets.length - 1 ? 0.95 : index === 0 ? 1 : 0.5;
    expect(empty, `sheet ${index + 1} of ${sheets.length}: ${text.slice(0, 60)}`).toBeLessThan(most);
  }
}

describe('the first side on each paper and in each language', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser.close();
  });

  it.each([...LONGEST, 'engine-redis-6.0', 'fragmentation'])('holds %s with what moved since its first half', async (name) => {
    const analysis = await analyzeSinceHalf(recordingOf(name));
    for (const language of ['en', 'pt-BR']) {
      for (const paper of ['a4', 'letter'] as const) {
        const { end, titles } = await printedFirstSide(analysis, language, paper);
        expect(end, `${language} on ${paper}`).toBeLessThanOrEqual(PAPERS[paper][1] * MM);
        expect(titles).toBe(stepsOf(buildReport(analysis)).length);
      }
    }
  });

  it('tells of what has no room there on the next', async () => {
    const analysis = await analyzeSinceHalf(recordingOf('several-at-once__redis-6.0-libc'));
    const { side, overleaf } = await printedFirstSide(analysis, 'en', 'letter');
    expect(side).toContain('how to undo it: next page');
    for (const told of ['CONFIG SET maxmemory-policy allkeys-lru', 'The policy is noeviction']) {
      expect(side).not.toContain(told);
      expect(overleaf).toContain(told);
    }
  });

  it('keeps reasons and commands beside the steps where there is room', async () => {
    const { side, overleaf } = await printedFirstSide(await analyzeRecording(recordingOf('steady-growth')), 'en', 'a4');
    expect(side).not.toContain('next page');
    expect(side).toContain('$0.065/h on demand');
    expect(overleaf).not.toContain('$0.065/h on demand');
  });

  async function printedFirstSide(analysis: Analysis, language: string, paper: 'a4' | 'letter') {
    const html = await renderHtml(buildReport(analysis, { language }), { paper });
    const { page } = await showPage(browser, html, { width: Math.floor(PAPERS[paper][0] * MM), scripts: false });
    await page.emulateMediaType('print');
    const read = (script: string): Promise<unknown> => page.evaluate(script);
    const side = {
      end: Number(await read(`document.querySelector('.first').getBoundingClientRect().bottom`)),
      titles: Number(await read(`document.querySelectorAll('.first .actions tbody td.what > p:first-child').length`)),
      side: String(await read(`document.querySelector('.first').innerText`)),
      overleaf: String(await read(`document.querySelector('.checks')?.innerText`)),
    };
    await page.close();
    return side;
  }
});
