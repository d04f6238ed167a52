import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recommendActions } from '../../../src/analysis/actions/index.ts';
import { type FindingContext, judgeFindings } from '../../../src/analysis/findings/index.ts';
import type { InstanceChoice, NodeAnalysis } from '../../../src/model/analysis.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import { contextOf, healthySamples, nodeJudgements } from '../../helpers/figures.ts';
import { ELASTICACHE } from '../../helpers/finding-cases.ts';

const advise = (context: FindingContext) => recommendActions({ ...context, findings: judgeFindings(context) });
const idsOf = (context: FindingContext) => advise(context).actions.map(({ id }) => id);
const actionOf = (context: FindingContext, id: string) => advise(context).actions.find((action) => action.id === id);

/** 14 of 16 GiB resident, 12.6 of them data: over the target by 1.2 GiB, and the budget asks for 20 GiB. */
const crowded = {
  systemMemory: { ratioNow: 0.85, ratioPeak: 14 / 16 },
  peaks: { usedMemoryBytes: { value: 12.6 * GiB }, countedBytes: { value: 12.6 * GiB }, usedMemoryRssBytes: { value: 14 * GiB } },
  provisioning: {
    maxmemoryBytes: { current: 13 * GiB, recommended: 14 * GiB, safeOnPresentMachine: 11 * GiB },
    memoryNeededBytes: 20 * GiB,
  },
} as const;

const fragmented = {
  fragmentation: {
    diagnosis: 'external-fragmentation',
    advice: 'activedefrag',
    recoverableBytes: { activedefrag: 3 * GiB, purge: 8 * MiB, restart: 3.2 * GiB },
    activedefrag: { supported: 'yes', enabled: 'no' },
  },
} as const;

function choice(name: string, memoryBytes: number, rest: Partial<InstanceChoice> = {}): InstanceChoice {
  return {
    provider: 'aws',
    offering: 'ec2',
    name,
    memoryBytes,
    usableBytes: 0.8 * memoryBytes,
    rule: 'target-ratio',
    shards: 1,
    source: 's',
    ...rest,
  };
}

describe('on a healthy node', () => {
  it('there is nothing to do, activedefrag stays off, and everything else would give little', () => {
    const { actions, wouldNotHelp } = advise(contextOf());
    expect(actions.map(({ id }) => id)).toEqual(['nothing', 'leave-activedefrag']);
    expect(actions[1]).toMatchObject({ effort: 'nothing', values: { gainBytes: 50 * MiB } });
    expect(wouldNotHelp).toEqual([
      { id: 'memory-purge', givesBytes: 8 * MiB, reason: 'small-gain' },
      { id: 'restart', givesBytes: 60 * MiB, reason: 'small-gain' },
    ]);
  });

  it('the first step is what the report lacks, where that is why it has no verdict', () => {
    const short = { quality: { spanSeconds: 3600 }, forecast: { status: 'refused', reason: 'history-too-short', neededDays: 3 } } as const;
    expect(idsOf(contextOf(short))).toEqual(['collect-more', 'leave-activedefrag']);
    const unlimited = { systemMemory: { totalBytes: undefined }, provisioning: { maxmemoryBytes: { current: undefined } } } as const;
    expect(advise(contextOf(unlimited)).actions[0]).toMatchObject({ id: 'fix-input', values: { reason: 'system-memory' } });
    const known = { systemMemory: { totalBytes: undefined, ratioNow: undefined, ratioPeak: undefined } } as const;
    expect(idsOf(contextOf(known))).toEqual(['nothing', 'fix-input', 'leave-activedefrag']);
  });

  it('there is nothing to do where the allocator tells nothing', () => {
    expect(idsOf(contextOf({ fragmentation: { recoverableBytes: { activedefrag: undefined } } }))).toEqual(['nothing']);
  });
});

describe('over the target share of the machine', () => {
  it('more machine comes first where the data themselves do not fit, and the limit after it', () => {
    const { actions } = advise(
      contextOf({
        ...crowded,
        provisioning: { ...crowded.provisioning, maxmemoryBytes: { ...crowded.provisioning.maxmemoryBytes, current: 0 } },
      }),
    );
    expect(actions.map(({ id }) => id).slice(0, 2)).toEqual(['resize-up', 'set-maxmemory']);
    expect(actions[0]).toMatchObject({ givesBytes: 4 * GiB, values: { memoryNeededBytes: 20 * GiB } });
    expect(actions[1]).toMatchObject({
      commands: [`CONFIG SET maxmemory ${14 * GiB}`, 'CONFIG REWRITE'],
      values: { isAfterResize: 'yes' },
    });
    expect(actions[1]?.undo).toEqual(['CONFIG SET maxmemory 0', 'CONFIG REWRITE']);
  });

  it('names the instance that was chosen, and what it gives', () => {
    const instance = {
      current: choice('r7g.large', 16 * GiB),
      recommended: choice('r7g.xlarge', 32 * GiB, { priceUsdHour: 0.2 }),
      direction: 'up',
    } as const;
    const action = actionOf(contextOf({ ...crowded, provisioning: { ...crowded.provisioning, instance } }), 'resize-up');
    expect(action).toMatchObject({ effort: 'resize', givesBytes: 16 * GiB, values: { name: 'r7g.xlarge', priceUsdHour: 0.2 } });
  });

  it('is a failover where replicas stand by, and more shards where no node is large enough', () => {
    const samples = healthySamples(() => ({ connectedReplicas: 1 }));
    expect(actionOf(contextOf(crowded, { samples }), 'resize-up')?.effort).toBe('failover');
    const instance = { current: choice('a', 16 * GiB), recommended: choice('b', 16 * GiB, { shards: 3 }), direction: 'up' } as const;
    expect(actionOf(contextOf({ ...crowded, provisioning: { ...crowded.provisioning, instance } }), 'add-shards')?.givesBytes).toBe(
      32 * GiB,
    );
  });

  it('defragmentation comes first where the holes alone make the difference', () => {
    const { actions } = advise(
      contextOf({ ...crowded, ...fragmented, provisioning: { ...crowded.provisioning, memoryNeededBytes: 17.5 * GiB } }),
    );
    expect(actions[0]).toMatchObject({
      id: 'enable-activedefrag',
      givesBytes: 3 * GiB,
      commands: ['CONFIG SET activedefrag yes', 'CONFIG REWRITE'],
    });
    expect(actions.map(({ id }) => id)).not.toContain('resize-up');
  });

  it('and the machine follows where they do not last until the horizon', () => {
    const context = contextOf({ ...crowded, ...fragmented });
    expect(idsOf(context).slice(0, 2)).toEqual(['enable-activedefrag', 'resize-up']);
    // The budget still counts the holes: the size is to be asked for again.
    expect(actionOf(context, 'resize-up')?.values).toMatchObject({ isAfterDefrag: 'yes' });
    expect(actionOf(contextOf(crowded), 'resize-up')?.values).not.toHaveProperty('isAfterDefrag');
  });

  it('a lower limit comes first where the data fit below it', () => {
    const context = contextOf({
      systemMemory: { ratioNow: 0.7, ratioPeak: 0.82 },
      provisioning: { maxmemoryBytes: { current: 15 * GiB, recommended: 9 * GiB, safeOnPresentMachine: 11 * GiB } },
    });
    const { actions } = advise(context);
    expect(actions[0]).toMatchObject({
      id: 'lower-maxmemory',
      commands: [`CONFIG SET maxmemory ${11 * GiB}`, 'CONFIG REWRITE'],
      undo: [`CONFIG SET maxmemory ${15 * GiB}`, 'CONFIG REWRITE'],
      values: { fromBytes: 15 * GiB, maxmemoryBytes: 11 * GiB },
    });
    expect(actions.map(({ id }) => id)).not.toContain('resize-up');
  });

  it('the limit is never lowered below the peak that counts', () => {
    expect(idsOf(contextOf(crowded))).not.toContain('lower-maxmemory');
  });
});

