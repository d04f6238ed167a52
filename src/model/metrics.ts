/**
 * Every metric once: its unit, its kind, and the names that INFO and redis_exporter give it. Sources read by this table.
 * Meanings and traps of each field: docs/methodology.md#info-fields.
 */

/** `gauge` goes up and down; `counter` only grows and falls to 0 at a restart; `max` is the highest since process start; `flag` is 0 or 1. */
export type MetricKind = 'gauge' | 'counter' | 'max' | 'flag';
export type MetricUnit = 'bytes' | 'seconds' | 'milliseconds' | 'count' | 'ratio' | 'percent' | 'flag' | 'epochSeconds' | 'perSecond';

interface MetricRow {
  readonly unit: MetricUnit;
  readonly kind: MetricKind;
  /** INFO field names, newest first; the first one present wins. */
  readonly info: readonly string[];
  /** INFO value × scale = value in base units (`latest_fork_usec` × 1e-6). */
  readonly infoScale?: number;
  /** redis_exporter names without the `redis_` prefix. */
  readonly prometheus?: readonly string[];
  /** CONFIG RESETSTAT sets it to 0 (Redis source, server.c resetServerStats). */
  readonly resetByStat?: true;
}

const bytes = (info: string | string[], prometheus?: string | string[], kind: MetricKind = 'gauge'): MetricRow => ({
  unit: 'bytes',
  kind,
  info: [info].flat(),
  ...(prometheus === undefined ? {} : { prometheus: [prometheus].flat() }),
});
const count = (info: string | string[], prometheus?: string | string[], kind: MetricKind = 'gauge'): MetricRow => ({
  ...bytes(info, prometheus, kind),
  unit: 'count',
});
const flag = (info: string, prometheus?: string): MetricRow => ({ ...bytes(info, prometheus, 'flag'), unit: 'flag' });
const statCounter = (info: string | string[], prometheus?: string | string[]): MetricRow => ({
  ...count(info, prometheus, 'counter'),
  resetByStat: true,
});
const ratio = (info: string, prometheus?: string): MetricRow => ({ ...bytes(info, prometheus), unit: 'ratio' });
const seconds = (info: string | string[], prometheus?: string, kind: MetricKind = 'gauge'): MetricRow => ({
  ...bytes(info, prometheus, kind),
  unit: 'seconds',
});

