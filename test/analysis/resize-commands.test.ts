import { describe, expect, it } from 'vitest';
import { resizeCommands } from '../../src/analysis/resize-commands.ts';
import { loadCatalog } from '../../src/catalogs/index.ts';
import { GiB } from '../../src/model/bytes.ts';

const size = (offering: string, name: string, shards = 1, memoryBytes = 8 * GiB) => ({ offering, name, shards, memoryBytes });

describe('a larger type', () => {
  it.each([
    [
      size('elasticache-redis', 'cache.r7g.large'),
      size('elasticache-redis', 'cache.r7g.xlarge'),
      'aws elasticache modify-replication-group --replication-group-id REPLICATION_GROUP --cache-node-type cache.r7g.xlarge --apply-immediately',
    ],
    [
      size('memorydb-valkey', 'db.r7g.large'),
      size('memorydb-valkey', 'db.r7g.xlarge'),
      'aws memorydb update-cluster --cluster-name CLUSTER --node-type db.r7g.xlarge',
    ],
    [
      size('memorystore-redis-standard', 'standard-m2-5gb'),
      size('memorystore-redis-standard', 'standard-m2-8gb'),
      'gcloud redis instances update INSTANCE --region=REGION --size=8',
    ],
    [
      size('memorystore-redis-cluster', 'redis-standard-small'),
      size('memorystore-redis-cluster', 'redis-highmem-medium'),
      'gcloud redis clusters update CLUSTER --region=REGION --node-type=redis-highmem-medium',
    ],
    [
      size('memorystore-valkey', 'standard-small'),
      size('memorystore-valkey', 'highmem-medium'),
      'gcloud memorystore instances update INSTANCE --location=REGION --node-type=highmem-medium',
    ],
    [
      size('azure-managed-redis', 'Balanced_B10'),
      size('azure-managed-redis', 'Balanced_B20'),
      'az redisenterprise update --cluster-name NAME --resource-group RESOURCE_GROUP --sku Balanced_B20',
    ],
  ])('is one line on %o', (from, to, line) => {
    expect(resizeCommands(from, to)).toEqual([line]);
  });

  it('of another service, or from an unknown one, is a move that no line makes', () => {
    expect(resizeCommands(undefined, size('elasticache-redis', 'cache.r7g.large'))).toEqual([]);
    expect(resizeCommands(size('ec2', 'r7g.large'), size('elasticache-redis', 'cache.r7g.large'))).toEqual([]);
    expect(resizeCommands(size('ec2', 'r7g.large'), size('ec2', 'r7g.xlarge'))).toEqual([]);
  });

  it('has a name that the catalog knows', async () => {
    const catalog = await loadCatalog();
    for (const { offering, name } of catalog.filter((entry) => entry.offering.startsWith('memorystore-'))) {
      expect(name, offering).toMatch(/^(basic|standard)-m\d-\d+gb$|^(redis-)?(highmem|standard|highcpu|shared-core|custom)-[a-z0-9]+$/);
    }
  });
});

describe('more shards', () => {
  it.each([
    [
      'elasticache-valkey',
      'aws elasticache modify-replication-group-shard-configuration --replication-group-id REPLICATION_GROUP --node-group-count 5 --apply-immediately',
    ],
    ['memorydb-redis', 'aws memorydb update-cluster --cluster-name CLUSTER --shard-configuration ShardCount=5'],
    ['memorystore-redis-cluster', 'gcloud redis clusters update CLUSTER --region=REGION --shard-count=5'],
    ['memorystore-valkey', 'gcloud memorystore instances update INSTANCE --location=REGION --shard-count=5'],
  ])('are one line on %s', (offering, line) => {
    expect(resizeCommands(size(offering, 'a', 3), size(offering, 'a', 5))).toEqual([line]);
  });

  it('need a cluster: a single node of ElastiCache has to become one first', () => {
    expect(resizeCommands(size('elasticache-redis', 'a'), size('elasticache-redis', 'a', 3))).toEqual([]);
    expect(resizeCommands(size('memorydb-redis', 'a'), size('memorydb-redis', 'a', 3))).toHaveLength(1);
  });

  it('and a larger type are two lines, one after the other', () => {
    expect(resizeCommands(size('memorydb-redis', 'a', 2), size('memorydb-redis', 'b', 3))).toHaveLength(2);
  });
});
