import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze, buildReport, ConfigError, InputError, ingest, readAnalysis, render } from '../src/index.ts';
import { strictlyValidate } from './helpers/strict-analysis.ts';

const IDLE = join(import.meta.dirname, '..', 'samples', 'small-idle.csv');

describe('the library face', () => {
  it('goes from files to text in four calls', async () => {
    const ingested = await ingest([IDLE]);
    const analysis = await analyze(ingested, { systemMemoryBytes: 2 ** 30, title: 'Idle', generatedAt: 0 });
    strictlyValidate(analysis);
    const report = buildReport(analysis, { language: 'en' });
    expect(await render(report, 'md')).toMatch(/^# Idle/);
    expect(await render(report, 'html')).toMatch(/<h1[^>]*>[^<]*Idle/);
  });

  it('changes nothing of what it is given', async () => {
    const ingested = await ingest([IDLE]);
    const before = structuredClone(ingested);
    const analysis = await analyze(ingested, { generatedAt: 0 });
    const saved = structuredClone(analysis);
    await render(buildReport(analysis, { language: 'en' }), 'md');
    expect(ingested).toEqual(before);
    expect(analysis).toEqual(saved);
  });

  it('keeps to the window, and refuses one without samples', async () => {
    const fromAt = Date.UTC(2026, 6, 2);
    const { histories } = await ingest([IDLE], { fromAt });
    expect(histories.map((history) => history.fromAt)).toEqual([fromAt]);
    await expect(ingest([IDLE], { toAt: 0 })).rejects.toThrow('no sample lies in the window to 1970-01-01T00:00:00.000Z');
  });

  it.each(['csv', 'txt.gz'])(
    'gives an earlier window of a recording (%s) beside a later one, each as if it were read alone',
    async (ending) => {
      const file = join(IDLE, '..', `steady-growth.${ending}`);
      const fromAt = Date.UTC(2026, 3, 21);
      const window = { fromAt: Date.UTC(2026, 3, 10), toAt: fromAt - 1 };
      const { histories, earlier } = await ingest([file], { fromAt, earlier: () => window });
      expect(histories).toEqual((await ingest([file], { fromAt })).histories);
      expect(earlier?.histories).toEqual((await ingest([file], window)).histories);
      await expect(ingest([file], { fromAt, earlier: () => ({ toAt: 0 }) })).rejects.toThrow('no sample lies in the window to 1970-');
    },
  );

  it('refuses with its own errors', async () => {
    await expect(ingest(['missing.csv'])).rejects.toBeInstanceOf(InputError);
    await expect(ingest([])).rejects.toBeInstanceOf(InputError);
    await expect(ingest([IDLE], { inputKind: 'nope' })).rejects.toBeInstanceOf(ConfigError);
    const ingested = await ingest([IDLE]);
    await expect(analyze(ingested, { instance: 'nope' })).rejects.toBeInstanceOf(ConfigError);
    await expect(analyze(ingested, { providers: ['nope'] })).rejects.toThrow('--provider: "nope" cannot be used. Expected one of aws, ');
    const report = buildReport(await analyze(ingested), { language: 'en' });
    await expect(render(report, 'docx' as 'md')).rejects.toBeInstanceOf(ConfigError);
    await expect(readAnalysis('{}', 'empty')).rejects.toBeInstanceOf(InputError);
  });

  it('stops when its signal is aborted', async () => {
    await expect(ingest([IDLE], { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
