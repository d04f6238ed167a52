import type { FindingContext } from '../../src/analysis/findings/index.ts';
import { placeBelowLimit } from '../../src/analysis/table-room.ts';
import type { Finding, GroupAnalysis, HashTableStep } from '../../src/model/analysis.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import type { FindingId } from '../../src/model/finding.ts';
import { contextOf, healthySamples } from './figures.ts';
import { DAY, START_AT } from './node-history.ts';

/** An instance whose settings only the provider's tool changes. */
export const ELASTICACHE = {
  provider: 'aws',
  offering: 'elasticache-redis',
  name: 'cache.r7g.large',
  family: 'r7g',
  memoryBytes: 13.07 * GiB,
  defaultMaxmemoryBytes: 14_037_181_030,
  networkBaselineGbps: 0.8,
  source: 's',
};
const fragmented = { fragmentation: { diagnosis: 'external-fragmentation', advice: 'activedefrag', wasteBytes: 3 * GiB } } as const;

/** A cluster of which one shard fares like this when its primary fails. */
function failoverContext(
  shard: NonNullable<GroupAnalysis['failover']>['shards'][number],
  node: Parameters<typeof contextOf>[0] = {},
): FindingContext {
  return contextOf(node, { group: { kind: 'cluster', nodeIds: ['node-1', 'b'], failover: { verdict: shard.verdict, shards: [shard] } } });
}
/** A sample of keys of 9 GiB, of which so much has an expiry. */
const sampleWithExpiry = (middle: number, high: number): NonNullable<FindingContext['node']['keyspace']['sample']> => ({
  seenKeys: 1000,
  keys: 1_000_000,
  bytes: { low: 8.8 * GiB, middle: 9 * GiB, high: 9.2 * GiB },
  averageBytes: { middle: 9664 },
  expiringBytesShare: { low: 0.01, middle, high },
  at: START_AT,
  seconds: 2,
  takenFrom: 'a:6379',
  reason: 'no-replica',
  wantedKeys: 1000,
  keysPerSecond: 500,
  isCut: false,
  isComplete: false,
  lostKeys: 0,
  unseenKeys: 0,
  hasSlotTables: false,
  missedShare: 0.999,
  types: [],
  prefixes: [],
  largest: [],
});

type Case = readonly [FindingId, string, Finding['severity'] | Finding['verdict'], FindingContext];

