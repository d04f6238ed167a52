import { describe, expect, it } from 'vitest';
import { findPeaks } from '../../src/analysis/peaks.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import type { MetricId } from '../../src/model/metrics.ts';
import { buildNodeHistory, sampleEvery } from '../helpers/node-history.ts';

const COUNT = 6 * 144;
type Change = Partial<Record<MetricId, number>>;

/** Six days of ten-minute samples of 4 GiB; `change` is what sample 500 holds beside the usual. */
function historyOf(change: Change, usualAt: (i: number) => Change = () => ({})) {
  return buildNodeHistory(
    sampleEvery(600, COUNT, (i) => {
      const usual = usualAt(i);
      const extra: Change = i === 500 ? change : {};
      const of = (id: MetricId, base: number) => base + (usual[id] ?? 0) + (extra[id] ?? 0);
      const parts = {
        usedMemoryDatasetBytes: of('usedMemoryDatasetBytes', 3.5 * GiB),
        normalClientBytes: of('normalClientBytes', 10 * MiB),
        replicaClientBytes: of('replicaClientBytes', 0),
        scriptCacheBytes: of('scriptCacheBytes', MiB),
        aofBufferBytes: of('aofBufferBytes', 0),
        clusterLinkBytes: of('clusterLinkBytes', 0),
        fullSyncBufferBytes: of('fullSyncBufferBytes', 0),
        slotMigrationOutputBytes: of('slotMigrationOutputBytes', 0),
        slotMigrationInputBytes: of('slotMigrationInputBytes', 0),
        usedMemoryStartupBytes: MiB,
      };
      const tables = of('rehashingBytes', 500 * MiB);
      const overhead = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) - parts.usedMemoryDatasetBytes + tables;
      return {
        ...parts,
        usedMemoryOverheadBytes: overhead,
        usedMemoryBytes: overhead + parts.usedMemoryDatasetBytes,
        lazyfreePendingObjects: of('lazyfreePendingObjects', 0),
      };
    }),
  );
}

const causeOf = (change: Change, usualAt?: (i: number) => Change) => findPeaks(historyOf(change, usualAt)).cause;

