import { describe, expect, it } from 'vitest';
import { findNotCounted, notCountedOfSharedBuffer } from '../../src/analysis/not-counted.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import type { Engine } from '../../src/model/engine.ts';
import { buildNodeHistory, sampleEvery, type TestSample } from '../helpers/node-history.ts';

const redis: Engine = { name: 'redis', version: '7.2.6' };
const history = (sample: Omit<TestSample, 'at'>) => buildNodeHistory(sampleEvery(60, 5, () => ({ usedMemoryBytes: 8 * GiB, ...sample })));

describe('notCountedOfSharedBuffer', () => {
  it('is the buffer beyond the backlog and its block headers', () => {
    expect(notCountedOfSharedBuffer(314_572_800, 10_485_760)).toBe(304_046_016);
    expect(8 * GiB - notCountedOfSharedBuffer(314_572_800, 10_485_760)).toBe(8_285_888_576);
  });

  it('is 0 while the backlog holds it all', () => {
    expect(notCountedOfSharedBuffer(10_000_000, 10_485_760)).toBe(0);
  });
});

describe('findNotCounted', () => {
  it('takes the peak that the server reports', () => {
    const spiky = buildNodeHistory(sampleEvery(60, 5, (i) => ({ usedMemoryBytes: GiB, notCountedBytes: i === 2 ? 300 * MiB : MiB })));
    expect(findNotCounted(spiky, redis)).toMatchObject({ bytes: 300 * MiB, basis: 'measured' });
  });

  it('derives it from the buffers where the field is missing', () => {
    const buffers = { totalReplicationBufferBytes: 314_572_800, replBacklogSizeBytes: 10_485_760, aofBufferBytes: 1000 };
    expect(findNotCounted(history(buffers), redis)).toMatchObject({ bytes: 304_047_016, basis: 'derived' });
    const old = { replicaClientBytes: 5 * MiB, aofBufferBytes: MiB, aofRewriteBufferBytes: 2 * MiB };
    expect(findNotCounted(history(old), { name: 'redis', version: '6.2.16' })).toMatchObject({ bytes: 8 * MiB, basis: 'derived' });
  });

  it('assumes one soft limit for each replica that is connected or planned', () => {
    expect(findNotCounted(history({ connectedReplicas: 2 }), redis)).toMatchObject({ bytes: 128 * MiB, basis: 'assumed' });
    expect(findNotCounted(history({}), redis, 3)).toMatchObject({ bytes: 192 * MiB, basis: 'assumed' });
    expect(findNotCounted(history({ notCountedBytes: 0, connectedReplicas: 1 }), redis, 2)).toMatchObject({ bytes: 64 * MiB });
    expect(findNotCounted(history({ notCountedBytes: 0, connectedReplicas: 2 }), redis, 2)).toMatchObject({ bytes: 0, basis: 'measured' });
    expect(findNotCounted(history({}), redis)).toMatchObject({ bytes: 0, basis: 'assumed' });
  });
});