/** Situations and what each rule makes of them; `info`, `warning` and `critical` mean that it was raised so. */
export const FINDING_CASES: readonly Case[] = [
  ['system-memory-ratio-high', 'the peak stays below the target', 'clear', contextOf()],
  [
    'system-memory-ratio-high',
    'it is over the target now and the machine is too small',
    'critical',
    contextOf({ systemMemory: { ratioNow: 0.85, ratioPeak: 0.87 }, provisioning: { memoryNeededBytes: 20 * GiB } }),
  ],
  [
    'system-memory-ratio-high',
    'it was over the target once, not for long',
    'warning',
    contextOf({ systemMemory: { ratioNow: 0.6, ratioPeak: 0.84 }, provisioning: { memoryNeededBytes: 20 * GiB } }),
  ],
  [
    'system-memory-ratio-high',
    'the budget says that the machine is enough',
    'warning',
    contextOf({ systemMemory: { ratioNow: 0.85, ratioPeak: 0.92 } }),
  ],
  ['system-memory-ratio-high', 'the machine is not known', 'not-enough-data', contextOf({ systemMemory: { totalBytes: undefined } })],

  ['swapping', 'the diagnosis says so', 'critical', contextOf({ fragmentation: { diagnosis: 'swapping' } })],
  ['swapping', 'it is only one explanation', 'info', contextOf({ fragmentation: { also: ['swapping'] } })],
  ['swapping', 'nothing points to it', 'clear', contextOf()],

  ['oom-errors', 'writes were refused', 'critical', contextOf({ activity: { oomErrors: 12 } })],
  ['oom-errors', 'none were', 'clear', contextOf()],
  ['oom-errors', 'the counter is missing', 'not-enough-data', contextOf({ activity: { oomErrors: undefined } })],
  [
    'oom-errors',
    'there is no limit to reach',
    'not-applicable',
    contextOf({ activity: { oomErrors: undefined }, provisioning: { maxmemoryBytes: { current: 0 } } }),
  ],

  ['noeviction-near-limit', 'there is room', 'clear', contextOf()],
  ['noeviction-near-limit', 'a tenth is left', 'warning', contextOf({ peaks: { countedBytes: { value: 9.1 * GiB } } })],
  ['noeviction-near-limit', 'next to nothing is left', 'critical', contextOf({ peaks: { countedBytes: { value: 9.9 * GiB } } })],
  [
    'noeviction-near-limit',
    'the policy evicts',
    'not-applicable',
    contextOf({ maxmemoryPolicy: 'allkeys-lru', peaks: { countedBytes: { value: 9.9 * GiB } } }),
  ],
  [
    'noeviction-near-limit',
    'only keys with an expiry may go and there are none',
    'critical',
    contextOf(
      { maxmemoryPolicy: 'volatile-lru', peaks: { countedBytes: { value: 9.9 * GiB } } },
      { samples: healthySamples(() => ({ expires: 0 })) },
    ),
  ],
  [
    'noeviction-near-limit',
    'one key in a thousand has an expiry',
    'critical',
    contextOf(
      { maxmemoryPolicy: 'volatile-lru', peaks: { countedBytes: { value: 9.9 * GiB } } },
      { samples: healthySamples(() => ({ keys: 1_000_000, expires: 1000 })) },
    ),
  ],
  [
    'noeviction-near-limit',
    'half of the keys have an expiry',
    'not-applicable',
    contextOf(
      { maxmemoryPolicy: 'volatile-lru', peaks: { countedBytes: { value: 9.9 * GiB } } },
      { samples: healthySamples(() => ({ keys: 1_000_000, expires: 500_000 })) },
    ),
  ],
  [
    'noeviction-near-limit',
    'half of the keys have an expiry, and hardly any of the bytes',
    'critical',
    contextOf(
      {
        maxmemoryPolicy: 'volatile-lru',
        peaks: { countedBytes: { value: 9.9 * GiB } },
        keyspace: { sample: sampleWithExpiry(0.04, 0.05) },
      },
      { samples: healthySamples(() => ({ keys: 1_000_000, expires: 500_000 })) },
    ),
  ],
  [
    'noeviction-near-limit',
    'what may be evicted makes room enough',
    'not-applicable',
    contextOf(
      { maxmemoryPolicy: 'volatile-lru', peaks: { countedBytes: { value: 9.9 * GiB } }, keyspace: { sample: sampleWithExpiry(0.3, 0.35) } },
      { samples: healthySamples(() => ({ keys: 1_000_000, expires: 500_000 })) },
    ),
  ],
  ['noeviction-near-limit', 'there is no limit', 'not-applicable', contextOf({ provisioning: { maxmemoryBytes: { current: 0 } } })],

  ['eviction-pressure', 'nothing is evicted', 'clear', contextOf()],
  [
    'eviction-pressure',
    'the turnover is slow',
    'info',
    contextOf({ activity: { evictedKeys: 1000 } }, { samples: healthySamples((i) => ({ keys: 1_000_000, evictedKeys: i * 2 })) }),
  ],
  [
    'eviction-pressure',
    'a tenth of the keys goes each day',
    'warning',
    contextOf({ activity: { evictedKeys: 3_000_000 } }, { samples: healthySamples((i) => ({ keys: 1_000_000, evictedKeys: i * 4200 })) }),
  ],
  [
    'eviction-pressure',
    'nearly every read finds its key all the same',
    'info',
    contextOf(
      { activity: { evictedKeys: 3_000_000, hitRatio: 0.99 } },
      { samples: healthySamples((i) => ({ keys: 1_000_000, evictedKeys: i * 4200, keyspaceHits: i * 99_000, keyspaceMisses: i * 1000 })) },
    ),
  ],
  [
    'eviction-pressure',
    'a handful of reads found theirs, which proves nothing',
    'warning',
    contextOf(
      { activity: { evictedKeys: 3_000_000, hitRatio: 1 } },
      { samples: healthySamples((i) => ({ keys: 1_000_000, evictedKeys: i * 4200, keyspaceHits: i === 0 ? 0 : 50, keyspaceMisses: 0 })) },
    ),
  ],
  [
    'eviction-pressure',
    'eviction cannot keep up, however slow the turnover',
    'warning',
    contextOf(
      { activity: { evictedKeys: 1000 } },
      { samples: healthySamples((i) => ({ keys: 1_000_000, evictionExceededMilliseconds: i * 3_600_000 })) },
    ),
  ],
  [
    'eviction-pressure',
    'memory stands above the limit all the same, however slow the turnover',
    'warning',
    contextOf(
      { activity: { evictedKeys: 1000 } },
      { samples: healthySamples((i) => ({ keys: 1_000_000, evictedKeys: i * 100, usedMemoryBytes: 11 * GiB, maxmemoryBytes: 10 * GiB })) },
    ),
  ],
  ['eviction-pressure', 'the counter is missing', 'not-enough-data', contextOf({ activity: { evictedKeys: undefined } })],

  ['maxmemory-unset', 'there is a limit', 'clear', contextOf()],
  ['maxmemory-unset', 'there is none', 'warning', contextOf({ provisioning: { maxmemoryBytes: { current: 0 } } })],
  [
    'maxmemory-unset',
    'there is none and the machine is nearly full',
    'critical',
    contextOf({ provisioning: { maxmemoryBytes: { current: 0 } }, systemMemory: { ratioPeak: 0.9 } }),
  ],
  [
    'maxmemory-unset',
    'the service does not tell',
    'not-enough-data',
    contextOf(
      { provisioning: { maxmemoryBytes: { current: undefined } } },
      { samples: healthySamples(() => ({ maxmemoryBytes: undefined })) },
    ),
  ],

  ['maxmemory-too-high', 'the machine holds it', 'clear', contextOf()],
  ['maxmemory-too-high', 'the machine does not', 'warning', contextOf({ provisioning: { maxmemoryBytes: { current: 14 * GiB } } })],
  [
    'maxmemory-too-high',
    'nor do the data that are nearly there change that',
    'warning',
    contextOf({ provisioning: { maxmemoryBytes: { current: 14 * GiB } }, peaks: { countedBytes: { value: 10.9 * GiB } } }),
  ],
  [
    'maxmemory-too-high',
    'and resident memory has been over the target',
    'critical',
    contextOf({ provisioning: { maxmemoryBytes: { current: 14 * GiB } }, systemMemory: { ratioPeak: 0.81 } }),
  ],
  [
    'maxmemory-too-high',
    'the machine is not known',
    'not-enough-data',
    contextOf({ provisioning: { maxmemoryBytes: { safeOnPresentMachine: undefined } } }),
  ],

  [
    'maxmemory-too-high',
    'the machine would hold it without the holes',
    'warning',
    contextOf({
      provisioning: { maxmemoryBytes: { current: 11 * GiB, safeOnPresentMachine: 8 * GiB } },
      latest: { usedMemoryRssBytes: 9 * GiB },
      fragmentation: { ...fragmented.fragmentation, recoverableBytes: { activedefrag: 3 * GiB } },
    }),
  ],
  ['maxmemory-too-low', 'it is enough', 'clear', contextOf()],
  [
    'maxmemory-too-low',
    'the projected peak asks for more',
    'info',
    contextOf({ provisioning: { maxmemoryBytes: { recommended: 12 * GiB } } }),
  ],
  ['maxmemory-too-low', 'it asks for a little more', 'clear', contextOf({ provisioning: { maxmemoryBytes: { recommended: 10.9 * GiB } } })],
  [
    'maxmemory-too-low',
    'a peak that nothing grows towards does, and the machine does not even hold the present limit',
    'clear',
    contextOf({
      provisioning: { maxmemoryBytes: { recommended: 12 * GiB, safeOnPresentMachine: 9 * GiB } },
      forecast: { growthBytesPerDay: 0 },
    }),
  ],
  [
    'maxmemory-too-low',
    'and a store is nearly full',
    'warning',
    contextOf({ provisioning: { maxmemoryBytes: { recommended: 12 * GiB } }, peaks: { countedBytes: { value: 9.2 * GiB } } }),
  ],
  [
    'maxmemory-too-low',
    'a replica, which ignores its limit, holds more',
    'warning',
    contextOf(
      { provisioning: { maxmemoryBytes: { recommended: 14 * GiB } }, peaks: { countedBytes: { value: 11 * GiB } } },
      { samples: healthySamples(() => ({ texts: { role: 'slave', maxmemoryPolicy: 'allkeys-lru' } })) },
    ),
  ],

  ['cow-headroom-short', 'nothing forks', 'not-applicable', contextOf()],
  [
    'cow-headroom-short',
    'a fork took the machine over its ceiling',
    'critical',
    contextOf({ persistence: { forks: [{ at: START_AT, kind: 'rdb', cowBytes: 9 * GiB, rssBytes: 6.5 * GiB }] } }),
  ],
  [
    'cow-headroom-short',
    'one at the projected peak would',
    'warning',
    contextOf({
      persistence: { forks: [{ at: START_AT, kind: 'rdb', cowBytes: 1 * GiB, rssBytes: 6.5 * GiB }] },
      provisioning: { forkedBytes: 15.5 * GiB },
    }),
  ],
  [
    'cow-headroom-short',
    'one at the projected peak would, and so would resident memory alone',
    'clear',
    contextOf({
      persistence: { forks: [{ at: START_AT, kind: 'rdb', cowBytes: 1 * GiB, rssBytes: 6.5 * GiB }] },
      provisioning: { forkedBytes: 15.5 * GiB, residentBytes: 14 * GiB },
    }),
  ],
  [
    'cow-headroom-short',
    'there is room',
    'clear',
    contextOf({ persistence: { forks: [{ at: START_AT, kind: 'rdb', cowBytes: 1 * GiB, rssBytes: 6.5 * GiB }] } }),
  ],

  ['huge-pages-suspected', 'nothing forks', 'not-applicable', contextOf()],
  [
    'huge-pages-suspected',
    'a fork copied nearly all and a few keys were written',
    'warning',
    contextOf({ persistence: { forks: [{ at: START_AT, kind: 'rdb', cowBytes: 6 * GiB, rssBytes: 6.5 * GiB, writtenKeys: 60_000 }] } }),
  ],
  [
    'huge-pages-suspected',
    'a fork copied what the writes explain',
    'clear',
    contextOf({ persistence: { forks: [{ at: START_AT, kind: 'rdb', cowBytes: 6 * GiB, rssBytes: 6.5 * GiB, writtenKeys: 6e6 }] } }),
  ],
  [
    'huge-pages-suspected',
    'one in three forks copied more than that',
    'clear',
    contextOf({
      persistence: {
        forks: [0.1, 0.1, 6].map((copied) => ({
          at: START_AT,
          kind: 'rdb',
          cowBytes: copied * GiB,
          rssBytes: 6.5 * GiB,
          writtenKeys: 60_000,
        })),
      },
    }),
  ],
  [
    'huge-pages-suspected',
    'the writes are not known',
    'not-enough-data',
    contextOf({ persistence: { forks: [{ at: START_AT, kind: 'rdb', cowBytes: 6 * GiB, rssBytes: 6.5 * GiB }] } }),
  ],

  ['save-failing', 'the status is not known', 'not-enough-data', contextOf()],
  ['save-failing', 'saves work', 'clear', contextOf({}, { samples: healthySamples(() => ({ texts: { rdbLastBgsaveStatus: 'ok' } })) })],
  [
    'save-failing',
    'they fail',
    'critical',
    contextOf({}, { samples: healthySamples((i) => ({ texts: { rdbLastBgsaveStatus: i < 700 ? 'ok' : 'err' } })) }),
  ],
  [
    'save-failing',
    'they work again',
    'warning',
    contextOf({}, { samples: healthySamples((i) => ({ texts: { aofLastWriteStatus: i === 300 ? 'err' : 'ok' } })) }),
  ],

  ['hash-table-step-ahead', 'no table grows', 'clear', contextOf()],
  ['hash-table-step-ahead', 'one doubles and there is room', 'info', steppedContext([tableStep(1 * GiB, 20)])],
  ...(
    [
      ['6.0.16', GiB / 20, 'warning'],
      ['7.2.4', 0, 'warning'],
      ['7.2.4', GiB / 10, 'info'],
      ['7.2.4', GiB / 2, 'clear'],
      [undefined, 0, 'warning'],
    ] as const
  ).map(
    ([version, growthBytesPerDay, expected]): Case => [
      'hash-table-step-ahead',
      `one is to double without room on Redis ${version ?? 'of no version'}, and data grow by ${Math.round(growthBytesPerDay / MiB)} MiB a day`,
      expected,
      steppedContext([tableStep(5 * GiB, 20)], { forecast: { growthBytesPerDay } }, { engine: { name: 'redis', version } }),
    ],
  ),
  [
    'hash-table-step-ahead',
    'one doubles without room where nothing may be evicted',
    'warning',
    steppedContext([tableStep(5 * GiB, 20)], { maxmemoryPolicy: 'noeviction' }, { engine: { name: 'redis', version: '6.0.16' } }),
  ],
  [
    'hash-table-step-ahead',
    'one doubles without room where keys may be',
    'warning',
    steppedContext(
      [tableStep(5 * GiB, 20)],
      { maxmemoryPolicy: 'allkeys-lru' },
      { samples: healthySamples(() => ({ keys: 1e6 })), engine: { name: 'redis', version: '6.0.16' } },
    ),
  ],
  ['hash-table-step-ahead', 'it is far away', 'clear', steppedContext([tableStep(5 * GiB, 200)])],
  ['hash-table-step-ahead', 'it is small', 'clear', steppedContext([tableStep(16 * MiB, 2)])],
  ['hash-table-step-ahead', 'the keys are not known', 'not-enough-data', contextOf({ keyspace: { databases: [] } })],

  ['used-growth', 'no limit is near', 'clear', contextOf()],
  [
    'used-growth',
    'one can be reached in two months',
    'warning',
    contextOf({ forecast: { growthBytesPerDay: 20 * MiB, daysToSystemTarget: { p90: 60 } } }),
  ],
  [
    'used-growth',
    'one is likely within a month',
    'critical',
    contextOf({ forecast: { growthBytesPerDay: MiB, daysToMaxmemory: { p50: 30, p90: 20 } } }),
  ],
  [
    'used-growth',
    'a peak that was seen is likely to come again, without growth',
    'warning',
    contextOf({ forecast: { growthBytesPerDay: 0, daysToMaxmemory: { p50: 1, p90: 1 } } }),
  ],
  ['used-growth', 'one is likely after a month', 'warning', contextOf({ forecast: { daysToMaxmemory: { p50: 31, p90: 7 } } })],
  [
    'used-growth',
    'a clear trend can reach one within two weeks',
    'critical',
    contextOf({ forecast: { growthBytesPerDay: 50 * MiB, daysToMaxmemory: { p50: 40, p90: 14 } } }),
  ],
  [
    'used-growth',
    'the same of a forecast of low confidence',
    'warning',
    contextOf({ forecast: { growthBytesPerDay: 50 * MiB, confidence: 'low', daysToMaxmemory: { p50: 40, p90: 14 } } }),
  ],
  ['used-growth', 'nothing grows and only a spike could reach one', 'warning', contextOf({ forecast: { daysToMaxmemory: { p90: 7 } } })],
  ['used-growth', 'it is reached already', 'clear', contextOf({ forecast: { daysToMaxmemory: { p50: 0, p90: 0 } } })],
  ['used-growth', 'there is no forecast', 'not-enough-data', contextOf({ forecast: { status: 'refused', reason: 'too-few-days' } })],
  ['used-growth', 'a cache is held at its limit', 'not-applicable', contextOf({ forecast: { status: 'flat', reason: 'at-maxmemory' } })],

  ['external-fragmentation', 'it is the diagnosis', 'warning', contextOf(fragmented)],
  [
    'external-fragmentation',
    'it is one of two explanations',
    'info',
    contextOf({ fragmentation: { diagnosis: 'retained-after-peak', also: ['external-fragmentation'] } }),
  ],
  [
    'external-fragmentation',
    'the allocator tells nothing',
    'not-applicable',
    contextOf({ fragmentation: { diagnosis: 'unknown-allocator' } }),
  ],
  ['external-fragmentation', 'the figures are missing', 'not-enough-data', contextOf({ fragmentation: { diagnosis: 'not-enough-data' } })],
  ['rss-retained-after-peak', 'it is the diagnosis', 'info', contextOf({ fragmentation: { diagnosis: 'retained-after-peak' } })],
  ['resident-unused', 'it is the diagnosis', 'info', contextOf({ fragmentation: { diagnosis: 'resident-unused' } })],
  ['process-overhead-high', 'it is the diagnosis', 'info', contextOf({ fragmentation: { diagnosis: 'process-overhead' } })],

  ['activedefrag-unsupported', 'nothing is fragmented', 'not-applicable', contextOf()],
  [
    'activedefrag-unsupported',
    'it would help and cannot run',
    'warning',
    contextOf({ fragmentation: { ...fragmented.fragmentation, activedefrag: { supported: 'no' } } }),
  ],
  ['activedefrag-unsupported', 'it would help and may run', 'not-enough-data', contextOf(fragmented)],

  ['activedefrag-not-needed', 'it is off', 'clear', contextOf({ fragmentation: { activedefrag: { enabled: 'no' } } })],
  ['activedefrag-not-needed', 'it is on and never had to run', 'info', contextOf({ fragmentation: { activedefrag: { enabled: 'yes' } } })],
  [
    'activedefrag-not-needed',
    'it is on and keeps waste low',
    'clear',
    contextOf(
      { fragmentation: { activedefrag: { enabled: 'yes' } } },
      { samples: healthySamples((i) => ({ activeDefragRunningPercent: i === 5 ? 3 : 0 })) },
    ),
  ],
  [
    'activedefrag-not-needed',
    'nobody knows, and it never ran',
    'clear',
    contextOf({}, { samples: healthySamples(() => ({ activeDefragRunningPercent: 0 })) }),
  ],
  ['activedefrag-not-needed', 'nobody knows', 'not-enough-data', contextOf()],

  ['activedefrag-ineffective', 'it never ran', 'not-applicable', contextOf({}, { samples: defragSamples(0, 0, 2 * GiB) })],
  [
    'activedefrag-ineffective',
    'it moves next to nothing and waste stays',
    'warning',
    contextOf({}, { samples: defragSamples(3, 1, 2 * GiB) }),
  ],
  ['activedefrag-ineffective', 'it moves a lot', 'clear', contextOf({}, { samples: defragSamples(3, 500, 2 * GiB) })],
  ['activedefrag-ineffective', 'waste fell', 'clear', contextOf({}, { samples: defragSamples(3, 1, 0.2 * GiB) })],

  ['defrag-crash-version', 'the release is sound', 'clear', contextOf()],
  ['defrag-crash-version', 'it is defective and off', 'not-applicable', contextOf({}, { engine: { name: 'redis', version: '8.0.2' } })],
  [
    'defrag-crash-version',
    'it is defective and on',
    'critical',
    contextOf({ fragmentation: { activedefrag: { enabled: 'yes' } } }, { engine: { name: 'redis', version: '7.4.5' } }),
  ],
  [
    'defrag-crash-version',
    'it is defective and would help',
    'warning',
    contextOf(fragmented, { engine: { name: 'redis', version: '8.2.1' } }),
  ],
  ['defrag-crash-version', 'the fix is in', 'clear', contextOf(fragmented, { engine: { name: 'redis', version: '7.4.6' } })],
  ['defrag-crash-version', 'it is Valkey', 'not-applicable', contextOf({}, { engine: { name: 'valkey', version: '8.1.1' } })],

  [
    'replica-buffer-risk',
    'there are no replicas',
    'not-applicable',
    contextOf({}, { samples: healthySamples(() => ({ connectedReplicas: 0, notCountedBytes: 0 })) }),
  ],
  ['replica-buffer-risk', 'the figure is missing', 'not-enough-data', contextOf()],
  [
    'replica-buffer-risk',
    'buffers are small',
    'clear',
    contextOf({}, { samples: healthySamples(() => ({ connectedReplicas: 1, notCountedBytes: 20 * MiB })) }),
  ],
  [
    'replica-buffer-risk',
    'one replica lagged badly',
    'warning',
    contextOf({}, { samples: healthySamples((i) => ({ connectedReplicas: 1, notCountedBytes: i === 9 ? 900 * MiB : MiB })) }),
  ],

  ['backlog-too-small', 'it covers hours', 'clear', contextOf({}, { samples: backlogSamples(1000, 0) })],
  ['backlog-too-small', 'it covers seconds', 'info', contextOf({}, { samples: backlogSamples(1 * MiB, 0) })],
  ['backlog-too-small', 'and replicas had to copy everything', 'warning', contextOf({}, { samples: backlogSamples(1 * MiB, 1) })],

  [
    'client-memory-high',
    'clients take little',
    'clear',
    contextOf({}, { samples: healthySamples(() => ({ normalClientBytes: 30 * MiB })) }),
  ],
  [
    'client-memory-high',
    'they take a sixth',
    'warning',
    contextOf({}, { samples: healthySamples((i) => ({ normalClientBytes: i === 7 ? 1 * GiB : MiB })) }),
  ],
  ...(['normalClients', 'dataset'] as const).map(
    (part): Case => [
      'client-memory-high',
      `they take a twentieth, and the peak was made by ${part}`,
      part === 'normalClients' ? 'warning' : 'clear',
      contextOf(
        {
          peaks: {
            cause: {
              kind: 'rise',
              usualBytes: 5.5 * GiB,
              overBytes: 300 * MiB,
              parts: [{ part, bytes: 310 * MiB, baseBytes: 10 * MiB, overBytes: 300 * MiB, share: 1 }],
            },
          },
        },
        { samples: healthySamples((i) => ({ normalClientBytes: i === 7 ? 300 * MiB : 10 * MiB })) },
      ),
    ],
  ),

  ['maxclients-near', 'there is room', 'clear', contextOf({ activity: { connectedClientsMax: 500, maxclients: 10_000 } })],
  ['maxclients-near', 'it is nearly used up', 'warning', contextOf({ activity: { connectedClientsMax: 9000, maxclients: 10_000 } })],
  [
    'maxclients-near',
    'connections were refused',
    'critical',
    contextOf({ activity: { connectedClientsMax: 10_000, maxclients: 10_000, rejectedConnections: 4 } }),
  ],
  ['maxclients-near', 'the limit is not known', 'not-enough-data', contextOf({ activity: { connectedClientsMax: 500 } })],

  ['cpu-single-thread-near', 'it is idle', 'clear', contextOf()],
  ['cpu-single-thread-near', 'it is busy', 'warning', contextOf({ activity: { mainThreadCpuMax: 1, mainThreadCpuBusiestHour: 0.85 } })],
  [
    'cpu-single-thread-near',
    'it is at its end',
    'critical',
    contextOf({ activity: { mainThreadCpuMax: 1, mainThreadCpuBusiestHour: 0.99 } }),
  ],
  [
    'cpu-single-thread-near',
    'it was busy for a moment only',
    'clear',
    contextOf({ activity: { mainThreadCpuMax: 1, mainThreadCpuBusiestHour: 0.3 } }),
  ],
  ['cpu-single-thread-near', 'it was busy in a recording of seconds', 'not-enough-data', contextOf({ activity: { mainThreadCpuMax: 1 } })],
  ['cpu-single-thread-near', 'nobody knows', 'not-enough-data', contextOf({ activity: { mainThreadCpuMax: undefined } })],

  ['network-near', 'the bandwidth is not known', 'not-enough-data', contextOf({ activity: { netOutputBytesPerSecondMax: 1e9 } })],
  ['network-near', 'there is room', 'clear', contextOf({ activity: { netOutputBytesPerSecondMax: 10e6 } }, { instance: ELASTICACHE })],
  [
    'network-near',
    'it is nearly used up',
    'warning',
    contextOf({ activity: { netOutputBytesPerSecondMax: 90e6 } }, { instance: ELASTICACHE }),
  ],

  ['hit-ratio-falling', 'it is steady', 'clear', contextOf({}, { samples: hitSamples(0.9, 0.9) })],
  ['hit-ratio-falling', 'it falls without evictions', 'info', contextOf({}, { samples: hitSamples(0.9, 0.7) })],
  [
    'hit-ratio-falling',
    'it falls with evictions',
    'warning',
    contextOf({ activity: { evictedKeys: 5 } }, { samples: hitSamples(0.9, 0.7) }),
  ],

  [
    'eviction-pressure',
    'most keys went at once',
    'warning',
    contextOf(
      { activity: { evictedKeys: 60_000 } },
      { samples: healthySamples((i) => ({ keys: 500_000, evictedKeys: i < 400 ? 0 : 55_000 + Math.min(5000, i - 400) })) },
    ),
  ],
  [
    'oversized',
    'only the host is known',
    'not-enough-data',
    contextOf({ provisioning: { memoryNeededBytes: 7 * GiB }, systemMemory: { source: 'info' } }),
  ],
  ['oversized', 'most of it is needed', 'clear', contextOf()],
  ['oversized', 'less than half is', 'info', contextOf({ provisioning: { memoryNeededBytes: 7 * GiB } })],
  [
    'oversized',
    'less than half is, as far as six days tell',
    'not-enough-data',
    contextOf({ provisioning: { memoryNeededBytes: 7 * GiB } }, { samples: healthySamples().slice(0, 6 * 24) }),
  ],
  [
    'oversized',
    'the machine is as small as they are sold',
    'clear',
    contextOf({ provisioning: { memoryNeededBytes: 30 * MiB }, systemMemory: { totalBytes: GiB } }),
  ],
  ['oversized', 'a smaller instance would cost less', 'info', smallerInstance(0.05)],
  ['oversized', 'a smaller instance would cost as much', 'clear', smallerInstance(0.1)],
  [
    'oversized',
    'writes were refused, so that the demand is not known',
    'not-enough-data',
    contextOf({ provisioning: { memoryNeededBytes: 7 * GiB } }, { samples: healthySamples((i) => ({ oomErrors: i })) }),
  ],
  [
    'oversized',
    'data grow by a fifth in a month of which a week is seen',
    'not-enough-data',
    contextOf({ provisioning: { memoryNeededBytes: 7 * GiB }, forecast: { horizonDays: 7, growthBytesPerDay: 40 * MiB } }),
  ],
  [
    'oversized',
    'holes grow by a fifth of the data in a month of which a week is seen',
    'not-enough-data',
    contextOf({
      provisioning: { memoryNeededBytes: 7 * GiB },
      forecast: { horizonDays: 7 },
      fragmentation: { trend: { significant: true, bytesPerDay: 40 * MiB } },
    }),
  ],
  [
    'oversized',
    'resident memory may fill the present machine',
    'clear',
    contextOf({ provisioning: { memoryNeededBytes: 7 * GiB }, forecast: { daysToSystemTarget: { p90: 60 } } }),
  ],
  [
    'oversized',
    'a cache is too small for its load, and could use the rest',
    'not-applicable',
    contextOf(
      { provisioning: { memoryNeededBytes: 7 * GiB }, activity: { evictedKeys: 3_000_000 } },
      { samples: healthySamples((i) => ({ keys: 1_000_000, evictedKeys: i * 4200 })) },
    ),
  ],
  [
    'oversized',
    'there is no forecast',
    'not-enough-data',
    contextOf({ forecast: { status: 'refused' }, provisioning: { memoryNeededBytes: 7 * GiB } }),
  ],
  [
    'oversized',
    'the instance is to be kept',
    'clear',
    contextOf({ provisioning: { memoryNeededBytes: 7 * GiB, instance: { direction: 'keep' } } }),
  ],

  ['shard-skew', 'the node is alone', 'not-applicable', contextOf()],
  [
    'shard-skew',
    'it is the hottest by far',
    'warning',
    contextOf({}, { group: { kind: 'cluster', nodeIds: ['node-1', 'b'], hottestNodeId: 'node-1', skew: 1.6 } }),
  ],
  [
    'shard-skew',
    'another one is the hottest',
    'clear',
    contextOf({}, { group: { kind: 'cluster', nodeIds: ['node-1', 'b'], hottestNodeId: 'b', skew: 1.6 } }),
  ],

  ['failover-unsafe', 'the node is alone', 'not-applicable', contextOf()],
  [
    'failover-unsafe',
    'the replica of this primary holds',
    'clear',
    failoverContext({ primaryId: 'node-1', replicaId: 'b', verdict: 'holds' }),
  ],
  [
    'failover-unsafe',
    'it is the replica, on a smaller machine',
    'critical',
    failoverContext({ primaryId: 'b', replicaId: 'node-1', verdict: 'short', shortIn: ['machine'] }),
  ],
  [
    'failover-unsafe',
    'it is the replica, a cache with a lower limit',
    'warning',
    failoverContext({ primaryId: 'b', replicaId: 'node-1', verdict: 'short', shortIn: ['maxmemory'] }, { maxmemoryPolicy: 'allkeys-lru' }),
  ],
  [
    'failover-unsafe',
    'the primary of a store has no replica',
    'warning',
    failoverContext({ primaryId: 'node-1', verdict: 'data-lost' }, { maxmemoryPolicy: 'noeviction' }),
  ],
  [
    'failover-unsafe',
    'the primary of a cache has no replica',
    'info',
    failoverContext({ primaryId: 'node-1', verdict: 'data-lost' }, { maxmemoryPolicy: 'allkeys-lru' }),
  ],
  [
    'failover-unsafe',
    'replicas were not read',
    'not-enough-data',
    failoverContext({ primaryId: 'node-1', verdict: 'unknown', reason: 'replica-not-read' }),
  ],

  ['lifetime-peak-outside-window', 'there was none', 'clear', contextOf()],
  ['lifetime-peak-outside-window', 'there was one', 'info', contextOf({ peaks: { lifetimeUsedMemoryBytes: 9 * GiB } })],

  ['engine-end-of-life', 'it is maintained', 'clear', contextOf()],
  ['engine-end-of-life', 'it is 6.0', 'info', contextOf({}, { engine: { name: 'redis', version: '6.0.16' } })],
  ['engine-end-of-life', 'it is 7.0', 'info', contextOf({}, { engine: { name: 'redis', version: '7.0.15' } })],
  ['engine-end-of-life', 'it is 6.2', 'clear', contextOf({}, { engine: { name: 'redis', version: '6.2.16' } })],
  [
    'engine-end-of-life',
    'the provider keeps it',
    'not-applicable',
    contextOf({}, { engine: { name: 'redis', version: '6.0.5' }, instance: ELASTICACHE }),
  ],
  ['engine-end-of-life', 'the version is not known', 'not-enough-data', contextOf({}, { engine: { name: 'redis', version: undefined } })],

  ['script-cache-high', 'the input tells nothing of scripts', 'not-enough-data', contextOf()],
  ['script-cache-high', 'there are a few', 'clear', contextOf({}, { samples: scriptSamples(MiB, 3) })],
  ['script-cache-high', 'there are many small ones', 'info', contextOf({}, { samples: scriptSamples(MiB, 1001) })],
  ['script-cache-high', 'they take a tenth of the memory', 'warning', contextOf({}, { samples: scriptSamples(600 * MiB, 90_000) })],
  [
    'script-cache-high',
    'the cache is small and thousands were evicted from it',
    'info',
    contextOf({}, { samples: healthySamples((i) => ({ scriptCacheBytes: MiB, cachedScripts: 500, evictedScripts: i * 10 })) }),
  ],
  [
    'script-cache-high',
    'the heap took a tenth of what is used',
    'warning',
    contextOf(
      {},
      {
        samples: healthySamples(() => ({ scriptCacheBytes: MiB, cachedScripts: 3, luaVmBytes: 600 * MiB })),
        engine: { name: 'redis', version: '8.0.2' },
      },
    ),
  ],
  ['script-cache-high', 'one keeps much', 'warning', contextOf({}, { samples: scriptSamples(600 * MiB, 1) })],
  ['machine-memory-doubtful', 'the machine is not known', 'not-enough-data', contextOf({ systemMemory: { totalBytes: undefined } })],
  [
    'machine-memory-doubtful',
    'the figures agree but for what the kernel keeps',
    'clear',
    contextOf({ systemMemory: { figures: machine(['option', 16], ['container', 16], ['info', 15.3]) } }),
  ],
  ['machine-memory-doubtful', 'more was resident', 'warning', contextOf({ systemMemory: { ratioPeak: 1.02 } })],
  [
    'machine-memory-doubtful',
    'its container may use less',
    'warning',
    contextOf({ systemMemory: { figures: machine(['option', 16], ['container', 8]) } }),
  ],
  [
    'machine-memory-doubtful',
    'the server sees less',
    'info',
    contextOf({ systemMemory: { figures: machine(['option', 16], ['info', 8]) } }),
  ],
  [
    'machine-memory-doubtful',
    'the server sees more: it runs in a container',
    'clear',
    contextOf({ systemMemory: { figures: machine(['option', 16], ['info', 64]) } }),
  ],
  [
    'machine-memory-doubtful',
    'its container is larger than the host',
    'info',
    contextOf({ systemMemory: { source: 'info', figures: machine(['info', 16], ['container', 32]) } }),
  ],
  [
    'machine-memory-doubtful',
    'the container was resized',
    'info',
    contextOf({ systemMemory: { source: 'container', changes: [{ at: START_AT + DAY, bytes: 16 * GiB }], initialBytes: 8 * GiB } }),
  ],
  ['data-old', 'the report is made on the next day', 'clear', contextOf({ quality: { ageSeconds: 86_400 } })],
  ['data-old', 'the data end a month before', 'info', contextOf({ quality: { ageSeconds: 30 * 86_400 } })],
  [
    'data-old',
    'the next sample of a coarse history is hardly due',
    'clear',
    contextOf({ quality: { ageSeconds: 10 * 86_400, intervalSeconds: 6 * 86_400 } }),
  ],
  ['data-old', 'the times of samples are not known', 'not-enough-data', contextOf()],
  ['averaged-input', 'the input holds maxima', 'clear', contextOf()],
  ['averaged-input', 'it holds averages', 'warning', contextOf({ quality: { averaged: true } })],
  ['gaps', 'there are none', 'clear', contextOf()],
  ['gaps', 'there is a short one', 'info', contextOf({ quality: { gapCount: 1, gapSeconds: 7200 } })],
  ['gaps', 'much is missing', 'warning', contextOf({ quality: { gapCount: 9, gapSeconds: 10 * 86_400 } })],
  ['gaps', 'there is one sample', 'not-enough-data', contextOf({ quality: { samples: 1, spanSeconds: 0 } })],
  ['short-history', 'a month is enough', 'clear', contextOf()],
  ['short-history', 'a week is short', 'info', contextOf({ quality: { spanSeconds: 7 * 86_400 } })],
  [
    'short-history',
    'the forecast was refused',
    'warning',
    contextOf({ quality: { spanSeconds: 86_400 }, forecast: { status: 'refused', reason: 'history-too-short', neededDays: 3 } }),
  ],
  ['restarts', 'there were none', 'clear', contextOf()],
  ['restarts', 'there was one', 'info', contextOf({ quality: { restarts: [{ at: START_AT + DAY, reason: 'run-id' }] } })],
  [
    'restarts',
    'a store came back without its data',
    'warning',
    contextOf(
      { quality: { restarts: [{ at: START_AT + 300 * 3_600_000, reason: 'run-id' }] } },
      { samples: healthySamples((i) => ({ processId: i < 300 ? 1 : 2, usedMemoryBytes: i < 300 ? 5.8 * GiB : i * MiB })) },
    ),
  ],
  [
    'restarts',
    'a cache came back empty',
    'info',
    contextOf(
      { quality: { restarts: [{ at: START_AT + 300 * 3_600_000, reason: 'run-id' }] }, maxmemoryPolicy: 'allkeys-lru' },
      {
        samples: healthySamples((i) => ({
          processId: i < 300 ? 1 : 2,
          usedMemoryBytes: i < 300 ? 5.8 * GiB : i * MiB,
          texts: { redisVersion: '7.2.4', maxmemoryPolicy: 'allkeys-lru' },
        })),
      },
    ),
  ],
  [
    'restarts',
    'it restarts every other day',
    'warning',
    contextOf({ quality: { restarts: Array.from({ length: 15 }, (_, i) => ({ at: START_AT + 2 * i * DAY, reason: 'run-id' })) } }),
  ],
  ['definition-change', 'there was no upgrade', 'clear', contextOf()],
  ['definition-change', 'a patch release came', 'clear', contextOf({ quality: { restarts: [upgrade('7.2.4', '7.2.5')] } })],
  ['definition-change', 'Redis went from 7.2 to 8.0', 'info', contextOf({ quality: { restarts: [upgrade('7.2.4', '8.0.2')] } })],
  ['definition-change', 'Valkey went from 7.2 to 8.1', 'info', contextOf({ quality: { restarts: [upgrade('7.2.5', '8.1.1')] } })],
];