const METRIC_ROWS = {
  // Memory
  usedMemoryBytes: bytes('used_memory', 'memory_used_bytes'),
  usedMemoryRssBytes: bytes('used_memory_rss', 'memory_used_rss_bytes'),
  usedMemoryPeakBytes: bytes('used_memory_peak', 'memory_used_peak_bytes', 'max'),
  usedMemoryPeakTimeSeconds: { unit: 'epochSeconds', kind: 'gauge', info: ['used_memory_peak_time'] } as MetricRow,
  usedMemoryStartupBytes: bytes('used_memory_startup', 'memory_used_startup_bytes'),
  usedMemoryOverheadBytes: bytes('used_memory_overhead', 'memory_used_overhead_bytes'),
  usedMemoryDatasetBytes: bytes('used_memory_dataset', 'memory_used_dataset_bytes'),
  totalSystemMemoryBytes: bytes('total_system_memory', 'total_system_memory_bytes'),
  // Not the server's own: what cAdvisor, kube-state-metrics, node_exporter, OpenTelemetry and Datadog say of what it runs in.
  containerMemoryLimitBytes: bytes(
    [],
    [
      'container_spec_memory_limit_bytes',
      'kube_pod_container_resource_limits_memory_bytes',
      'kube_pod_container_resource_limits',
      'k8s.container.memory_limit',
      'kubernetes.memory.limits',
      'memory.limit_in_bytes',
    ],
  ),
  hostMemoryBytes: bytes([], ['node_memory_MemTotal_bytes', 'node_memory_MemTotal', 'machine_memory_bytes']),
  maxmemoryBytes: bytes('maxmemory', 'memory_max_bytes'),
  maxmemoryReservationBytes: bytes('maxmemory_reservation', 'memory_max_reservation_bytes'),
  maxfragmentationmemoryReservationBytes: bytes('maxfragmentationmemory_reservation', 'memory_max_fragmentation_reservation_bytes'),
  luaVmBytes: bytes(['used_memory_vm_total', 'used_memory_vm_eval', 'used_memory_lua'], ['memory_used_lua_bytes']),
  scriptCacheBytes: bytes(['used_memory_scripts', 'used_memory_scripts_eval'], 'memory_used_scripts_eval_bytes'),
  cachedScripts: count('number_of_cached_scripts', 'number_of_cached_scripts'),
  evictedScripts: statCounter('evicted_scripts'),
  lazyfreePendingObjects: count('lazyfree_pending_objects', 'lazyfree_pending_objects'),
  activeDefragRunningPercent: {
    unit: 'percent',
    kind: 'gauge',
    info: ['active_defrag_running'],
    prometheus: ['active_defrag_running'],
  } as MetricRow,
  memFragmentationRatio: ratio('mem_fragmentation_ratio', 'mem_fragmentation_ratio'),
  allocatorAllocatedBytes: bytes('allocator_allocated', 'allocator_allocated_bytes'),
  allocatorActiveBytes: bytes('allocator_active', 'allocator_active_bytes'),
  allocatorResidentBytes: bytes('allocator_resident', 'allocator_resident_bytes'),
  allocatorMuzzyBytes: bytes('allocator_muzzy', 'allocator_muzzy_bytes'),
  allocatorFragRatio: ratio('allocator_frag_ratio', 'allocator_frag_ratio'),
  allocatorFragBytes: bytes('allocator_frag_bytes', 'allocator_frag_bytes'),
  notCountedBytes: bytes('mem_not_counted_for_evict', 'mem_not_counted_for_eviction_bytes'),
  replicationBacklogBytes: bytes('mem_replication_backlog', 'mem_replication_backlog_bytes'),
  totalReplicationBufferBytes: bytes('mem_total_replication_buffers', 'mem_total_replication_buffers_bytes'),
  replicaClientBytes: bytes('mem_clients_slaves', 'mem_clients_slaves'),
  normalClientBytes: bytes('mem_clients_normal', 'mem_clients_normal'),
  clusterLinkBytes: bytes('mem_cluster_links', 'mem_cluster_links_bytes'),
  fullSyncBufferBytes: bytes('mem_replica_full_sync_buffer'),
  slotMigrationOutputBytes: bytes(['mem_cluster_slot_migration_output_buffer', 'mem_cluster_slot_export']),
  slotMigrationInputBytes: bytes(['mem_cluster_slot_migration_input_buffer', 'mem_cluster_slot_import']),
  aofBufferBytes: bytes(['mem_aof_buffer', 'aof_buffer_length'], 'mem_aof_buffer_bytes'),
  aofRewriteBufferBytes: bytes('aof_rewrite_buffer_length', 'aof_rewrite_buffer_length'),
  rehashingBytes: bytes('mem_overhead_db_hashtable_rehashing', 'mem_overhead_hashtable_rehashing_bytes'),

  // Clients
  connectedClients: count('connected_clients', 'connected_clients'),
  blockedClients: count('blocked_clients', 'blocked_clients'),
  maxclients: count('maxclients', ['max_clients', 'config_maxclients']),
  rejectedConnections: statCounter('rejected_connections', 'rejected_connections_total'),
  evictedClients: statCounter('evicted_clients', 'evicted_clients_total'),

  // Persistence and forks
  loading: flag('loading', 'loading_dump_file'),
  asyncLoading: flag('async_loading', 'async_loading'),
  rdbBgsaveInProgress: flag('rdb_bgsave_in_progress', 'rdb_bgsave_in_progress'),
  aofRewriteInProgress: flag('aof_rewrite_in_progress', 'aof_rewrite_in_progress'),
  moduleForkInProgress: flag('module_fork_in_progress', 'module_fork_in_progress'),
  rdbLastCowBytes: bytes('rdb_last_cow_size', 'rdb_last_cow_size_bytes'),
  aofLastCowBytes: bytes('aof_last_cow_size', 'aof_last_cow_size_bytes'),
  moduleForkLastCowBytes: bytes('module_fork_last_cow_size', 'module_fork_last_cow_size'),
  currentCowBytes: bytes('current_cow_size'),
  currentCowPeakBytes: bytes('current_cow_peak'),
  rdbLastBgsaveSeconds: seconds('rdb_last_bgsave_time_sec', 'rdb_last_bgsave_duration_sec'),
  aofLastRewriteSeconds: seconds('aof_last_rewrite_time_sec', 'aof_last_rewrite_duration_sec'),
  rdbLastSaveTimeSeconds: {
    unit: 'epochSeconds',
    kind: 'gauge',
    info: ['rdb_last_save_time', 'last_save_time'],
    prometheus: ['rdb_last_save_timestamp_seconds'],
  } as MetricRow,
  rdbSaves: statCounter('rdb_saves', 'rdb_saves_total'),
  aofRewrites: statCounter('aof_rewrites'),
  rdbChangesSinceLastSave: count(['rdb_changes_since_last_save', 'changes_since_last_save'], 'rdb_changes_since_last_save'),
  aofEnabled: flag('aof_enabled', 'aof_enabled'),
  aofCurrentSizeBytes: bytes('aof_current_size', 'aof_current_size_bytes'),
  latestForkSeconds: {
    unit: 'seconds',
    kind: 'gauge',
    info: ['latest_fork_usec'],
    infoScale: 1e-6,
    prometheus: ['latest_fork_seconds'],
    resetByStat: true,
  } as MetricRow,
  totalForks: statCounter('total_forks', 'total_forks'),

  // Stats
  commandsProcessed: statCounter('total_commands_processed', 'commands_processed_total'),
  opsPerSecond: {
    unit: 'perSecond',
    kind: 'gauge',
    info: ['instantaneous_ops_per_sec'],
    prometheus: ['instantaneous_ops_per_sec'],
  } as MetricRow,
  netInputBytes: { ...bytes('total_net_input_bytes', 'net_input_bytes_total', 'counter'), resetByStat: true } as MetricRow,
  netOutputBytes: { ...bytes('total_net_output_bytes', 'net_output_bytes_total', 'counter'), resetByStat: true } as MetricRow,
  evictedKeys: statCounter('evicted_keys', 'evicted_keys_total'),
  expiredKeys: statCounter('expired_keys', 'expired_keys_total'),
  keyspaceHits: statCounter('keyspace_hits', 'keyspace_hits_total'),
  keyspaceMisses: statCounter('keyspace_misses', 'keyspace_misses_total'),
  evictionExceededMilliseconds: {
    unit: 'milliseconds',
    kind: 'counter',
    info: ['total_eviction_exceeded_time'],
    prometheus: ['eviction_exceeded_time_ms_total'],
    resetByStat: true,
  } as MetricRow,
  activeDefragHits: statCounter('active_defrag_hits', 'defrag_hits'),
  activeDefragMisses: statCounter('active_defrag_misses', 'defrag_misses'),
  activeDefragKeyHits: statCounter('active_defrag_key_hits', 'defrag_key_hits'),
  activeDefragKeyMisses: statCounter('active_defrag_key_misses', 'defrag_key_misses'),
  activeDefragMilliseconds: { unit: 'milliseconds', kind: 'counter', info: ['total_active_defrag_time'], resetByStat: true } as MetricRow,
  fullSyncs: statCounter('sync_full', 'replica_resyncs_full'),
  partialSyncs: statCounter('sync_partial_ok', 'replica_partial_resync_accepted'),
  partialSyncFailures: statCounter('sync_partial_err', 'replica_partial_resync_denied'),
  oomErrors: statCounter('errorstat_OOM'),

  // Replication
  connectedReplicas: count(['connected_slaves', 'connected_replicas'], 'connected_slaves'),
  masterReplOffsetBytes: bytes(['master_repl_offset', 'primary_repl_offset'], 'master_repl_offset', 'counter'),
  replBacklogActive: flag('repl_backlog_active', 'repl_backlog_is_active'),
  replBacklogSizeBytes: bytes('repl_backlog_size', 'replication_backlog_bytes'),
  replBacklogHistlenBytes: bytes('repl_backlog_histlen', 'repl_backlog_history_bytes'),
  clusterEnabled: flag('cluster_enabled', 'cluster_enabled'),
  // Two for each other node that the cluster is known to have, reachable or not (Redis source, cluster.c getClusterConnectionsCount)
  clusterConnections: count('cluster_connections', 'cluster_connections'),

  // Process
  uptimeSeconds: seconds('uptime_in_seconds', 'uptime_in_seconds', 'counter'),
  processId: count('process_id', 'process_id'),
  cpuSysSeconds: seconds('used_cpu_sys', 'cpu_sys_seconds_total', 'counter'),
  cpuUserSeconds: seconds('used_cpu_user', 'cpu_user_seconds_total', 'counter'),
  mainThreadCpuSysSeconds: seconds('used_cpu_sys_main_thread', 'cpu_sys_main_thread_seconds_total', 'counter'),
  mainThreadCpuUserSeconds: seconds('used_cpu_user_main_thread', 'cpu_user_main_thread_seconds_total', 'counter'),

  // Keyspace: sums over all databases; per database see databaseMetricId
  keys: count([], 'db_keys'),
  expires: count([], 'db_keys_expiring'),

  // Derived per sample by history/: used − not counted for eviction (what is compared with maxmemory, docs/methodology.md#counted-memory)
  countedBytes: bytes([]),
} as const satisfies Record<string, MetricRow>;

