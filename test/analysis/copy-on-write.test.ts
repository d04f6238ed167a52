import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCopyOnWrite, modelCopyOnWrite, rescaleCopyOnWrite } from '../../src/analysis/copy-on-write.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../helpers/node-history.ts';

const history = (describe: (i: number) => Omit<TestSample, 'at'>) => buildNodeHistory(sampleEvery(60, 100, describe));
const base = { usedMemoryBytes: 4 * GiB, usedMemoryRssBytes: 5 * GiB };
const quiet = { ...base, aofEnabled: 0, rdbSaves: 0, connectedReplicas: 0 };

describe('modelCopyOnWrite', () => {
  const residentBytes = 20 * GiB;
  it.each([
    [500, 0.011378857, 244_359_099],
    [2000, 0.044744435, 960_879_429],
    [20_000, 0.367303017, 7.346060347 * GiB],
  ])('is the share of pages touched at %d writes a second', (writesPerSecond, share, bytes) => {
    const modelled = modelCopyOnWrite({ residentBytes, writesPerSecond, forkSeconds: 60 });
    expect(modelled).toBeCloseTo(share, 8);
    expect(Math.abs(modelled * residentBytes - bytes)).toBeLessThan(20);
  });

  it('is nearly everything with huge pages', () => {
    expect(modelCopyOnWrite({ residentBytes, writesPerSecond: 2000, forkSeconds: 60, pageBytes: 2 * MiB })).toBeCloseTo(1, 6);
  });

  it('stays within 0 and 1 and never falls with the write rate', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1e4, noNaN: true }), (writes, seconds) => {
        const share = modelCopyOnWrite({ residentBytes, writesPerSecond: writes, forkSeconds: seconds });
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
        expect(modelCopyOnWrite({ residentBytes, writesPerSecond: writes * 2, forkSeconds: seconds })).toBeGreaterThanOrEqual(share);
      }),
    );
  });
});

describe('rescaleCopyOnWrite', () => {
  it('follows the model for shares below 1 and leaves measured shares of 1 or more alone', () => {
    const share = modelCopyOnWrite({ residentBytes: GiB, writesPerSecond: 100, forkSeconds: 10 });
    const double = modelCopyOnWrite({ residentBytes: GiB, writesPerSecond: 200, forkSeconds: 10 });
    expect(rescaleCopyOnWrite(share, 2)).toBeCloseTo(double, 12);
    expect(rescaleCopyOnWrite(5, 2)).toBe(5);
    expect(rescaleCopyOnWrite(0.3, 1)).toBe(0.3);
  });
});