/** A doubling that takes `allocatedBytes`. */
export function tableStep(allocatedBytes: number, daysUntil: number) {
  return {
    database: 0,
    table: 'keys',
    entries: 900,
    threshold: 1024,
    daysUntil,
    allocatedBytes,
    permanentBytes: allocatedBytes / 2,
    transientBytes: allocatedBytes / 2,
  } as const;
}

/** The healthy node with those doublings ahead. */
export function steppedContext(
  steps: readonly HashTableStep[],
  changes: Parameters<typeof contextOf>[0] = {},
  rest: Parameters<typeof contextOf>[1] = {},
): FindingContext {
  const context = contextOf(changes, rest);
  const placed = placeBelowLimit(steps, context.history, context.engine, context.node);
  return { ...context, node: { ...context.node, keyspace: { ...context.node.keyspace, steps: placed } } };
}

function scriptSamples(cacheBytes: number, scripts: number) {
  return healthySamples(() => ({ scriptCacheBytes: cacheBytes, luaVmBytes: MiB, cachedScripts: scripts }));
}

/** Figures of the memory of a machine, in GiB. */
function machine(...figures: ['option' | 'container' | 'info', number][]) {
  return figures.map(([source, gib]) => ({ source, bytes: gib * GiB }));
}

function upgrade(fromVersion: string, toVersion: string) {
  return { at: START_AT + DAY, reason: 'run-id', fromVersion, toVersion };
}