describe('the limit', () => {
  it('is set at once where the machine holds it', () => {
    const action = actionOf(contextOf({ provisioning: { maxmemoryBytes: { current: 0 } } }), 'set-maxmemory');
    expect(action?.values).toMatchObject({ maxmemoryBytes: 9 * GiB });
    expect(action?.values.isAfterResize).toBeUndefined();
  });

  it('is raised only as far as the machine goes', () => {
    const low = { provisioning: { maxmemoryBytes: { current: 7 * GiB, recommended: 12 * GiB, safeOnPresentMachine: 11 * GiB } } };
    expect(actionOf(contextOf(low), 'raise-maxmemory')).toMatchObject({ givesBytes: 4 * GiB, values: { maxmemoryBytes: 11 * GiB } });
  });

  it('is not raised where the machine is not known', () => {
    const low = { provisioning: { maxmemoryBytes: { current: 7 * GiB, recommended: 12 * GiB, safeOnPresentMachine: undefined } } };
    expect(idsOf(contextOf(low))).not.toContain('raise-maxmemory');
  });

  it('is left alone on services that set it themselves', () => {
    const instance = { provider: 'azure', offering: 'azure-managed-redis', name: 'm', family: 'f', memoryBytes: 16 * GiB, source: 's' };
    const low = { provisioning: { maxmemoryBytes: { current: 7 * GiB, recommended: 12 * GiB } } };
    expect(idsOf(contextOf(low, { instance }))).not.toContain('raise-maxmemory');
  });
});

describe('without a forecast', () => {
  const unset = { forecast: { status: 'refused', reason: 'history-too-short' }, provisioning: { maxmemoryBytes: { current: 0 } } } as const;

  it('the first limit is what the machine holds, not what a glimpse of the load asks for', () => {
    expect(actionOf(contextOf(unset), 'set-maxmemory')?.values.maxmemoryBytes).toBe(11 * GiB);
    const { commands } = judgeFindings(contextOf(unset)).find(({ id }) => id === 'maxmemory-unset') ?? {};
    expect(commands?.[0]).toBe(`CONFIG SET maxmemory ${11 * GiB}`);
  });

  it('a limit is not raised for a glimpse of the load, unless writes are near being refused', () => {
    const low = (counted: number) =>
      contextOf({
        forecast: { status: 'refused', reason: 'history-too-short' },
        peaks: { countedBytes: { value: counted } },
        provisioning: { maxmemoryBytes: { current: 7 * GiB } },
      });
    expect(idsOf(low(6 * GiB))).not.toContain('raise-maxmemory');
    expect(idsOf(low(6.9 * GiB))).toContain('raise-maxmemory');
  });

  it('and there is none where the machine is not known', () => {
    const unknown = { ...unset, provisioning: { maxmemoryBytes: { current: 0, safeOnPresentMachine: undefined } } };
    expect(idsOf(contextOf(unknown))).not.toContain('set-maxmemory');
  });
});

describe('without the figures of the allocator (before 5.0)', () => {
  const untold = {
    fragmentation: {
      ...fragmented.fragmentation,
      wasteBytes: 4.1 * GiB,
      recoverableBytes: { activedefrag: undefined, purge: undefined, restart: 4 * GiB },
    },
  };

  it('activedefrag is advised, with no bytes promised', () => {
    const action = actionOf(contextOf(untold), 'enable-activedefrag');
    expect(action?.commands).toContain('CONFIG SET activedefrag yes');
    expect(action?.givesBytes).toBeUndefined();
  });

  it('so too where a guess at the size of the process leaves next to nothing of it: the server decides by its own figures', () => {
    const small = (wasteBytes: number) => ({
      peaks: { usedMemoryBytes: { value: 400 * MiB } },
      fragmentation: {
        ...untold.fragmentation,
        wasteBytes,
        recoverableBytes: { ...untold.fragmentation.recoverableBytes, restart: 54 * MiB },
      },
    });
    expect(actionOf(contextOf(small(118 * MiB)), 'enable-activedefrag')?.values.areHolesTold).toBe('no');
    expect(idsOf(contextOf(small(90 * MiB)))).not.toContain('enable-activedefrag');
  });

  it('and tried before a larger machine where the waste is what takes it over its target', () => {
    const over = { systemMemory: { ratioNow: 0.85, ratioPeak: 0.9 }, peaks: { usedMemoryRssBytes: { value: 14.4 * GiB } } };
    expect(idsOf(contextOf({ ...untold, ...over }))[0]).toBe('enable-activedefrag');
  });
});

