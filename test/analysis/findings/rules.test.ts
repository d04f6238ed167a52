import { describe, expect, it } from 'vitest';
import { FINDING_RULES, type FindingContext } from '../../../src/analysis/findings/index.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import { FINDING_IDS, type FindingId } from '../../../src/model/finding.ts';
import { contextOf, healthySamples } from '../../helpers/figures.ts';
import { backlogSamples, ELASTICACHE, FINDING_CASES, steppedContext, tableStep } from '../../helpers/finding-cases.ts';

const judge = (id: FindingId, context: FindingContext) => FINDING_RULES[id].judge(context, FINDING_RULES[id].defaults);

/** Verdict of a rule, with its severity where it was raised. */
function verdictOf(id: FindingId, context: FindingContext): string {
  const { verdict, severity } = judge(id, context);
  return verdict === 'raised' ? severity : verdict;
}

describe('the finding rules', () => {
  it.each(FINDING_CASES)('%s: when %s, the verdict is %s', (id, _when, expected, context) => {
    expect(verdictOf(id, context)).toBe(expected);
  });

  it.each(FINDING_IDS)('%s has a case in which it is raised and one in which it is not', (id) => {
    const verdicts = FINDING_CASES.filter(([caseId]) => caseId === id).map(([, , verdict]) => verdict);
    const isRaised = (verdict: string) => ['info', 'warning', 'critical'].includes(verdict);
    const raised = verdicts.filter(isRaised).length;
    expect(raised).toBeGreaterThan(0);
    // The four that repeat a diagnosis are clear by the same lines as `external-fragmentation`.
    const isDiagnosis = ['rss-retained-after-peak', 'resident-unused', 'process-overhead-high'].includes(id);
    expect(verdicts.length > raised || isDiagnosis).toBe(true);
  });
});

describe('commands of findings', () => {
  it('tells a spike from growth', () => {
    expect(judge('used-growth', contextOf({ forecast: { daysToMaxmemory: { p90: 7 } } })).evidence.isSpike).toBe(true);
    const growing = contextOf({ forecast: { growthBytesPerDay: MiB, daysToMaxmemory: { p90: 7 } } });
    expect(judge('used-growth', growing).evidence.isSpike).toBe(false);
  });

  it('set the recommended limit in bytes and keep it', () => {
    const { commands } = judge('maxmemory-unset', contextOf({ provisioning: { maxmemoryBytes: { current: 0 } } }));
    expect(commands).toEqual([`CONFIG SET maxmemory ${9 * GiB}`, 'CONFIG REWRITE']);
  });

  it('are left out where the machine does not hold the limit', () => {
    const { commands } = judge('maxmemory-unset', contextOf({ provisioning: { maxmemoryBytes: { current: 0, recommended: 12 * GiB } } }));
    expect(commands).toEqual([]);
  });

  it('never lower the limit below the peak that counts', () => {
    const tight = { provisioning: { maxmemoryBytes: { current: 14 * GiB } }, peaks: { countedBytes: { value: 11.5 * GiB } } };
    expect(judge('maxmemory-too-high', contextOf(tight)).commands).toEqual([]);
    expect(judge('maxmemory-too-high', contextOf({ provisioning: { maxmemoryBytes: { current: 14 * GiB } } })).commands[0]).toBe(
      `CONFIG SET maxmemory ${11 * GiB}`,
    );
  });

  it('do not use CONFIG on a managed service', () => {
    const context = contextOf({ provisioning: { maxmemoryBytes: { current: 0 } } }, { instance: ELASTICACHE });
    expect(judge('maxmemory-unset', context).commands.join()).toContain('aws elasticache modify-cache-parameter-group');
  });

  it('bound client memory only where the version can', () => {
    const samples = healthySamples(() => ({ normalClientBytes: 1 * GiB }));
    const commandsFor = (version: string) =>
      judge('client-memory-high', contextOf({}, { samples, engine: { name: 'redis', version } })).commands;
    expect(commandsFor('7.2.4')).toEqual(['CONFIG SET maxmemory-clients 5%', 'CONFIG REWRITE']);
    expect(commandsFor('6.2.7')).toEqual([]);
  });

  it('propose a backlog for two minutes of the busiest writes', () => {
    const { commands, evidence } = judge('backlog-too-small', contextOf({}, { samples: backlogSamples(1 * MiB, 1) }));
    expect(evidence.coveredSeconds).toBeCloseTo(10, 6);
    expect(commands[0]).toBe(`CONFIG SET repl-backlog-size ${128 * MiB}`);
  });
});

describe('evidence', () => {
  it('adds steps that come together and tells the room below the limit', () => {
    const steps = [tableStep(1 * GiB, 14), tableStep(0.5 * GiB, 15), tableStep(1 * GiB, 60)];
    const { evidence } = judge('hash-table-step-ahead', steppedContext(steps));
    expect(evidence).toMatchObject({ tables: 2, allocatedBytes: 1.5 * GiB, daysUntil: 14, roomBytes: 4 * GiB });
  });

  it('tells of two tables that fit one by one and not together', () => {
    const { evidence } = judge('hash-table-step-ahead', steppedContext([tableStep(3.5 * GiB, 14), tableStep(1 * GiB, 15)]));
    expect(evidence).toMatchObject({ tables: 2, outcome: 'put-off-then-taken', roomBytes: 0.5 * GiB });
  });

  it.each([
    ['where nothing was evicted before', 5, GiB],
    ['nowhere where keys were evicted before', 1, undefined],
  ])('tells the lowered limit that began evictions %s', (_, firstEvictionAt, loweredFromBytes) => {
    const samples = healthySamples((i) => ({ keys: 1_000_000, evictedKeys: Math.max(0, i - firstEvictionAt) * 10_000 }));
    const at = samples[5]?.at ?? 0;
    const maxmemoryBytes = { current: GiB / 2, changes: [{ at, fromBytes: GiB, toBytes: GiB / 2 }] };
    const { evidence } = judge(
      'eviction-pressure',
      contextOf({ activity: { evictedKeys: 40_000 }, provisioning: { maxmemoryBytes } }, { samples }),
    );
    expect(evidence.loweredFromBytes).toBe(loweredFromBytes);
  });

  it('leaves out what is not known', () => {
    const { evidence } = judge(
      'maxmemory-unset',
      contextOf({ provisioning: { maxmemoryBytes: { current: 0, safeOnPresentMachine: undefined } } }),
    );
    expect(Object.keys(evidence)).not.toContain('safeBytes');
  });
});
