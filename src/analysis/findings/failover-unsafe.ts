import type { GroupAnalysis } from '../../model/analysis.ts';
import { maxmemoryCommands } from '../server-commands.ts';
import {
  clear,
  evictsNothing,
  type FindingContext,
  type FindingRule,
  type Judgement,
  notApplicable,
  notEnoughData,
  raised,
  safeMaxmemory,
  settingsDoor,
} from './finding-rule.ts';

type Shard = NonNullable<GroupAnalysis['failover']>['shards'][number];

/**
 * What is left after one failure does not hold the load: told of the replica that is too small, or of the primary that has none (or none outside its
 * zone). A replica that holds the load so far, and is smaller than its primary, is a note.
 */
export const failoverUnsafe: FindingRule = {
  id: 'failover-unsafe',
  needs: [],
  defaults: {},
  judge(context) {
    const { group, node } = context;
    if (group?.failover === undefined) return notApplicable('no-replication');
    const { shards } = group.failover;
    const asReplica = shards.find(({ replicaId }) => replicaId === node.id);
    if (asReplica?.verdict === 'short') return tellShort(context, asReplica);
    const smallerIn = group.members?.find(({ nodeId }) => nodeId === node.id)?.smallerIn ?? [];
    if (smallerIn.length > 0) return raised('info', { reason: 'smaller', shortIn: smallerIn.join(' and ') });

    const asPrimary = shards.find(({ primaryId }) => primaryId === node.id);
    if (asPrimary === undefined) return shards.some(({ verdict }) => verdict !== 'unknown') ? clear() : notEnoughData('replicas');
    if (asPrimary.verdict === 'unknown') return notEnoughData(asPrimary.reason ?? 'replicas');
    // What a cache loses is loaded again.
    if (asPrimary.verdict === 'data-lost') return raised(evictsNothing(context) === false ? 'info' : 'warning', { reason: 'no-replica' });
    const zone = group.zoneLoss?.zones.find((lost) =>
      lost.shards.some(({ primaryId, verdict }) => primaryId === node.id && (verdict === 'data-lost' || verdict === 'short')),
    );
    return zone === undefined || asPrimary.verdict !== 'holds' ? clear() : raised('warning', { reason: 'one-zone', zone: zone.zone });
  },
};

/** The limit of the primary, where the machine of the replica carries it. */
function tellShort(context: FindingContext, shard: Shard): Judgement {
  const { shortIn = [], primaryId, residentBytes, dataBytes, machineBytes, maxmemoryBytes, primaryMaxmemoryBytes } = shard;
  const wantedBytes = primaryMaxmemoryBytes ? primaryMaxmemoryBytes : context.node.provisioning.maxmemoryBytes.recommended;
  const safeBytes = safeMaxmemory(context);
  const canRaise =
    !shortIn.includes('machine') &&
    wantedBytes !== undefined &&
    safeBytes !== undefined &&
    wantedBytes <= safeBytes &&
    wantedBytes > (maxmemoryBytes ?? Number.POSITIVE_INFINITY);
  const evidence = {
    reason: 'short',
    shortIn: shortIn.join(' and '),
    primaryId,
    residentBytes,
    machineBytes,
    dataBytes,
    maxmemoryBytes,
    wantedBytes: canRaise ? wantedBytes : undefined,
  };
  // A full machine ends in a killed process, a store's limit in refused writes; a cache evicts a part.
  const isCritical = shortIn.includes('machine') || evictsNothing(context) !== false;
  const commands = canRaise ? maxmemoryCommands(settingsDoor(context), wantedBytes, context.instance?.defaultMaxmemoryBytes) : [];
  return raised(isCritical ? 'critical' : 'warning', evidence, commands);
}