/** Ids that the table names. */
export type NamedMetricId = keyof typeof METRIC_ROWS;
/** Keys and keys with an expiry of one database: `db0Keys`, `db12Expires`. */
export type DatabaseMetricId = `db${number}Keys` | `db${number}Expires`;
export type MetricId = NamedMetricId | DatabaseMetricId;

export interface Metric extends MetricRow {
  readonly id: MetricId;
}

/** All named metrics, in the order of the table. */
export const METRICS: readonly Metric[] = Object.entries(METRIC_ROWS).map(([id, row]) => ({
  ...(row as MetricRow),
  id: id as NamedMetricId,
}));

/** Metrics of the machine or container that the server runs in, which other tools than its own exporter tell. */
export const MACHINE_METRIC_IDS: ReadonlySet<MetricId> = new Set<MetricId>(['containerMemoryLimitBytes', 'hostMemoryBytes']);

const METRIC_BY_ID = new Map<string, Metric>(METRICS.map((metric) => [metric.id, metric]));
const DATABASE_METRIC = /^db(\d{1,5})(Keys|Expires)$/;

/** The metric of that id; undefined for a word that is none. Database metrics count keys. */
export function findMetric(id: string): Metric | undefined {
  const named = METRIC_BY_ID.get(id);
  if (named) return named;
  return DATABASE_METRIC.test(id) ? { id: id as DatabaseMetricId, unit: 'count', kind: 'gauge', info: [] } : undefined;
}

