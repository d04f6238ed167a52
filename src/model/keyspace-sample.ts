/** One key of a sample, as the server described it. */
export interface SampledKey {
  /** Its name as text that is safe to show: bounded, what cannot be read or seen is escaped. */
  readonly name: string;
  /** MEMORY USAGE: the key, its value and its entry in the table of keys. */
  readonly bytes: number;
  /** `string`, `hash`, … or the name of a module's type. */
  readonly type: string;
  /** Seconds until it expires; absent: never. */
  readonly ttlSeconds?: number;
}

/** The keys of neighbouring hash buckets from one random place on: the unit of the sample. */
export type KeyDraw = readonly SampledKey[];

export interface SampledDatabase {
  readonly index: number;
  /** All keys in it, as INFO counted them when the sample began. */
  readonly keys: number;
  readonly draws: readonly KeyDraw[];
  /** Every key was looked at. */
  readonly isComplete: boolean;
}

/** Why a server was asked and no other of its shard. `replica-unreachable`: the primary has replicas, and none could be asked. */
export const KEYSPACE_SERVER_REASONS = ['replica', 'no-replica', 'replica-unreachable'] as const;
export type KeyspaceServerReason = (typeof KEYSPACE_SERVER_REASONS)[number];

/** Keys of one shard, drawn by chance from its primary or a replica. */
export interface KeyspaceSample {
  /** Servers that hold these keys, as far as they are known; the primary first. */
  readonly nodeIds: readonly string[];
  readonly takenFrom: string;
  readonly reason: KeyspaceServerReason;
  /** Epoch milliseconds UTC. */
  readonly at: number;
  readonly seconds: number;
  /** Keys that were to be looked at, and how many a second at most. */
  readonly wantedKeys: number;
  readonly keysPerSecond: number;
  /** It ended early, for want of time or of the connection. */
  readonly isCut: boolean;
  /** Keys that went while they were looked at, or that the server would not describe. */
  readonly lostKeys: number;
  readonly databases: readonly SampledDatabase[];
  /** Keys of databases for which the sample was too small. */
  readonly unseenKeys: number;
  /** `used_memory_dataset` when the sample began. */
  readonly datasetBytes?: number;
  /** The server keeps a table for each slot of its cluster: a draw begins in a slot by chance, whatever the slot holds. */
  readonly hasSlotTables: boolean;
}