describe('what made the peak', () => {
  it.each([
    ['dataset', 'usedMemoryDatasetBytes'],
    ['normalClients', 'normalClientBytes'],
    ['replicaClients', 'replicaClientBytes'],
    ['scripts', 'scriptCacheBytes'],
    ['aofBuffer', 'aofBufferBytes'],
    ['clusterLinks', 'clusterLinkBytes'],
    ['fullSyncBuffer', 'fullSyncBufferBytes'],
    ['slotMigrationOutput', 'slotMigrationOutputBytes'],
    ['slotMigrationInput', 'slotMigrationInputBytes'],
    ['hashTables', 'rehashingBytes'],
  ] as const)('is %s where that rose', (part, id) => {
    const cause = causeOf({ [id]: GiB });
    expect(cause).toMatchObject({ kind: 'rise', overBytes: GiB, parts: [{ part, overBytes: GiB }] });
  });

  it('is told by the parts from a tenth of the rise on, the most first', () => {
    const cause = causeOf({ usedMemoryDatasetBytes: 600 * MiB, normalClientBytes: 350 * MiB, aofBufferBytes: 50 * MiB });
    expect(cause?.parts).toEqual([
      { part: 'dataset', bytes: 3.5 * GiB + 600 * MiB, baseBytes: 3.5 * GiB, overBytes: 600 * MiB, share: 0.6 },
      { part: 'normalClients', bytes: 360 * MiB, baseBytes: 10 * MiB, overBytes: 350 * MiB, share: 0.35 },
    ]);
  });

  it('is compared with the day around it, so that weeks of growth are no rise of an instant', () => {
    const grown = causeOf({ normalClientBytes: GiB }, (i) => ({ usedMemoryDatasetBytes: i * 2 * MiB }));
    expect(grown).toMatchObject({ kind: 'rise', parts: [{ part: 'normalClients', overBytes: GiB }] });
    expect(grown?.usualBytes).toBeGreaterThan(4.9 * GiB);
  });

  it('is growth where it is the end of it, compared with its beginning', () => {
    const growing = causeOf({}, (i) => ({ usedMemoryDatasetBytes: i * MiB }));
    expect(growing).toMatchObject({ kind: 'growth', parts: [{ part: 'dataset', share: 1 }] });
    expect(growing?.overBytes).toBeGreaterThan(0.9 * COUNT * MiB);
    const leaking = causeOf({}, (i) => ({ normalClientBytes: i * MiB }));
    expect(leaking, 'of client buffers as well').toMatchObject({ kind: 'growth', parts: [{ part: 'normalClients' }] });
    const fast = buildNodeHistory(
      sampleEvery(60, 300, (i) => ({ usedMemoryBytes: GiB + i * 10 * MiB, usedMemoryDatasetBytes: GiB + i * 10 * MiB })),
    );
    expect(findPeaks(fast).cause, 'within hours').toMatchObject({ kind: 'growth', parts: [{ part: 'dataset' }] });
    const bare = buildNodeHistory(sampleEvery(600, COUNT, (i) => ({ usedMemoryBytes: GiB + i * MiB })));
    expect(findPeaks(bare).cause, 'of what, is not told').toMatchObject({ kind: 'growth', parts: [] });
  });

  it.each<[string, (i: number) => Change]>([
    ['it was as high before', (i) => ({ usedMemoryDatasetBytes: (i < 200 ? 1 : i < 600 ? 0 : 1) * GiB })],
    ['it has fallen since', (i) => ({ usedMemoryDatasetBytes: (i < 450 || i > 700 ? 0 : 1) * GiB })],
  ])('is no growth where %s', (_why, usualAt) => {
    expect(causeOf({}, usualAt)?.kind).not.toBe('growth');
  });

  it('is no growth where a burst of buffers stands on it', () => {
    const rows = (i: number) => ({ usedMemoryDatasetBytes: i * MiB, normalClientBytes: i >= COUNT - 3 ? 2 * GiB : 0 });
    expect(causeOf({}, rows)).toMatchObject({ kind: 'rise', parts: [{ part: 'normalClients' }] });
  });

  it('names the old tables that are still held, within the tables', () => {
    const history = buildNodeHistory(
      sampleEvery(600, COUNT, (i) => {
        const old = i === 500 ? 512 * MiB : 0;
        const tables = 512 * MiB + 3 * old;
        return {
          usedMemoryBytes: 4 * GiB + MiB + tables,
          usedMemoryDatasetBytes: 4 * GiB,
          usedMemoryStartupBytes: MiB,
          usedMemoryOverheadBytes: MiB + tables,
          rehashingBytes: old,
        };
      }),
    );
    expect(findPeaks(history).cause).toMatchObject({
      kind: 'rise',
      parts: [{ part: 'hashTables', overBytes: 1.5 * GiB, share: 1 }],
      oldTableBytes: 512 * MiB,
    });
  });

  it('is a wave of data where the days have one', () => {
    const wave = (i: number) => ({ usedMemoryDatasetBytes: GiB * Math.max(0, Math.sin((i / 144) * 2 * Math.PI)) });
    expect(causeOf({ usedMemoryDatasetBytes: MiB }, wave)).toMatchObject({ kind: 'rise', parts: [{ part: 'dataset' }] });
  });

  it('does not stand out where it is a little above the usual', () => {
    expect(causeOf({ normalClientBytes: 100 * MiB })).toMatchObject({ kind: 'level', overBytes: 100 * MiB });
  });

  describe('a burst of data before Redis 7.0', () => {
    // As Redis 6.0.16 told 90 MB of commands that a MULTI queued, beside 95,036 keys: not one byte of it among the clients.
    const queued = { usedMemoryDatasetBytes: 103_424_848, normalClientBytes: 20_512 };
    const causeFor = (version: string | undefined, { high = [40], keysThen = 95_036, hasKeys = true } = {}) => {
      const samples = sampleEvery(60, 80, (i) => {
        const extra = high.includes(i) ? queued : { usedMemoryDatasetBytes: 0, normalClientBytes: 0 };
        const keys = high.includes(i) ? keysThen : 95_036;
        const usedMemoryDatasetBytes = 23_634_544 + extra.usedMemoryDatasetBytes;
        return {
          usedMemoryDatasetBytes,
          normalClientBytes: extra.normalClientBytes,
          usedMemoryBytes: 5_653_248 + usedMemoryDatasetBytes + extra.normalClientBytes,
          ...(hasKeys ? { keys } : {}),
        };
      });
      return findPeaks(buildNodeHistory(samples), { name: version === undefined ? 'keydb' : 'redis', version }).cause;
    };
    const minutes = (count: number) => Array.from({ length: count }, (_, i) => 30 + i);

    it('may be commands that MULTI queues, where the keys did not follow', () => {
      for (const version of ['6.0.16', '6.2.14', undefined]) {
        expect(causeFor(version)).toMatchObject({ kind: 'rise', parts: [{ part: 'dataset' }], mayBeQueued: true });
      }
      expect(causeFor('6.0.16', { high: minutes(8) })?.mayBeQueued).toBe(true);
    });

    it.each([
      ['from 7.0 on, which counts them with the clients', '7.0.15', {}],
      ['where keys came and went with it', '6.0.16', { keysThen: 500_000 }],
      ['where the keys are not told', '6.0.16', { hasKeys: false }],
      ['where it lasted', '6.0.16', { high: minutes(15) }],
    ] as const)('is data %s', (_when, version, options) => {
      const cause = causeFor(version, { ...options, ...('high' in options ? { high: [...options.high] } : {}) });
      expect(cause).toMatchObject({ kind: 'rise', parts: [{ part: 'dataset' }] });
      expect(cause).not.toHaveProperty('mayBeQueued');
    });
  });

  it('names what waited to be freed', () => {
    expect(causeOf({ usedMemoryDatasetBytes: GiB, lazyfreePendingObjects: 5e6 })).toMatchObject({ lazyfreeObjects: 5e6 });
    expect(causeOf({ usedMemoryDatasetBytes: GiB })).not.toHaveProperty('lazyfreeObjects');
  });

  it('is not known where the peak fell between two samples, and is where only a little of it did', () => {
    const withPeak = (overBytes: number) => {
      const peaks = findPeaks(
        buildNodeHistory(
          sampleEvery(600, COUNT, (i) => ({
            usedMemoryBytes: 4 * GiB + (i === 500 ? GiB : 0),
            usedMemoryDatasetBytes: 4 * GiB,
            normalClientBytes: i === 500 ? GiB : 0,
            usedMemoryPeakBytes: i < 500 ? 4 * GiB : 5 * GiB + (i > 500 ? overBytes : 0),
          })),
        ),
      );
      expect(peaks.usedMemoryBytes?.recovered).toBe(true);
      return peaks.cause;
    };
    expect(withPeak(2 * GiB)).toBeUndefined();
    expect(withPeak(10 * MiB)).toMatchObject({ kind: 'rise', parts: [{ part: 'normalClients' }] });
  });

  it('is left open where no part explains the rise, and where parts are not told', () => {
    const history = buildNodeHistory(
      sampleEvery(600, COUNT, (i) => ({ usedMemoryBytes: 4 * GiB + (i === 500 ? GiB : 0), normalClientBytes: MiB })),
    );
    expect(findPeaks(history).cause).toMatchObject({ kind: 'rise', parts: [{ part: 'other', overBytes: GiB }] });
    const bare = buildNodeHistory(sampleEvery(600, COUNT, (i) => ({ usedMemoryBytes: 4 * GiB + (i === 500 ? GiB : 0) })));
    expect(findPeaks(bare).cause).toBeUndefined();
    expect(findPeaks(buildNodeHistory(sampleEvery(600, 2, () => ({ usedMemoryBytes: GiB })))).cause).toBeUndefined();
  });
});

describe('the lives of a node', () => {
  it('have a peak each, with spikes between samples', () => {
    const history = buildNodeHistory(
      sampleEvery(600, 30, (i) => ({
        usedMemoryBytes: (i < 10 ? 4 : 2) * GiB,
        usedMemoryPeakBytes: (i < 10 ? 4 : i < 20 ? 2 : 3) * GiB,
        uptimeSeconds: 60 + 600 * (i < 10 ? i : i - 10),
        texts: { redisVersion: i < 10 ? '7.0.15' : '8.0.2' },
      })),
    );
    expect(findPeaks(history).lives).toMatchObject([
      { samples: 10, version: '7.0.15', usedMemoryBytes: { value: 4 * GiB, recovered: false } },
      { samples: 20, version: '8.0.2', usedMemoryBytes: { value: 3 * GiB, recovered: true } },
    ]);
    expect(findPeaks(buildNodeHistory(sampleEvery(600, 3, () => ({ usedMemoryBytes: GiB }))))).not.toHaveProperty('lives');
  });
});