/** Databases of INFO and of redis_exporter that get columns of their own; of any further one only the sums over all databases are kept. */
export const DATABASE_LIMIT = 64;

/** The id of one database's key count (or of its keys with an expiry). */
export function databaseMetricId(index: number, part: 'Keys' | 'Expires'): DatabaseMetricId {
  return `db${index}${part}`;
}

/** The database number and part of a database metric's id. */
export function parseDatabaseMetricId(id: string): { readonly index: number; readonly part: 'Keys' | 'Expires' } | undefined {
  const match = DATABASE_METRIC.exec(id);
  return match ? { index: Number(match[1]), part: match[2] as 'Keys' | 'Expires' } : undefined;
}

/** Text fields kept from INFO, by the field names that carry them (the first one present wins). */
export const TEXT_FIELDS = {
  redisVersion: ['redis_version'],
  valkeyVersion: ['valkey_version'],
  dragonflyVersion: ['dragonfly_version'],
  serverName: ['server_name'],
  mode: ['server_mode', 'redis_mode'],
  os: ['os'],
  allocator: ['mem_allocator'],
  maxmemoryPolicy: ['maxmemory_policy'],
  role: ['role'],
  runId: ['run_id'],
  masterHost: ['master_host'],
  masterPort: ['master_port'],
  masterLinkStatus: ['master_link_status'],
  replicationId: ['master_replid'],
  tcpPort: ['tcp_port'],
  // From the lines slave0, slave1 …: addresses of a primary's replicas, sorted, a space between them.
  replicas: [],
  // What `CONFIG GET` tells of a running server, where it was asked for (model/server-settings.ts).
  settings: [],
  // What its commands have cost, from the lines cmdstat_… (model/command-times.ts).
  commandTimes: [],
  rdbLastBgsaveStatus: ['rdb_last_bgsave_status'],
  aofLastRewriteStatus: ['aof_last_bgrewrite_status'],
  aofLastWriteStatus: ['aof_last_write_status'],
} as const satisfies Record<string, readonly string[]>;

export type TextFieldId = keyof typeof TEXT_FIELDS;
export const TEXT_FIELD_IDS = Object.keys(TEXT_FIELDS) as TextFieldId[];