describe('a machine that is short', () => {
  const need = (memoryNeededBytes: number, rest: object = {}) =>
    contextOf({ provisioning: { memoryNeededBytes }, forecast: { growthBytesPerDay: 20 * MiB }, ...rest });

  it('is not replaced for a few percent that only a projection asks for', () => {
    expect(idsOf(need(16.5 * GiB))).not.toContain('resize-up');
    expect(idsOf(need(17 * GiB))).toContain('resize-up');
  });

  it('is replaced for any amount where it has been too small already', () => {
    expect(idsOf(need(16.5 * GiB, { systemMemory: { ratioNow: 0.85, ratioPeak: 0.86 } }))).toContain('resize-up');
  });
});

describe('a store whose limit is above the machine', () => {
  const tooHigh = (peakBytes: number) =>
    contextOf({
      peaks: { usedMemoryBytes: { value: peakBytes }, countedBytes: { value: peakBytes } },
      provisioning: { maxmemoryBytes: { current: 14 * GiB, recommended: 12 * GiB, safeOnPresentMachine: 11 * GiB } },
    });

  it('has it lowered where a tenth stays free below it', () => {
    expect(actionOf(tooHigh(9.8 * GiB), 'lower-maxmemory')?.values.maxmemoryBytes).toBe(11 * GiB);
  });

  it('and not where that would bring it close to refusing writes, neither as a step nor as a line of the finding', () => {
    const context = tooHigh(10.5 * GiB);
    expect(actionOf(context, 'lower-maxmemory')).toBeUndefined();
    expect(judgeFindings(context).find(({ id }) => id === 'maxmemory-too-high')).toMatchObject({ verdict: 'raised', commands: [] });
  });

  const outgrown = (recommended: number, current = 14 * GiB, rest: object = {}) =>
    contextOf({
      provisioning: {
        maxmemoryBytes: { current, recommended, safeOnPresentMachine: 11 * GiB },
        memoryNeededBytes: 24 * GiB,
      },
      forecast: { growthBytesPerDay: 50 * MiB },
      ...rest,
    });

  it('keeps it until the resize, since a lower one would only bring refused writes nearer', () => {
    const { actions } = advise(outgrown(16 * GiB));
    expect(actions.map(({ id }) => id).slice(0, 2)).toEqual(['resize-up', 'raise-maxmemory']);
    expect(actions[1]?.values).toMatchObject({ fromBytes: 14 * GiB, maxmemoryBytes: 16 * GiB, isAfterResize: 'yes' });
  });

  it.each([
    ['has been over its target', { systemMemory: { ratioNow: 0.7, ratioPeak: 0.82 } }],
    ['holds a cache', { maxmemoryPolicy: 'allkeys-lru' }],
  ])('has it lowered until the resize where the machine %s, and raised to the recommended one after it', (_why, rest) => {
    const { actions } = advise(outgrown(12 * GiB, 14 * GiB, rest));
    expect(actions.map(({ id }) => id).slice(0, 3)).toEqual(['lower-maxmemory', 'resize-up', 'raise-maxmemory']);
    expect(actions[2]?.values).toMatchObject({ fromBytes: 11 * GiB, maxmemoryBytes: 12 * GiB });
  });

  it('has it lowered after the resize where the new machine too would not hold it', () => {
    const { actions } = advise(outgrown(16 * GiB, 40 * GiB));
    expect(actions[1]).toMatchObject({
      id: 'lower-maxmemory',
      values: { fromBytes: 40 * GiB, maxmemoryBytes: 16 * GiB, isAfterResize: 'yes' },
      undo: [`CONFIG SET maxmemory ${40 * GiB}`, 'CONFIG REWRITE'],
    });
  });

  it('is told the limit that stays on a machine of the catalog larger than the need', () => {
    const instance = { current: choice('s', 16 * GiB), recommended: choice('l', 64 * GiB), direction: 'up' } as const;
    const provisioning = {
      maxmemoryBytes: { current: 20 * GiB, recommended: 16 * GiB, safeOnPresentMachine: 11 * GiB },
      memoryNeededBytes: 24 * GiB,
    };
    // 64 GiB hold a limit of 16 × 64 ÷ 24 GiB at least.
    const growing = { forecast: { growthBytesPerDay: 50 * MiB }, maxmemoryPolicy: 'noeviction' } as const;
    expect(idsOf(contextOf({ ...growing, provisioning: { ...provisioning, instance } }))).toEqual(['resize-up', 'leave-activedefrag']);
  });
});

describe('a cache that evicts too much', () => {
  const starved = { maxmemoryPolicy: 'allkeys-lru', activity: { evictedKeys: 1e6 } } as const;

  it('is given what the machine safely holds', () => {
    const action = actionOf(contextOf(starved), 'raise-maxmemory');
    expect(action?.values).toMatchObject({ fromBytes: 10 * GiB, maxmemoryBytes: 11 * GiB, reason: 'evictions' });
    expect(action?.findingIds).toEqual(['eviction-pressure']);
  });

  it('is not given more where the buffers of clients push the keys out', () => {
    const context = contextOf(starved, { samples: healthySamples((i) => ({ normalClientBytes: i === 7 ? 1 * GiB : MiB })) });
    const ids = idsOf(context);
    expect(ids).toContain('limit-client-memory');
    expect(ids).not.toContain('raise-maxmemory');
  });

  it('is not told that nothing about memory needs to be done where the machine is full', () => {
    const full = contextOf({
      ...starved,
      provisioning: { maxmemoryBytes: { current: 11 * GiB } },
      fragmentation: { recoverableBytes: { activedefrag: undefined } },
    });
    expect(advise(full).actions[0]).toMatchObject({ id: 'nothing', values: { reason: 'evictions' } });
    const old = contextOf(
      { ...starved, provisioning: { maxmemoryBytes: { current: 11 * GiB } } },
      { engine: { name: 'redis', version: '7.0.15' } },
    );
    expect(idsOf(old)[0]).toBe('nothing');
    expect(idsOf(old)).toContain('upgrade-engine');
  });

  it('is not told to take a smaller machine: what it could use is not known', () => {
    const roomy = contextOf({
      ...starved,
      systemMemory: { totalBytes: 64 * GiB, ratioPeak: 0.2, ratioNow: 0.2 },
      provisioning: { maxmemoryBytes: { safeOnPresentMachine: 45 * GiB }, memoryNeededBytes: 16 * GiB },
    });
    expect(idsOf(roomy)).toContain('raise-maxmemory');
    expect(idsOf(roomy)).not.toContain('resize-down');
  });
});

