import type { BudgetLine } from '../model/analysis.ts';
import { MiB } from '../model/bytes.ts';
import { type Engine, isAtLeast } from '../model/engine.ts';
import type { MetricId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';

/** Used memory that is not compared with maxmemory, at its peak. */
export interface NotCounted {
  readonly bytes: number;
  readonly basis: BudgetLine['basis'];
  readonly formula: string;
  readonly inputs: Readonly<Record<string, number>>;
}

/** Default soft limit of a replica's output buffer (Redis source, config.c clientBufferLimitsDefaults). */
const REPLICA_SOFT_LIMIT_BYTES = 64 * MiB;
/** One block of the shared replication buffer, and what the backlog's own blocks cost in headers (Redis source, evict.c). */
const BLOCK_BYTES = 16_384;
const BLOCK_HEADER_BYTES = 64;

/**
 * Peak of the memory not counted for eviction: as the server reports it; else from its replication and append-only-file
 * buffers; else one soft limit for each replica. More replicas than were seen are assumed at one soft limit each as well.
 * @param replicas - as planned; absent: as many as were connected
 * @remarks Docs: docs/methodology.md#not-counted
 */
export function findNotCounted(history: NodeHistory, engine: Engine, replicas?: number): NotCounted {
  const connected = largest(history, 'connectedReplicas') ?? 0;
  const known = findKnown(history, engine);
  const planned = replicas ?? connected;
  const missing = known === undefined ? planned : Math.max(0, planned - connected);
  const assumed = missing * REPLICA_SOFT_LIMIT_BYTES;
  if (known !== undefined && known.bytes >= assumed) return known;
  return {
    bytes: assumed,
    basis: 'assumed',
    formula: 'replicas × softLimit',
    inputs: { replicas: missing, softLimitBytes: REPLICA_SOFT_LIMIT_BYTES },
  };
}

function findKnown(history: NodeHistory, engine: Engine): NotCounted | undefined {
  const reported = largest(history, 'notCountedBytes');
  if (reported !== undefined) return { bytes: reported, basis: 'measured', formula: 'max(N)', inputs: {} };

  const aofBufferBytes = largest(history, 'aofBufferBytes') ?? 0;
  const sharesBuffer = isAtLeast(engine, { redis: '7.0', valkey: '7.2' });
  const bufferBytes = largest(history, 'totalReplicationBufferBytes');
  const backlogBytes = history.last.replBacklogSizeBytes;
  if (sharesBuffer && bufferBytes !== undefined && backlogBytes !== undefined) {
    return {
      bytes: notCountedOfSharedBuffer(bufferBytes, backlogBytes) + aofBufferBytes,
      basis: 'derived',
      formula: 'max(0, B − L − (L / 16384 + 1) × 64) + A',
      inputs: { B: bufferBytes, L: backlogBytes, A: aofBufferBytes },
    };
  }
  const replicaBytes = largest(history, 'replicaClientBytes');
  if (replicaBytes === undefined) return undefined;
  const rewriteBytes = largest(history, 'aofRewriteBufferBytes') ?? 0;
  return {
    bytes: replicaBytes + aofBufferBytes + rewriteBytes,
    basis: 'derived',
    formula: 'B + A + W',
    inputs: { B: replicaBytes, A: aofBufferBytes, W: rewriteBytes },
  };
}

/**
 * What of the replication buffer shared by all replicas is beyond the backlog, since Redis 7.0 (Redis source, evict.c
 * freeMemoryGetNotCountedMemory).
 */
export function notCountedOfSharedBuffer(bufferBytes: number, backlogBytes: number): number {
  return Math.max(0, bufferBytes - backlogBytes - (Math.floor(backlogBytes / BLOCK_BYTES) + 1) * BLOCK_HEADER_BYTES);
}

function largest(history: NodeHistory, id: MetricId): number | undefined {
  return history.metrics.get(id)?.max.value;
}
