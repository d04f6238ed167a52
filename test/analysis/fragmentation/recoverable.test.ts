import { describe, expect, it } from 'vitest';
import { diagnoseFragmentation } from '../../../src/analysis/fragmentation/index.ts';
import { GiB, MiB } from '../../../src/model/bytes.ts';
import type { Engine } from '../../../src/model/engine.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../../helpers/node-history.ts';

const base: Omit<TestSample, 'at'> = {
  usedMemoryBytes: 10 * GiB,
  usedMemoryRssBytes: 14 * GiB,
  allocatorAllocatedBytes: 10 * GiB,
  allocatorActiveBytes: 12 * GiB,
  allocatorResidentBytes: 13 * GiB,
  allocatorFragBytes: 1.5 * GiB,
};
const recoverable = (engine: Engine, extra: Omit<TestSample, 'at'> = {}) =>
  diagnoseFragmentation(buildNodeHistory(sampleEvery(60, 5, () => ({ ...base, ...extra }))), engine).recoverableBytes;

describe('recoverable bytes', () => {
  it.each([
    { engine: { name: 'redis', version: '7.2.6' } as Engine, bytes: 2 * GiB },
    { engine: { name: 'redis', version: '7.4.1' } as Engine, bytes: 1.5 * GiB },
    { engine: { name: 'valkey', version: '7.2.7' } as Engine, bytes: 2 * GiB },
    { engine: { name: 'valkey', version: '8.0.1' } as Engine, bytes: 1.5 * GiB },
    { engine: { name: 'unknown', version: undefined } as Engine, bytes: 2 * GiB },
  ])('reads what activedefrag could move by the meaning that $engine.name $engine.version gives the field', ({ engine, bytes }) => {
    expect(recoverable(engine).activedefrag).toBe(bytes);
  });

  it('does not take a stubbed 0 for "nothing to defragment"', () => {
    expect(recoverable({ name: 'valkey', version: '8.1.1' }, { allocatorFragBytes: 0 }).activedefrag).toBe(2 * GiB);
  });

  it('gives MEMORY PURGE the kept and the muzzy pages, never the holes', () => {
    const engine: Engine = { name: 'redis', version: '7.4.1' };
    expect(recoverable(engine).purge).toBe(GiB);
    expect(recoverable(engine, { allocatorMuzzyBytes: 0.5 * GiB }).purge).toBe(1.5 * GiB);
  });

  it('gives a restart everything but the process itself, at least 32 MiB of it', () => {
    const engine: Engine = { name: 'redis', version: '7.2.6' };
    expect(recoverable(engine).restart).toBe(3 * GiB);
    expect(recoverable(engine, { allocatorResidentBytes: 14 * GiB }).restart).toBe(4 * GiB - 32 * MiB);
  });

  it('counts a Lua heap that grew among what a restart gives back, and tells it where it lies outside used memory', () => {
    const judge = (engine: Engine) => {
      const heapAt = (i: number) => (i < 5 ? 0 : 2 * GiB);
      const samples = sampleEvery(60, 30, (i) => ({
        usedMemoryBytes: 10 * GiB,
        usedMemoryPeakBytes: 10 * GiB,
        allocatorAllocatedBytes: 10 * GiB,
        allocatorActiveBytes: 10 * GiB,
        allocatorResidentBytes: 10 * GiB + MiB,
        usedMemoryRssBytes: 10 * GiB + 41 * MiB + heapAt(i),
        luaVmBytes: heapAt(i),
      }));
      return diagnoseFragmentation(buildNodeHistory(samples), engine);
    };
    const redis70 = judge({ name: 'redis', version: '7.0.15' });
    expect(redis70).toMatchObject({ diagnosis: 'process-overhead', recoverableBytes: { restart: 2 * GiB + MiB } });
    expect(redis70.evidence.luaOutsideBytes).toBe(2 * GiB);
    expect(judge({ name: 'valkey', version: '9.1.0' }).evidence.luaOutsideBytes).toBe(2 * GiB);
    expect(judge({ name: 'redis', version: '7.4.1' }).evidence).not.toHaveProperty('luaOutsideBytes');
  });

  it('never gives less than nothing', () => {
    const swapped = { usedMemoryRssBytes: 8 * GiB, allocatorActiveBytes: 9 * GiB, allocatorResidentBytes: 8.5 * GiB };
    expect(recoverable({ name: 'redis', version: '7.2.6' }, swapped)).toEqual({ activedefrag: 0, purge: 0, restart: 0 });
  });
});