describe('findCopyOnWrite', () => {
  it('takes the largest share that a fork copied', () => {
    const found = findCopyOnWrite(
      history((i) => ({ ...base, rdbLastCowBytes: i < 50 ? 0 : i < 80 ? GiB : 0.5 * GiB })),
      {},
    );
    expect(found).toMatchObject({ ratio: 0.2, canFork: true, basis: 'measured', from: 'forks' });
  });

  it('keeps a measured share above 1', () => {
    const found = findCopyOnWrite(
      history((i) => ({ ...base, aofEnabled: 1, aofLastCowBytes: i < 50 ? 0 : 25 * GiB })),
      {},
      1.5,
    );
    expect(found.ratio).toBe(5);
  });

  it('sees a fork that is still running', () => {
    const found = findCopyOnWrite(
      history((i) => ({ ...base, rdbBgsaveInProgress: 1, currentCowPeakBytes: i * 10 * MiB })),
      {},
    );
    expect(found.ratio).toBeCloseTo((99 * 10 * MiB) / (5 * GiB), 9);
  });

  it('uses the figure of a fork before the window, as derived', () => {
    expect(
      findCopyOnWrite(
        history(() => ({ ...base, rdbLastCowBytes: GiB })),
        {},
      ),
    ).toMatchObject({ ratio: 0.2, basis: 'derived' });
  });

  it('is 0 when nothing forks over the window, or the settings say so', () => {
    expect(
      findCopyOnWrite(
        history(() => quiet),
        {},
      ),
    ).toMatchObject({ ratio: 0, canFork: false, from: 'none', basis: 'derived' });
    const saving = history((i) => ({ ...base, rdbLastCowBytes: i < 50 ? 0 : GiB }));
    expect(findCopyOnWrite(saving, { persistence: 'none', replicas: 0 })).toMatchObject({ ratio: 0, canFork: false, basis: 'assumed' });
  });

  it('tells from any one sign whether snapshots were taken', () => {
    const rest = { ...base, aofEnabled: 0, connectedReplicas: 0 };
    const from = (describe: (i: number) => object) =>
      findCopyOnWrite(
        history((i) => ({ ...rest, ...describe(i) })),
        {},
      ).from;
    expect(from(() => ({ rdbLastBgsaveSeconds: -1 }))).toBe('none');
    expect(from(() => ({ rdbLastBgsaveSeconds: 4 }))).toBe('worst-case');
    expect(from(() => ({ rdbLastSaveTimeSeconds: 1_700_000_000 }))).toBe('none');
    expect(from((i) => ({ rdbLastSaveTimeSeconds: 1_700_000_000 + (i < 50 ? 0 : 3600) }))).toBe('worst-case');
    expect(from((i) => ({ rdbSaves: i }))).toBe('worst-case');
    expect(from(() => ({}))).toBe('reserve');
    // SAVE, which forks nothing, counts as a save and moves the time of the last one.
    expect(from((i) => ({ rdbSaves: i, rdbLastSaveTimeSeconds: 1_700_000_000 + i * 3600, rdbLastCowBytes: 0 }))).toBe('none');
    // A save that failed has a duration and tells no cost.
    expect(from((i) => ({ rdbSaves: i, rdbLastBgsaveSeconds: 4, rdbLastCowBytes: 0 }))).toBe('worst-case');
  });

  it('counts a full sync for a fork: a primary with replicas, and a replica that may become one', () => {
    expect(
      findCopyOnWrite(
        history(() => ({ ...quiet, connectedReplicas: 1 })),
        {},
      ).canFork,
    ).toBe(true);
    expect(
      findCopyOnWrite(
        history(() => ({ ...quiet, texts: { role: 'slave' } })),
        {},
      ).canFork,
    ).toBe(true);
    expect(
      findCopyOnWrite(
        history(() => quiet),
        { replicas: 1 },
      ).canFork,
    ).toBe(true);
  });

  it('models the share from the write rate when a fork could happen but none was seen', () => {
    const found = findCopyOnWrite(
      history((i) => ({ ...quiet, aofEnabled: 1, rdbChangesSinceLastSave: i * 60 * 500, rdbLastBgsaveSeconds: 60 })),
      {},
    );
    expect(found).toMatchObject({ from: 'model', basis: 'derived', inputs: { writesPerSecond: 500, forkSeconds: 60 } });
    expect(found.ratio).toBeCloseTo(modelCopyOnWrite({ residentBytes: 5 * GiB, writesPerSecond: 500, forkSeconds: 60 }), 12);
  });

  it('takes everything when forks happen and nothing else is known, and a reserve when not even that is known', () => {
    expect(
      findCopyOnWrite(
        history(() => ({ ...quiet, aofEnabled: 1 })),
        {},
      ),
    ).toMatchObject({ ratio: 1, from: 'worst-case', basis: 'assumed' });
    expect(
      findCopyOnWrite(
        history(() => base),
        {},
      ),
    ).toMatchObject({ ratio: 0.25, from: 'reserve', basis: 'assumed' });
  });
});

describe('with the settings of the server', () => {
  it.each([
    ['3600 1 300 100', true],
    ['', false],
  ])('takes `save %s` for a server that forks: %s', (save, canFork) => {
    const found = findCopyOnWrite(
      history(() => ({ ...quiet, texts: { settings: JSON.stringify({ save }) } })),
      {},
    );
    expect(found.canFork).toBe(canFork);
  });
});
