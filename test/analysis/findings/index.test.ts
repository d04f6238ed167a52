import { describe, expect, it } from 'vitest';
import { FINDING_RULES, judgeFindings } from '../../../src/analysis/findings/index.ts';
import { FINDING_IDS } from '../../../src/model/finding.ts';
import { contextOf, healthySamples, nodeJudgements } from '../../helpers/figures.ts';

describe('judging', () => {
  it('gives one verdict for every id, under its own name', () => {
    const findings = judgeFindings(contextOf());
    expect(findings.map(({ id }) => id).sort()).toEqual([...FINDING_IDS].sort());
    expect(FINDING_IDS.every((id) => FINDING_RULES[id].id === id)).toBe(true);
  });

  it('raises nothing on a healthy node', () => {
    expect(judgeFindings(contextOf()).filter(({ verdict }) => verdict === 'raised')).toEqual([]);
  });

  it('puts the most severe first, and what could not be judged before what is clear', () => {
    const findings = judgeFindings(contextOf({ activity: { oomErrors: 3 }, quality: { averaged: true, gapCount: 1, gapSeconds: 60 } }));
    const order = findings.map(({ verdict, severity }) => (verdict === 'raised' ? severity : verdict));
    const groups = order.filter((value, i) => value !== order[i - 1]);
    expect(groups).toEqual(['critical', 'warning', 'info', 'not-enough-data', 'clear', 'not-applicable']);
  });

  it('says which metric is missing', () => {
    const samples = healthySamples(() => ({ usedMemoryRssBytes: undefined }));
    const finding = judgeFindings(contextOf({}, { samples })).find(({ id }) => id === 'system-memory-ratio-high');
    expect(finding).toMatchObject({ verdict: 'not-enough-data', evidence: { missing: 'usedMemoryRssBytes' } });
  });

  it('turns a rule that throws into one line, not into a failed report', () => {
    const rules = {
      ...FINDING_RULES,
      gaps: {
        ...FINDING_RULES.gaps,
        judge: () => {
          throw new Error('divided by a cat');
        },
      },
    };
    const findings = judgeFindings(contextOf(), {}, rules);
    expect(findings.find(({ id }) => id === 'gaps')).toMatchObject({ verdict: 'error', evidence: { message: 'divided by a cat' } });
    expect(findings).toHaveLength(FINDING_IDS.length);
  });

  it('takes thresholds from the settings', () => {
    const busy = contextOf({ activity: { mainThreadCpuMax: 0.6, mainThreadCpuBusiestHour: 0.5 } });
    const verdictWith = (settings: Parameters<typeof judgeFindings>[1]) =>
      judgeFindings(busy, settings).find(({ id }) => id === 'cpu-single-thread-near')?.verdict;
    expect(verdictWith({})).toBe('clear');
    expect(verdictWith({ 'cpu-single-thread-near': { warnAtShare: 0.4 } })).toBe('raised');
  });

  it('hands out what the schema of the Analysis allows', () => {
    const findings = judgeFindings(contextOf({ systemMemory: { ratioPeak: 0.9 }, activity: { oomErrors: 3 } }));
    expect(nodeJudgements.shape.findings.parse(findings)).toEqual(findings);
  });
});