describe('a limit below the data', () => {
  it('is printed by no finding and no step', () => {
    const context = contextOf({
      forecast: { status: 'refused', reason: 'history-too-short' },
      peaks: { usedMemoryBytes: { value: 12 * GiB }, countedBytes: { value: 12 * GiB } },
      provisioning: { maxmemoryBytes: { current: 0, safeOnPresentMachine: 11 * GiB } },
    });
    expect(judgeFindings(context).find(({ id }) => id === 'maxmemory-unset')?.commands).toEqual([]);
    expect(actionOf(context, 'set-maxmemory')).toBeUndefined();
  });
});

describe('a move to a service', () => {
  it('that sets the limit by node type leaves nothing to set after it', () => {
    const recommended = choice('cache.r7g.xlarge', 26 * GiB, { offering: 'elasticache-redis' });
    const instance = { current: choice('r7g.large', 16 * GiB), recommended, direction: 'up' } as const;
    const ids = idsOf(contextOf({ ...crowded, provisioning: { ...crowded.provisioning, instance } }));
    expect(ids).toContain('resize-up');
    expect(ids).not.toContain('raise-maxmemory');
  });

  it('from one node type to a larger one neither, since the reserved share of the old one says nothing there', () => {
    const recommended = choice('cache.r7g.xlarge', 26 * GiB, { offering: 'elasticache-redis' });
    const current = choice('cache.r7g.large', 13.07 * GiB, { offering: 'elasticache-redis' });
    const context = contextOf(
      {
        forecast: { growthBytesPerDay: 50 * MiB },
        provisioning: {
          maxmemoryBytes: { current: 9.8 * GiB, recommended: 11.75 * GiB },
          instance: { current, recommended, direction: 'up' },
        },
      },
      { instance: ELASTICACHE },
    );
    expect(idsOf(context)).toContain('resize-up');
    expect(idsOf(context)).not.toContain('raise-maxmemory');
  });
});

