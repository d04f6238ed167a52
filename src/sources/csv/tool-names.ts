import type { NamedMetricId } from '../../model/metrics.ts';

/**
 * What monitoring services call the metrics of a server, where that is neither the INFO field, with `redis_` or `redis.` before it or not, nor what
 * redis_exporter calls it. Read 2026-11 from the services' own metric lists: Amazon ElastiCache and MemoryDB, Google Cloud Memorystore, Datadog's
 * redisdb, OpenTelemetry's redis receiver, Elastic's redis module, Telegraf. What they count within a period (CloudWatch's Evictions) is no counter and
 * stands in none of them.
 */
export const TOOL_NAMES: Readonly<Partial<Record<NamedMetricId, readonly string[]>>> = {
  usedMemoryBytes: [
    'BytesUsedForCache',
    'BytesUsedForMemoryDB',
    'redis.googleapis.com/stats/memory/usage',
    'redis.googleapis.com/cluster/node/memory/usage',
    'redis.mem.used',
    'redis.memory.used',
    'redis.info.memory.used.value',
  ],
  usedMemoryRssBytes: ['redis.mem.rss', 'redis.memory.rss', 'redis.info.memory.used.rss'],
  usedMemoryPeakBytes: ['redis.mem.peak', 'redis.memory.peak', 'redis.info.memory.used.peak'],
  maxmemoryBytes: [
    'redis.googleapis.com/stats/memory/maxmemory',
    'redis.mem.maxmemory',
    'redis_maxmemory_bytes',
    'redis.info.memory.max.value',
  ],
  totalSystemMemoryBytes: ['redis.info.memory.total_system'],
  memFragmentationRatio: [
    'MemoryFragmentationRatio',
    'redis.mem.fragmentation_ratio',
    'redis.memory.fragmentation_ratio',
    'redis.info.memory.fragmentation.ratio',
  ],
  connectedClients: [
    'CurrConnections',
    'redis.googleapis.com/clients/connected',
    'redis.net.clients',
    'redis.clients.connected',
    'redis.info.clients.connected',
    'redis_clients',
  ],
  blockedClients: ['redis.googleapis.com/clients/blocked', 'redis.clients.blocked', 'redis.info.clients.blocked'],
  keys: ['CurrItems', 'total_keys', 'redis.googleapis.com/keyspace/keys', 'redis.keys', 'redis.db.keys'],
  expires: ['redis.googleapis.com/keyspace/keys_with_expiration', 'redis.db.expires'],
  evictedKeys: ['redis.keys.evicted', 'redis.info.stats.keys.evicted'],
  uptimeSeconds: ['redis.uptime', 'redis.info.server.uptime', 'redis.googleapis.com/server/uptime'],
  connectedReplicas: ['redis.net.slaves', 'redis.slaves.connected'],
};
