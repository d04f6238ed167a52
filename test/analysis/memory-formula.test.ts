import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryTerms, maxmemoryForNode, nodeForMaxmemory, systemShare } from '../../src/analysis/memory-formula.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';

/** Terms in GiB with an operating system of fixed size. */
function terms(k: number, P: number, N: number, c: number, canFork: boolean, system: number): MemoryTerms {
  return {
    residentFactor: k,
    processOverheadBytes: P,
    notCountedBytes: N,
    copyOnWriteRatio: c,
    canFork,
    operatingSystem: { bytes: system, ratio: 0 },
  };
}

describe('maxmemoryForNode', () => {
  it('gives a cache without persistence most of a 16 GiB machine', () => {
    expect(maxmemoryForNode(16, terms(1.08, 0.0625, 0, 0, false, 0.5), 0.05)).toBeCloseTo(13.553240741, 6);
  });

  it('leaves a store with snapshots room for their copies', () => {
    expect(maxmemoryForNode(32, terms(1.12, 0.1, 0.25, 0.3, true, 1), 0.1)).toBeCloseTo(18.725477905, 6);
  });

  it('is not above 0 on a machine too small for the rest', () => {
    expect(maxmemoryForNode(0.1, terms(1.1, 0.1, 0, 0, false, 0.5), 0.1)).toBeLessThanOrEqual(0);
  });

  it('gives the system at most 1/16 of a machine smaller than 8 GiB, which is most often a container', () => {
    expect(systemShare(GiB, { bytes: 512 * MiB, ratio: 0.03 })).toBe(64 * MiB);
    expect(systemShare(8 * GiB, { bytes: 512 * MiB, ratio: 0.03 })).toBe(512 * MiB);
    expect(systemShare(16 * GiB, { bytes: 512 * MiB, ratio: 0.03 })).toBe(512 * MiB);
    expect(systemShare(32 * GiB, { bytes: 512 * MiB, ratio: 0.03 })).toBeCloseTo(0.96 * GiB, 0);
  });
});

describe('nodeForMaxmemory', () => {
  it('adds up the parts of a store with snapshots', () => {
    const machine = nodeForMaxmemory(18.5, terms(1.12, 0.1, 0.25, 0.3, true, 1), 0.1);
    expect(machine.residentBytes).toBeCloseTo(21.1, 6);
    expect(machine.copyOnWriteBytes).toBeCloseTo(6.33, 6);
    expect(machine.pageTableBytes).toBeCloseTo(0.041210938, 6);
    expect(machine.systemBytes).toBeCloseTo(28.471210938, 6);
    expect(machine.nodeBytes).toBeLessThanOrEqual(32);
  });

  it('goes from a limit to the machine', () => {
    const machine = nodeForMaxmemory(14.5, terms(1.1, 0.1, 0.25, 0.2, true, 1), 0.1);
    expect(machine.residentBytes).toBeCloseTo(16.325, 6);
    expect(machine.copyOnWriteBytes).toBeCloseTo(3.265, 6);
    expect(machine.pageTableBytes).toBeCloseTo(0.031884766, 6);
    expect(machine.systemBytes).toBeCloseTo(20.621884766, 6);
    expect(machine.nodeBytes).toBeCloseTo(22.913205295, 6);
  });

  it('is the inverse of maxmemoryForNode, also where the system takes a share of the machine', () => {
    const positive = (max: number) => fc.double({ min: 0.01, max, noNaN: true });
    fc.assert(
      fc.property(positive(500), positive(1), positive(2), positive(2), positive(0.3), fc.boolean(), (M, k, N, c, headroom, canFork) => {
        const all = { ...terms(1 + k, 0.1, N, c, canFork, 0.5), operatingSystem: { bytes: 0.5, ratio: 0.03 } };
        const machine = nodeForMaxmemory(M, all, headroom);
        expect(maxmemoryForNode(machine.nodeBytes, all, headroom)).toBeCloseTo(M, 6);
        expect(machine.systemBytes).toBeCloseTo(machine.nodeBytes * (1 - headroom), 6);
        expect(machine.operatingSystemBytes).toBeGreaterThanOrEqual(Math.min(0.5, machine.nodeBytes / 16) - 1e-9);
      }),
    );
  });

  it('doubles with the limit when nothing is fixed', () => {
    const proportional = { ...terms(1.1, 0, 0, 0.2, true, 0), operatingSystem: { bytes: 0, ratio: 0.03 } };
    const single = nodeForMaxmemory(8 * GiB, proportional, 0.05).nodeBytes;
    expect(nodeForMaxmemory(16 * GiB, proportional, 0.05).nodeBytes / single).toBeCloseTo(2, 9);
  });
});