describe('waste', () => {
  it('is given back by activedefrag with the settings that the version needs, in one go', () => {
    const parameters = [
      { name: 'activedefrag', recommended: 'yes', change: true },
      { name: 'active-defrag-cycle-max', recommended: '25', change: true },
      { name: 'active-defrag-threshold-lower', default: '10', change: false },
    ];
    const context = contextOf({
      fragmentation: { ...fragmented.fragmentation, activedefrag: { supported: 'yes', enabled: 'no', parameters } },
    });
    expect(actionOf(context, 'enable-activedefrag')).toMatchObject({
      commands: ['CONFIG SET active-defrag-cycle-max 25', 'CONFIG SET activedefrag yes', 'CONFIG REWRITE'],
      undo: ['CONFIG SET activedefrag no', 'CONFIG REWRITE'],
    });
    const once = contextOf({ fragmentation: { ...fragmented.fragmentation, diagnosis: 'retained-after-peak' } });
    expect(actionOf(once, 'enable-activedefrag')).toMatchObject({ commands: ['CONFIG SET activedefrag yes'], values: { isOnce: 'yes' } });
  });

  it.each([
    ['it cannot run', { fragmentation: { ...fragmented.fragmentation, activedefrag: { supported: 'no' } } }],
    ['there is little to gain', { fragmentation: { ...fragmented.fragmentation, recoverableBytes: { activedefrag: 20 * MiB } } }],
  ] as const)('is not left to activedefrag where %s', (_why, changes) => {
    expect(idsOf(contextOf(changes))).not.toContain('enable-activedefrag');
  });

  it('says what to do where the server refuses activedefrag, as long as that is not known', () => {
    const supported = (value: 'yes' | 'unknown') =>
      actionOf(
        contextOf({ fragmentation: { ...fragmented.fragmentation, activedefrag: { supported: value, enabled: 'no' } } }),
        'enable-activedefrag',
      )?.values.isUnsure;
    expect([supported('unknown'), supported('yes')]).toEqual(['yes', undefined]);
  });

  it('is given back by a restart until the upgrade where activedefrag can crash', () => {
    const ids = idsOf(contextOf(fragmented, { engine: { name: 'redis', version: '8.0.2' } }));
    expect(ids).toEqual(['restart', 'upgrade-engine']);
  });

  it('is worth activedefrag whatever a short burst of load did: the advice has looked at the busy hours', () => {
    expect(idsOf(contextOf({ ...fragmented, activity: { mainThreadCpuMax: 0.99 } }))).toContain('enable-activedefrag');
  });

  it('is left to activedefrag where it is at work', () => {
    const running = (advice: 'activedefrag' | 'restart') =>
      contextOf(
        { fragmentation: { ...fragmented.fragmentation, advice, activedefrag: { supported: 'yes', enabled: 'yes' } } },
        { samples: healthySamples(() => ({ activeDefragRunningPercent: 12 })) },
      );
    expect(idsOf(running('activedefrag'))).toEqual(['let-defrag-finish']);
    expect(idsOf(running('restart'))).toEqual(['let-defrag-finish']);
    expect(actionOf(running('restart'), 'let-defrag-finish')).toMatchObject({ givesBytes: 3 * GiB, effort: 'nothing' });
  });

  it('is closed by a restart before the machine is replaced, where that alone brings it under its target', () => {
    const holes = { ...fragmented.fragmentation, advice: 'restart', activedefrag: { supported: 'no' } } as const;
    const enough = contextOf({
      ...crowded,
      fragmentation: holes,
      provisioning: { ...crowded.provisioning, memoryNeededBytes: 17.5 * GiB },
    });
    expect(idsOf(enough)[0]).toBe('restart');
    expect(idsOf(enough)).not.toContain('resize-up');
    const short = contextOf({ ...crowded, fragmentation: holes, provisioning: { ...crowded.provisioning, memoryNeededBytes: 24 * GiB } });
    expect(idsOf(short).slice(0, 2)).toEqual(['restart', 'resize-up']);
  });

  it('is handed over with a line where a replica stands by', () => {
    const restart = (version: string, clusterEnabled: number) =>
      actionOf(
        contextOf(
          { fragmentation: { ...fragmented.fragmentation, advice: 'restart', activedefrag: { supported: 'no' } } },
          { engine: { name: 'redis', version }, samples: healthySamples(() => ({ connectedReplicas: 1, clusterEnabled })) },
        ),
        'restart',
      )?.commands;
    expect(restart('7.2.4', 0)).toEqual(['FAILOVER']);
    expect(restart('7.2.4', 1)).toEqual(['CLUSTER FAILOVER']);
    expect(restart('6.0.20', 0)).toEqual([]);
  });

  it('is closed in place of a lower limit, where the machine holds the present one without the holes', () => {
    const fits = (current: number) =>
      contextOf({
        ...fragmented,
        latest: { usedMemoryBytes: 6 * GiB, usedMemoryRssBytes: 9 * GiB },
        provisioning: { maxmemoryBytes: { current, recommended: 8 * GiB, safeOnPresentMachine: 8 * GiB } },
      });
    expect(idsOf(fits(11 * GiB))).toEqual(['enable-activedefrag']);
    expect(idsOf(fits(13 * GiB)).slice(0, 2)).toEqual(['lower-maxmemory', 'enable-activedefrag']);
  });

  it('is told to go with a restart, and not that this would not help, where it is too little for a step', () => {
    const recoverableBytes = { activedefrag: 110 * MiB, purge: 8 * MiB, restart: 95 * MiB };
    const { actions, wouldNotHelp } = advise(
      contextOf({
        fragmentation: { ...fragmented.fragmentation, advice: 'restart', activedefrag: { supported: 'no' }, recoverableBytes },
        peaks: { usedMemoryBytes: { value: 400 * MiB } },
      }),
    );
    expect(actions.map(({ id }) => id)).not.toContain('restart');
    expect(wouldNotHelp.map(({ id }) => id)).toEqual(['memory-purge', 'enable-activedefrag']);
  });

  it('is given back by a restart where activedefrag cannot run', () => {
    const context = contextOf({ fragmentation: { ...fragmented.fragmentation, advice: 'restart', activedefrag: { supported: 'no' } } });
    expect(actionOf(context, 'restart')).toMatchObject({ givesBytes: 3.2 * GiB, effort: 'restart' });
  });

  it('is purged only where that gives enough', () => {
    const unused = { diagnosis: 'resident-unused', advice: 'memory-purge' } as const;
    const purge = (bytes: number) => idsOf(contextOf({ fragmentation: { ...unused, recoverableBytes: { purge: bytes } } }));
    expect(purge(2 * GiB)).toContain('memory-purge');
    expect(purge(20 * MiB)).not.toContain('memory-purge');
  });

  it('in empty pages that a returning peak fills again is worth neither a purge nor a restart', () => {
    const evidence = { residentUnusedBytes: 2 * GiB, lastingUnusedBytes: 20 * MiB };
    const recoverableBytes = { activedefrag: 0, purge: 2 * GiB, restart: 2 * GiB };
    const { actions, wouldNotHelp } = advise(
      contextOf({ fragmentation: { diagnosis: 'resident-unused', advice: 'none', recoverableBytes, evidence } }),
    );
    expect(actions[0]?.id).toBe('nothing');
    expect(wouldNotHelp).toEqual([
      { id: 'memory-purge', givesBytes: 2 * GiB, reason: 'refilled-at-next-peak' },
      { id: 'restart', givesBytes: 2 * GiB, reason: 'refilled-at-next-peak' },
    ]);
    const beyond = { fragmentation: { diagnosis: 'resident-unused', advice: 'memory-purge', recoverableBytes } } as const;
    const partly = { ...beyond.fragmentation, evidence: { ...evidence, lastingUnusedBytes: 0.5 * GiB } };
    expect(actionOf(contextOf({ fragmentation: partly }), 'memory-purge')?.givesBytes).toBe(0.5 * GiB);
  });

  it('that a returning peak will fill again is not worth a restart', () => {
    const { wouldNotHelp } = advise(
      contextOf({ fragmentation: { diagnosis: 'retained-after-peak', recoverableBytes: { restart: 3 * GiB } } }),
    );
    expect(wouldNotHelp).toContainEqual({ id: 'restart', givesBytes: 3 * GiB, reason: 'refilled-at-next-peak' });
  });

  it.each([
    ['external-fragmentation', 'memory-purge', 'whole-pages-only'],
    ['process-overhead', 'memory-purge', 'outside-allocator'],
    ['retained-after-peak', 'resize-up', 'used-again'],
  ] as const)('that is %s is not met by %s, and the list says why', (diagnosis, id, reason) => {
    const { wouldNotHelp } = advise(contextOf({ fragmentation: { diagnosis, recoverableBytes: { activedefrag: 20 * MiB } } }));
    expect(wouldNotHelp.find((entry) => entry.id === id)?.reason).toBe(reason);
  });

  it('of another allocator is met by neither purge nor activedefrag', () => {
    const context = contextOf({
      fragmentation: {
        diagnosis: 'unknown-allocator',
        activedefrag: { supported: 'no', enabled: 'no' },
        recoverableBytes: { activedefrag: undefined, purge: undefined },
      },
    });
    expect(advise(context).wouldNotHelp).toEqual([
      { id: 'memory-purge', reason: 'other-allocator' },
      { id: 'enable-activedefrag', reason: 'unsupported' },
      { id: 'restart', givesBytes: 60 * MiB, reason: 'small-gain' },
    ]);
  });

  it('is not purged out of swap', () => {
    const { actions, wouldNotHelp } = advise(
      contextOf({
        fragmentation: { diagnosis: 'swapping', recoverableBytes: { purge: 2 * GiB, restart: 0 } },
        latest: { usedMemoryRssBytes: 5 * GiB },
      }),
    );
    expect(actions[0]).toMatchObject({ id: 'stop-swapping', values: { swappedBytes: 5.8 * GiB - 5 * GiB } });
    expect(actions[0]?.commands).toContain('grep VmSwap /proc/$(pgrep -o redis-server)/status');
    expect(wouldNotHelp).toContainEqual({ id: 'memory-purge', givesBytes: 2 * GiB, reason: 'touches-swap' });
    // The step ends with one.
    expect(wouldNotHelp.map(({ id }) => id)).not.toContain('restart');
  });
});

