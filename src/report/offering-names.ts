/** How providers call what the catalogs name by an id; proper names, the same in every language. */
const NAMES: Readonly<Record<string, string>> = {
  'tair-dram-standard': 'Alibaba Cloud Tair (DRAM)',
  ec2: 'Amazon EC2',
  'elasticache-redis': 'Amazon ElastiCache for Redis',
  'elasticache-valkey': 'Amazon ElastiCache for Valkey',
  'memorydb-redis': 'Amazon MemoryDB for Redis',
  'memorydb-valkey': 'Amazon MemoryDB for Valkey',
  'azure-cache-redis-basic': 'Azure Cache for Redis Basic',
  'azure-cache-redis-enterprise': 'Azure Cache for Redis Enterprise',
  'azure-cache-redis-enterprise-flash': 'Azure Cache for Redis Enterprise Flash',
  'azure-cache-redis-premium': 'Azure Cache for Redis Premium',
  'azure-cache-redis-standard': 'Azure Cache for Redis Standard',
  'azure-managed-redis': 'Azure Managed Redis',
  'virtual-machines': 'Azure Virtual Machines',
  'managed-valkey': 'DigitalOcean Managed Valkey',
  'compute-engine': 'Google Compute Engine',
  'memorystore-redis-basic': 'Google Memorystore for Redis Basic',
  'memorystore-redis-cluster': 'Google Memorystore for Redis Cluster',
  'memorystore-redis-standard': 'Google Memorystore for Redis Standard',
  'memorystore-valkey': 'Google Memorystore for Valkey',
  'redis-cloud-pro': 'Redis Cloud Pro',
  fixed: 'Upstash Fixed',
};

/** The name of an offering; of one from a catalog of the user's own its id, with the provider where that is known. */
export function offeringName(offering: string, provider?: string): string {
  return NAMES[offering] ?? (provider === undefined ? offering : `${provider} ${offering}`);
}
