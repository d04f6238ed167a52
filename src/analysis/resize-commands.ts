import type { InstanceChoice } from '../model/analysis.ts';
import { GiB } from '../model/bytes.ts';

type Size = Pick<InstanceChoice, 'offering' | 'name' | 'memoryBytes' | 'shards'>;

/**
 * Lines that resize in place; names in capitals are the user's own.
 * @returns none for a move to another service, and where no line is known to be right
 */
export function resizeCommands(from: Size | undefined, to: Size): string[] {
  if (from === undefined || from.offering !== to.offering) return [];
  return [...(from.name === to.name ? [] : typeCommands(to)), ...(from.shards === to.shards ? [] : shardCommands(from, to))];
}

/**
 * Lines that make a new one; names in capitals are the user's own.
 * @param replicas - of each shard
 * @returns none where no line is known to be right
 */
export function createCommands({ offering, name, memoryBytes, shards }: Size, replicas: number): string[] {
  const engine = offering.endsWith('valkey') ? 'valkey' : 'redis';
  switch (offering) {
    case 'elasticache-redis':
    case 'elasticache-valkey': {
      const cluster = shards > 1 ? ' --cluster-mode enabled' : '';
      const failover = shards > 1 || replicas > 0 ? ' --automatic-failover-enabled' : '';
      return [
        `aws elasticache create-replication-group --replication-group-id NEW_NAME --replication-group-description DESCRIPTION --engine ${engine} --cache-node-type ${name} --num-node-groups ${shards} --replicas-per-node-group ${replicas}${cluster}${failover}`,
      ];
    }
    case 'memorydb-redis':
    case 'memorydb-valkey':
      return [
        `aws memorydb create-cluster --cluster-name NEW_NAME --acl-name ACL --engine ${engine} --node-type ${name} --num-shards ${shards} --num-replicas-per-shard ${replicas}`,
      ];
    case 'memorystore-redis-basic':
    case 'memorystore-redis-standard':
      return [
        `gcloud redis instances create NEW_NAME --region=REGION --tier=${offering.slice('memorystore-redis-'.length)} --size=${Math.round(memoryBytes / GiB)}`,
      ];
    case 'memorystore-redis-cluster':
      return [
        `gcloud redis clusters create NEW_NAME --region=REGION --network=NETWORK --node-type=${name} --shard-count=${shards} --replica-count=${replicas}`,
      ];
    case 'azure-managed-redis':
      return [`az redisenterprise create --cluster-name NEW_NAME --resource-group RESOURCE_GROUP --location REGION --sku ${name}`];
    default:
      return [];
  }
}

/** A larger or smaller node type, the same shards. */
function typeCommands({ offering, name, memoryBytes }: Size): string[] {
  switch (offering) {
    case 'elasticache-redis':
    case 'elasticache-valkey':
      return [
        `aws elasticache modify-replication-group --replication-group-id REPLICATION_GROUP --cache-node-type ${name} --apply-immediately`,
      ];
    case 'memorydb-redis':
    case 'memorydb-valkey':
      return [`aws memorydb update-cluster --cluster-name CLUSTER --node-type ${name}`];
    case 'memorystore-redis-basic':
    case 'memorystore-redis-standard':
      return [`gcloud redis instances update INSTANCE --region=REGION --size=${Math.round(memoryBytes / GiB)}`];
    case 'memorystore-redis-cluster':
      return [`gcloud redis clusters update CLUSTER --region=REGION --node-type=${name}`];
    case 'memorystore-valkey':
      return [`gcloud memorystore instances update INSTANCE --location=REGION --node-type=${name}`];
    case 'azure-managed-redis':
      return [`az redisenterprise update --cluster-name NAME --resource-group RESOURCE_GROUP --sku ${name}`];
    default:
      return [];
  }
}

/** More or fewer shards of a cluster; a server that is none has to become one first, and no line does that. */
function shardCommands(from: Size, { offering, shards }: Size): string[] {
  if (from.shards < 2 && !ALWAYS_CLUSTERS.includes(offering)) return [];
  switch (offering) {
    case 'elasticache-redis':
    case 'elasticache-valkey':
      return [
        `aws elasticache modify-replication-group-shard-configuration --replication-group-id REPLICATION_GROUP --node-group-count ${shards} --apply-immediately`,
      ];
    case 'memorydb-redis':
    case 'memorydb-valkey':
      return [`aws memorydb update-cluster --cluster-name CLUSTER --shard-configuration ShardCount=${shards}`];
    case 'memorystore-redis-cluster':
      return [`gcloud redis clusters update CLUSTER --region=REGION --shard-count=${shards}`];
    case 'memorystore-valkey':
      return [`gcloud memorystore instances update INSTANCE --location=REGION --shard-count=${shards}`];
    default:
      return [];
  }
}

/** Services where one shard is a cluster too. */
const ALWAYS_CLUSTERS: readonly string[] = ['memorydb-redis', 'memorydb-valkey', 'memorystore-redis-cluster'];