describe('the order', () => {
  it('takes the danger away first, then gives room by bytes per effort, then prevents, then notes', () => {
    const context = contextOf(
      {
        ...crowded,
        ...fragmented,
        fragmentation: { ...fragmented.fragmentation, recoverableBytes: { activedefrag: 0.5 * GiB } },
        quality: { averaged: true },
      },
      {
        engine: { name: 'redis', version: '7.0.15' },
        samples: healthySamples((i) => ({
          texts: { rdbLastBgsaveStatus: i < 700 ? 'ok' : 'err' },
          notCountedBytes: 2 * GiB,
          connectedReplicas: 1,
        })),
      },
    );
    expect(idsOf(context)).toEqual([
      'fix-saves',
      'limit-replica-buffers',
      'resize-up',
      'raise-maxmemory',
      'enable-activedefrag',
      'set-eviction-policy',
      'fix-input',
      'upgrade-engine',
    ]);
  });
});

describe('the buffers of a replica that lags', () => {
  const lagging = (memoryNeededBytes: number) =>
    contextOf(
      { systemMemory: { ratioPeak: 0.82 }, provisioning: { memoryNeededBytes } },
      { samples: healthySamples((i) => ({ connectedReplicas: 1, notCountedBytes: i === 9 ? 2 * GiB : MiB })) },
    );

  it('are bounded before a machine is bought for them, and instead of it where that is enough', () => {
    expect(idsOf(lagging(18 * GiB))[0]).toBe('limit-replica-buffers');
    expect(idsOf(lagging(18 * GiB))).not.toContain('resize-up');
    expect(idsOf(lagging(20 * GiB)).slice(0, 2)).toEqual(['limit-replica-buffers', 'resize-up']);
    expect(actionOf(lagging(18 * GiB), 'limit-replica-buffers')).toMatchObject({ givesBytes: 2 * GiB - 64 * MiB });
  });

  it('are taken back to the limit that stood there, where the server was asked for it', () => {
    const limited = (limits: string) => {
      const settings = JSON.stringify({ 'client-output-buffer-limit': `normal 0 0 0 slave ${limits} pubsub 33554432 8388608 60` });
      const samples = healthySamples((i) => ({ connectedReplicas: 1, notCountedBytes: i === 9 ? 2 * GiB : MiB, texts: { settings } }));
      return actionOf(contextOf({ systemMemory: { ratioPeak: 0.82 } }, { samples }), 'limit-replica-buffers');
    };
    expect(limited('0 0 0')).toMatchObject({
      commands: ['CONFIG SET client-output-buffer-limit "replica 268435456 67108864 60"', 'CONFIG REWRITE'],
      undo: ['CONFIG SET client-output-buffer-limit "replica 0 0 0"', 'CONFIG REWRITE'],
    });
    expect(limited('268435456 67108864 60')).toMatchObject({ commands: [], undo: [] });
  });
});

type CausePart = NonNullable<NodeAnalysis['peaks']['cause']>['parts'][number];

describe('the buffers of clients', () => {
  const bursting = (memoryNeededBytes: number, parts: readonly CausePart[]) =>
    contextOf(
      {
        systemMemory: { ratioPeak: 0.82 },
        peaks: { cause: { kind: 'rise', usualBytes: 4 * GiB, overBytes: 2 * GiB, parts: [...parts] } },
        provisioning: { memoryNeededBytes },
      },
      { samples: healthySamples((i) => ({ normalClientBytes: i === 9 ? 2 * GiB : MiB })) },
    );
  const clients = [{ part: 'normalClients', bytes: 2 * GiB, baseBytes: 0, overBytes: 2 * GiB, share: 1 }];

  it('are bounded before a machine is bought for a peak that they made, and instead of it where that is enough', () => {
    expect(idsOf(bursting(18 * GiB, clients))[0]).toBe('limit-client-memory');
    expect(idsOf(bursting(18 * GiB, clients))).not.toContain('resize-up');
    expect(idsOf(bursting(20 * GiB, clients)).slice(0, 2)).toEqual(['limit-client-memory', 'resize-up']);
    // Of a maxmemory of 10 GiB the bound of 5 % leaves them half a GiB.
    expect(actionOf(bursting(18 * GiB, clients), 'limit-client-memory')).toMatchObject({ givesBytes: 1.5 * GiB });
  });

  it('are no reason for a higher limit', () => {
    const roomy = (parts: readonly CausePart[]) =>
      contextOf(
        {
          peaks: { cause: { kind: 'rise', usualBytes: 4 * GiB, overBytes: 2 * GiB, parts: [...parts] } },
          provisioning: { maxmemoryBytes: { current: 10 * GiB, recommended: 12 * GiB, safeOnPresentMachine: 12 * GiB } },
        },
        { samples: healthySamples((i) => ({ normalClientBytes: i === 9 ? 2 * GiB : MiB })) },
      );
    expect(idsOf(roomy([]))).toContain('raise-maxmemory');
    expect(idsOf(roomy(clients))).not.toContain('raise-maxmemory');
  });

  it('are no reason to do without the machine where data made the peak', () => {
    const data = [{ part: 'dataset', bytes: 6 * GiB, baseBytes: 4 * GiB, overBytes: 2 * GiB, share: 1 }];
    expect(idsOf(bursting(18 * GiB, data))[0]).toBe('resize-up');
    expect(idsOf(bursting(18 * GiB, data))).toContain('limit-client-memory');
  });
});

