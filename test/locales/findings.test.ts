import { describe, expect, it } from 'vitest';
import { recommendActions } from '../../src/analysis/actions/index.ts';
import { FINDING_RULES, judgeFindings } from '../../src/analysis/findings/index.ts';
import { findLocale, LANGUAGE_TAGS } from '../../src/locales/index.ts';
import { ACTION_IDS, nodeSchema } from '../../src/model/analysis.ts';
import { FINDING_IDS } from '../../src/model/finding.ts';
import { createFormat } from '../../src/report/format.ts';
import { FINDING_CASES } from '../helpers/finding-cases.ts';

/** A text that a reader can be shown: nothing unfilled, no double spaces, at most `sentences` of them. */
function expectReadable(text: string, sentences: number): void {
  expect(text).not.toMatch(/undefined|NaN|null|\[object|\{|\}| {2}|^\s|\s$|\s[.,;:](?!\w)|\.\.|Infinity/);
  expect(text.split(/(?<=[\p{Ll}\d%)])\. (?=\p{Lu})/u).length).toBeLessThanOrEqual(sentences);
}

describe.each(LANGUAGE_TAGS)('the words in %s', (tag) => {
  const locale = findLocale(tag);
  const format = createFormat(locale.language, 'UTC', 2025);
  const raised = FINDING_CASES.map(([id, when, , context]) => {
    const rule = FINDING_RULES[id];
    return [id, when, rule.judge(context, rule.defaults), context] as const;
  }).filter(([, , { verdict }]) => verdict === 'raised');

  it.each(raised)('tell %s when %s in one headline and two sentences', (id, _when, { evidence }) => {
    const title = locale.findings[id].title(evidence, format);
    const body = locale.findings[id].body(evidence, format);
    expectReadable(title, 1);
    expect(title).not.toMatch(/\.$/);
    expectReadable(body, 3);
    expect(body).toMatch(/\.$/);
  });

  it.each(FINDING_IDS)('tell %s even when nothing but its name is known', (id) => {
    expectReadable(locale.findings[id].name, 1);
    expect(locale.findings[id].title({}, format)).not.toMatch(/undefined|NaN/);
    expect(locale.findings[id].body({}, format)).not.toMatch(/undefined|NaN/);
  });

  it.each(raised)('tell what to do about %s when %s', (_id, _when, _judgement, context) => {
    const { actions } = recommendActions({ ...context, findings: judgeFindings(context) });
    for (const { id, values, effort } of actions) {
      const words = locale.actions[id];
      expectReadable(words.title(values, format), 1);
      expectReadable(words.detail(values, format), 3);
      expect(locale.efforts[effort]).not.toBe('');
    }
  });

  it.each(ACTION_IDS)('tell the action %s without any value', (id) => {
    expectReadable(locale.actions[id].name, 1);
    expect(locale.actions[id].title({}, format)).not.toMatch(/undefined|NaN/);
  });

  it.each(nodeSchema.shape.verdict.shape.id.options)('tell the verdict %s, whatever is known', (id) => {
    const values = {
      peakBytes: 12e9,
      ratioPeak: 0.87,
      targetRatio: 0.8,
      memoryNeededBytes: 20e9,
      systemMemoryBytes: 16e9,
      maxmemoryBytes: 13e9,
      currentMaxmemoryBytes: 10e9,
      safeMaxmemoryBytes: 11e9,
      earliestAt: Date.UTC(2025, 11, 14),
      earliestDays: 30,
      horizonDays: 90,
      wasteBytes: 1e9,
      evictedKeys: 12345,
      oomErrors: 3,
    };
    for (const given of [values, {}]) {
      const headline = locale.verdicts[id].headline(given, format);
      expect(headline).toMatch(/\.$/);
      expect(headline).not.toMatch(/undefined|NaN| {2}| \./);
    }
  });
});