/** `hits` moved of each thousand looked at while it runs; 2 GiB of holes at first, `wasteAtEnd` at the end. */
function defragSamples(running: number, hits: number, wasteAtEnd: number) {
  return healthySamples((i) => ({
    activeDefragRunningPercent: running,
    activeDefragHits: i * hits,
    activeDefragMisses: i * (1000 - hits),
    allocatorAllocatedBytes: 6 * GiB,
    allocatorActiveBytes: 6 * GiB + (i < 719 ? 2 * GiB : wasteAtEnd),
  }));
}

/** A primary with a 10 MiB backlog that is written to at this rate. */
export function backlogSamples(bytesPerSecond: number, failuresPerDay: number) {
  return healthySamples((i) => ({
    connectedReplicas: 1,
    replBacklogSizeBytes: 10 * MiB,
    masterReplOffsetBytes: i * 3600 * bytesPerSecond,
    partialSyncFailures: Math.floor((i / 24) * failuresPerDay),
  }));
}

/** The healthy node on an instance of 0.1 USD an hour, where half as large a one at this price would do. */
function smallerInstance(priceUsdHour: number): FindingContext {
  const choice = { provider: 'aws', offering: 'elasticache-redis', rule: 'target-ratio', shards: 1, source: 's' } as const;
  const current = { ...choice, name: 'large', memoryBytes: 16 * GiB, usableBytes: 12 * GiB, priceUsdHour: 0.1 };
  const recommended = { ...choice, name: 'medium', memoryBytes: 8 * GiB, usableBytes: 6 * GiB, priceUsdHour };
  return contextOf({ provisioning: { memoryNeededBytes: 7 * GiB, instance: { current, recommended, direction: 'down' } } });
}

function hitSamples(before: number, after: number) {
  let hits = 0;
  let misses = 0;
  return healthySamples((i) => {
    const ratio = i < 360 ? before : after;
    hits += 1000 * ratio;
    misses += 1000 * (1 - ratio);
    return { keyspaceHits: hits, keyspaceMisses: misses };
  });
}