describe('the writes that a rewrite of the append-only file holds', () => {
  const rewriting = (version: string) =>
    contextOf(
      {
        peaks: {
          cause: {
            kind: 'rise',
            usualBytes: 4 * GiB,
            overBytes: 2 * GiB,
            parts: [{ part: 'aofBuffer', bytes: 2 * GiB, baseBytes: 0, overBytes: 2 * GiB, share: 1 }],
          },
        },
      },
      { engine: { name: 'redis', version } },
    );

  it('are a gain of an upgrade where they made the peak, and not where the version holds none', () => {
    expect(actionOf(rewriting('6.2.16'), 'upgrade-engine')).toMatchObject({
      givesBytes: 2 * GiB,
      values: { toVersion: '7.0', reason: 'aof-rewrite' },
    });
    expect(actionOf(rewriting('8.0.4'), 'upgrade-engine')).toBeUndefined();
  });
});

describe('a spike that was not seen yet', () => {
  const spike = (maxmemoryBytes: object) =>
    contextOf({ forecast: { daysToSystemTarget: { p90: 30 } }, provisioning: { memoryNeededBytes: 20 * GiB, maxmemoryBytes } });

  it('is met by the limit, not by a machine', () => {
    expect(idsOf(spike({ current: 10 * GiB }))).not.toContain('resize-up');
    expect(idsOf(spike({ current: 14 * GiB }))[0]).toBe('lower-maxmemory');
    expect(idsOf(spike({ current: 14 * GiB }))).not.toContain('resize-up');
  });

  it('asks for the machine where a store has come near its limit: writes are refused next', () => {
    const near = (maxmemoryPolicy: string) =>
      contextOf({
        maxmemoryPolicy,
        forecast: { daysToSystemTarget: { p90: 30 } },
        peaks: { countedBytes: { value: 9.4 * GiB } },
        provisioning: { memoryNeededBytes: 20 * GiB, maxmemoryBytes: { current: 10 * GiB } },
      });
    expect(idsOf(near('noeviction'))[0]).toBe('resize-up');
    expect(idsOf(near('allkeys-lru'))).not.toContain('resize-up');
  });

  it('asks for the machine where nothing bounds it', () => {
    expect(idsOf(spike({ current: 0 }))).toContain('resize-up');
  });
});

describe('a smaller machine', () => {
  const instance = {
    current: choice('big', 32 * GiB, { priceUsdHour: 0.4 }),
    recommended: choice('small', 16 * GiB, { priceUsdHour: 0.2 }),
    direction: 'down',
  } as const;

  it('is advised with what it saves', () => {
    expect(actionOf(contextOf({ provisioning: { instance } }), 'resize-down')?.values).toMatchObject({ name: 'small', savedUsdHour: 0.2 });
  });

  it('is not advised where writes are refused: what clients would store is not known', () => {
    expect(idsOf(contextOf({ provisioning: { instance }, activity: { oomErrors: 3 } }))).not.toContain('resize-down');
  });

  it('comes after the limit that it holds, and not where the data come too near to that', () => {
    const shrinking = (counted: number) =>
      contextOf({
        peaks: { countedBytes: { value: counted } },
        provisioning: { memoryNeededBytes: 6 * GiB, maxmemoryBytes: { current: 10 * GiB, recommended: 4 * GiB } },
      });
    const { actions } = advise(shrinking(3 * GiB));
    expect(actions.map(({ id }) => id)).toEqual(['lower-maxmemory', 'resize-down', 'leave-activedefrag']);
    expect(actions[0]?.values).toMatchObject({ maxmemoryBytes: 4 * GiB, isBeforeResize: 'yes' });
    expect(idsOf(shrinking(3.8 * GiB))).toEqual(['nothing', 'leave-activedefrag']);
  });

  it('stops at the smallest machine that there is, and lowers the limit to what that holds', () => {
    const tiny = (totalBytes: number) =>
      contextOf({
        peaks: { usedMemoryBytes: { value: 3 * MiB }, countedBytes: { value: 3 * MiB }, usedMemoryRssBytes: { value: 8 * MiB } },
        systemMemory: { totalBytes, ratioNow: 8 / 2048, ratioPeak: 8 / 2048 },
        provisioning: {
          memoryNeededBytes: 64 * MiB,
          maxmemoryBytes: { current: GiB, recommended: 16 * MiB, safeOnPresentMachine: 2 * GiB },
        },
      });
    const { actions } = advise(tiny(4 * GiB));
    expect(actions.map(({ id, values }) => [id, values.maxmemoryBytes ?? values.memoryNeededBytes])).toEqual([
      ['lower-maxmemory', 128 * MiB],
      ['resize-down', 512 * MiB],
      ['leave-activedefrag', undefined],
    ]);
    expect(idsOf(tiny(GiB))).toEqual(['nothing', 'leave-activedefrag']);
  });

  it('is not advised where memory was short', () => {
    expect(idsOf(contextOf({ provisioning: { instance }, systemMemory: { ratioPeak: 0.85 } }))).not.toContain('resize-down');
  });
});

describe('a higher limit that nothing presses for', () => {
  it('is advised on a forecast, and not on a rule of thumb', () => {
    const asked = (confidence: 'good' | 'low') =>
      contextOf({
        forecast: { confidence },
        provisioning: { maxmemoryBytes: { current: 10 * GiB, recommended: 12 * GiB, safeOnPresentMachine: 12 * GiB } },
      });
    expect(idsOf(asked('good'))).toContain('raise-maxmemory');
    expect(idsOf(asked('low'))).not.toContain('raise-maxmemory');
  });
});

