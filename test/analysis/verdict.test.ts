import { describe, expect, it } from 'vitest';
import { recommendActions } from '../../src/analysis/actions/index.ts';
import { type FindingContext, judgeFindings } from '../../src/analysis/findings/index.ts';
import { decideVerdict } from '../../src/analysis/verdict.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import { contextOf, healthySamples } from '../helpers/figures.ts';

function decide(context: FindingContext) {
  const findings = judgeFindings(context);
  const { actions } = recommendActions({ ...context, findings });
  return decideVerdict({ node: context.node, findings, actions });
}

const asksForMore = { provisioning: { maxmemoryBytes: { recommended: 12 * GiB } } } as const;
const tooSmall = { provisioning: { memoryNeededBytes: 20 * GiB } } as const;
const defrag = {
  diagnosis: 'external-fragmentation',
  advice: 'activedefrag',
  recoverableBytes: { activedefrag: 4 * GiB },
  activedefrag: { supported: 'yes', enabled: 'no' },
} as const;

describe('the verdict', () => {
  it.each([
    ['a healthy node', 'ok safe', contextOf()],
    ['half a machine unused', 'ok oversized', contextOf({ provisioning: { memoryNeededBytes: 6 * GiB } })],
    ['swapping', 'act swapping', contextOf({ fragmentation: { diagnosis: 'swapping' } })],
    ['refused writes', 'act refusals', contextOf({ activity: { oomErrors: 9 } })],
    ['a machine over its target', 'act resize-now', contextOf({ ...tooSmall, systemMemory: { ratioNow: 0.85, ratioPeak: 0.9 } })],
    [
      'holes that alone take it over the target',
      'act fragmentation',
      contextOf({
        systemMemory: { ratioNow: 0.85, ratioPeak: 0.9 },
        peaks: { usedMemoryRssBytes: { value: 14.4 * GiB } },
        fragmentation: defrag,
      }),
    ],
    [
      'a limit that lets the data take it over the target',
      'act lower-maxmemory',
      contextOf({ systemMemory: { ratioPeak: 0.85 }, provisioning: { maxmemoryBytes: { current: 15 * GiB } } }),
    ],
    [
      'over the target without a limit',
      'act set-maxmemory',
      contextOf({ systemMemory: { ratioPeak: 0.85 }, provisioning: { maxmemoryBytes: { current: 0 } } }),
    ],
    [
      'a Lua heap that grows towards a limit',
      'act lua-heap',
      contextOf(
        {
          ...tooSmall,
          forecast: { growthBytesPerDay: 20 * MiB, daysToSystemTarget: { p50: 40, p90: 30 } },
          peaks: {
            cause: {
              kind: 'growth',
              riseBytes: 2 * GiB,
              parts: [{ part: 'luaVm', bytes: 2 * GiB, usualBytes: 0, overBytes: 2 * GiB, share: 0.9 }],
            },
          },
        } as never,
        { samples: healthySamples(() => ({ luaVmBytes: 2 * GiB, scriptCacheBytes: 1000, cachedScripts: 1 })) },
      ),
    ],
    ['over the target once, on a machine that is enough', 'watch safe', contextOf({ systemMemory: { ratioPeak: 0.85 } })],
    [
      'a limit reached next month',
      'act resize-before',
      contextOf({ ...tooSmall, forecast: { growthBytesPerDay: 50 * MiB, daysToSystemTarget: { p90: 30 } } }),
    ],
    [
      'a save that fails on a machine with room',
      'watch safe',
      contextOf({}, { samples: healthySamples(() => ({ texts: { maxmemoryPolicy: 'noeviction', rdbLastBgsaveStatus: 'err' } })) }),
    ],
    [
      'a save that fails on a machine of which half is unused',
      'watch safe',
      contextOf(
        { provisioning: { memoryNeededBytes: 6 * GiB } },
        { samples: healthySamples(() => ({ texts: { maxmemoryPolicy: 'noeviction', rdbLastBgsaveStatus: 'err' } })) },
      ),
    ],
    [
      'a save that fails in a history that is too short to look ahead',
      'watch not-enough-data',
      contextOf(
        { forecast: { status: 'refused' } },
        { samples: healthySamples(() => ({ texts: { maxmemoryPolicy: 'noeviction', rdbLastBgsaveStatus: 'err' } })) },
      ),
    ],
    [
      'a target that only a spike reaches, behind a limit',
      'watch watch-growth',
      contextOf({ ...tooSmall, forecast: { daysToSystemTarget: { p90: 30 } } }),
    ],
    [
      'the same in a store that has come near its limit',
      'act resize-before',
      contextOf({ ...tooSmall, forecast: { daysToSystemTarget: { p90: 30 } }, peaks: { countedBytes: { value: 9.4 * GiB } } }),
    ],
    [
      'the same without a limit',
      'watch resize-before',
      contextOf({
        ...tooSmall,
        forecast: { daysToSystemTarget: { p90: 30 } },
        provisioning: { ...tooSmall.provisioning, maxmemoryBytes: { current: 0 } },
      }),
    ],
    [
      'the buffers of a replica that lags, which alone take it over the target',
      'act replica-buffers',
      contextOf(
        { systemMemory: { ratioNow: 0.7, ratioPeak: 0.85 }, provisioning: { memoryNeededBytes: 17 * GiB } },
        { samples: healthySamples((i) => ({ connectedReplicas: 1, notCountedBytes: i === 9 ? 2 * GiB : MiB })) },
      ),
    ],
    [
      'a limit reached in three months',
      'watch resize-before',
      contextOf({ ...tooSmall, forecast: { growthBytesPerDay: 50 * MiB, daysToSystemTarget: { p90: 85 } } }),
    ],
    ['a store at its limit', 'act raise-maxmemory', contextOf({ ...asksForMore, peaks: { countedBytes: { value: 9.5 * GiB } } })],
    [
      'a store that stood above its limit and is near it now',
      'act refusals',
      contextOf({ peaks: { countedBytes: { value: 10 * GiB + 1 } }, latest: { countedBytes: 9.9 * GiB } }),
    ],
    [
      'a store that once stood above its limit and is far from it now',
      'act raise-maxmemory',
      contextOf({ ...asksForMore, peaks: { countedBytes: { value: 10 * GiB + 1 } }, latest: { countedBytes: 5 * GiB } }),
    ],
    [
      'a store at its limit on a machine that holds no more',
      'act watch-growth',
      contextOf({ peaks: { countedBytes: { value: 9.5 * GiB } } }),
    ],
    ['no limit', 'watch set-maxmemory', contextOf({ provisioning: { maxmemoryBytes: { current: 0 } } })],
    ['a limit above the machine', 'watch lower-maxmemory', contextOf({ provisioning: { maxmemoryBytes: { current: 15 * GiB } } })],
    ['evictions', 'watch evictions', contextOf({ activity: { evictedKeys: 1e6 } })],
    ['fragmentation with room', 'watch fragmentation', contextOf({ fragmentation: defrag })],
    ['growth that the machine holds', 'watch watch-growth', contextOf({ forecast: { daysToMaxmemory: { p90: 80 } } })],
    ['no forecast', 'unknown not-enough-data', contextOf({ forecast: { status: 'refused', reason: 'history-too-short' } })],
    ['no used memory', 'unknown not-enough-data', contextOf({ peaks: { usedMemoryBytes: undefined } })],
    [
      'neither machine nor limit known',
      'unknown not-enough-data',
      contextOf({ systemMemory: { totalBytes: undefined }, provisioning: { maxmemoryBytes: { current: undefined } } }),
    ],
  ] as const)('on %s is %s', (_what, expected, context) => {
    const { level, id } = decide(context);
    expect(`${level} ${id}`).toBe(expected);
  });

  it('refers only to findings that were raised', () => {
    const context = contextOf({ ...tooSmall, systemMemory: { ratioNow: 0.85, ratioPeak: 0.9 } });
    const raised = judgeFindings(context).filter(({ verdict }) => verdict === 'raised');
    const { findingIds } = decide(context);
    expect(findingIds).toContain('system-memory-ratio-high');
    expect(findingIds.every((id) => raised.some((finding) => finding.id === id))).toBe(true);
  });
});