describe('a first limit', () => {
  const unset = (memoryNeededBytes: number, recommended: number, safeOnPresentMachine: number) =>
    contextOf({
      peaks: { usedMemoryBytes: { value: 4 * MiB }, countedBytes: { value: 4 * MiB } },
      provisioning: { memoryNeededBytes, maxmemoryBytes: { current: 0, recommended, safeOnPresentMachine } },
    });

  it('is the recommended one, and for a few megabytes what the smallest machine holds, or the present one', () => {
    const limit = (...figures: Parameters<typeof unset>) => actionOf(unset(...figures), 'set-maxmemory')?.values.maxmemoryBytes;
    expect(limit(9 * GiB, 6 * GiB, 12 * GiB)).toBe(6 * GiB);
    expect(limit(128 * MiB, 64 * MiB, 2 * GiB)).toBe(256 * MiB);
    expect(limit(128 * MiB, 64 * MiB, 150 * MiB)).toBe(144 * MiB);
  });
});

describe('a Lua heap that keeps values', () => {
  const keeping = (cachedScripts: number, engine = '7.2.4') => ({
    ...contextOf(
      {
        ...crowded,
        peaks: {
          ...crowded.peaks,
          cause: {
            kind: 'growth',
            riseBytes: 2 * GiB,
            parts: [{ part: 'luaVm', bytes: 2 * GiB, usualBytes: 0, overBytes: 2 * GiB, share: 0.9 }],
          },
        },
      } as never,
      {
        samples: healthySamples(() => ({ luaVmBytes: 2 * GiB, scriptCacheBytes: 1000, cachedScripts, texts: { redisVersion: engine } })),
      },
    ),
    engine: { name: 'redis', version: engine } as const,
  });

  it('is repaired before a machine is bought for it, and a restart is not said to be of no help', () => {
    const { actions, wouldNotHelp } = advise(keeping(1));
    expect(actions[0]).toMatchObject({ id: 'repair-scripts', effort: 'project', givesBytes: 2 * GiB + 1000, commands: [] });
    expect(actions.map(({ id }) => id)).toContain('resize-up');
    expect(wouldNotHelp.map(({ id }) => id)).not.toContain('restart');
  });

  it('is emptied with the cache where texts filled it, and where there are no functions yet', () => {
    for (const context of [keeping(5000), keeping(1, '6.2.16')]) {
      expect(idsOf(context)).toContain('flush-scripts');
      expect(idsOf(context)).not.toContain('repair-scripts');
    }
  });
});

describe('whatever the figures', () => {
  const gib = fc.double({ min: 0.01, max: 64, noNaN: true }).map((value) => value * GiB);
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const figures = fc.record({
    counted: gib,
    rss: gib,
    total: maybe(gib),
    current: maybe(fc.oneof(fc.constant(0), gib)),
    recommended: maybe(gib),
    safe: maybe(gib),
    needed: maybe(gib),
    defrag: gib,
    purge: gib,
    restart: gib,
    diagnosis: fc.constantFrom(
      'healthy',
      'retained-after-peak',
      'external-fragmentation',
      'resident-unused',
      'swapping',
      'unknown-allocator',
    ),
    advice: fc.constantFrom('none', 'activedefrag', 'memory-purge', 'restart', 'more-memory', 'jemalloc-build'),
    supported: fc.constantFrom('yes', 'no', 'unknown'),
    enabled: fc.constantFrom('yes', 'no', 'unknown'),
    oomErrors: fc.constantFrom(0, 5),
    policy: fc.constantFrom('noeviction', 'allkeys-lru'),
  });

  it('no advice contradicts them, there is always a first step, and all of it fits the schema', () => {
    fc.assert(
      fc.property(figures, (f) => {
        const context = contextOf({
          maxmemoryPolicy: f.policy,
          activity: { oomErrors: f.oomErrors },
          peaks: { usedMemoryBytes: { value: f.counted }, countedBytes: { value: f.counted }, usedMemoryRssBytes: { value: f.rss } },
          systemMemory: { totalBytes: f.total, ratioNow: f.total && f.rss / f.total, ratioPeak: f.total && f.rss / f.total },
          provisioning: {
            maxmemoryBytes: { current: f.current, recommended: f.recommended, safeOnPresentMachine: f.safe },
            memoryNeededBytes: f.needed,
          },
          fragmentation: {
            diagnosis: f.diagnosis as 'healthy',
            advice: f.advice as 'none',
            recoverableBytes: { activedefrag: f.defrag, purge: f.purge, restart: f.restart },
            activedefrag: { supported: f.supported as 'yes', enabled: f.enabled as 'yes' },
          },
        });
        const { actions, wouldNotHelp } = advise(context);
        expect(actions.length).toBeGreaterThan(0);
        expect(nodeJudgements.shape.actions.safeParse(actions).success).toBe(true);
        const byId = new Map(actions.map((action) => [action.id, action]));
        const limit = byId.get('lower-maxmemory') ?? byId.get('set-maxmemory') ?? byId.get('raise-maxmemory');
        if (limit) expect(limit.values.maxmemoryBytes).toBeGreaterThanOrEqual(f.counted);
        const lower = byId.get('lower-maxmemory');
        // The smallest machine holds more than the recommended limit of data that need less than it.
        const spare = Math.max(1, (512 * MiB) / (f.needed ?? Number.POSITIVE_INFINITY));
        const held = { after: f.recommended, before: spare * (f.recommended ?? 0), now: f.safe };
        if (lower)
          expect(lower.values.maxmemoryBytes).toBeLessThanOrEqual(
            held[lower.values.isAfterResize ? 'after' : lower.values.isBeforeResize ? 'before' : 'now'] ?? 0,
          );
        if (byId.has('resize-up')) expect(f.needed).toBeGreaterThan(f.total ?? 0);
        if (byId.has('enable-activedefrag'))
          expect([f.supported === 'no', f.enabled === 'yes', f.defrag < 100 * MiB]).toEqual([false, false, false]);
        if (byId.has('memory-purge')) expect([f.purge >= 100 * MiB, f.diagnosis === 'swapping']).toEqual([true, false]);
        for (const { id } of wouldNotHelp) expect(byId.has(id)).toBe(false);
        for (const { givesBytes } of actions) if (givesBytes !== undefined) expect(givesBytes).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});
