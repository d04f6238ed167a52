import { currentMaxmemory, settingsDoor } from '../findings/finding-rule.ts';
import { containerMemoryCommands, isOwnServer, maxmemoryCommands } from '../server-commands.ts';
import { type ActionContext, evidenceOf, infoLine, isRaised, known, numberOf, type Step, severityOf, step } from './action-context.ts';

/** A failover that would be short: the replica is given what its primary has, or the primary a replica where it will not fail with it. */
export function makeFailoverSafe(context: ActionContext): Step[] {
  if (!isRaised(context, 'failover-unsafe') || severityOf(context, 'failover-unsafe') === 'info') return [];
  const evidence = evidenceOf(context, 'failover-unsafe');
  return evidence.reason === 'short' ? [fitReplica(context)] : [addReplica(context)];
}

function fitReplica(context: ActionContext): Step {
  const { findings, instance, node } = context;
  const evidence = evidenceOf(context, 'failover-unsafe');
  const door = settingsDoor(context);
  const wantedBytes = numberOf(evidence, 'wantedBytes');
  const fromBytes = currentMaxmemory(context);
  const neededBytes = node.provisioning.memoryNeededBytes;
  const isLimit = wantedBytes !== undefined;
  const commands = isLimit
    ? (findings.find(({ id }) => id === 'failover-unsafe')?.commands ?? [])
    : neededBytes === undefined
      ? []
      : containerMemoryCommands(door, neededBytes);
  return step('care', {
    id: 'fit-replica',
    effort: isLimit ? 'command' : 'resize',
    findingIds: ['failover-unsafe'],
    commands: [...commands],
    undo: isLimit && fromBytes !== undefined ? maxmemoryCommands(door, fromBytes, instance?.defaultMaxmemoryBytes) : [],
    verify: infoLine(context, 'memory', ['maxmemory', 'used_memory_rss', 'total_system_memory']),
    values: known({ maxmemoryBytes: wantedBytes, fromBytes, neededBytes: isLimit ? undefined : neededBytes }),
  });
}

/** The client joins the new server to a cluster; elsewhere the server is told whom to follow. Names in capitals are the user's own. */
function addReplica(context: ActionContext): Step {
  const cli = context.engine.name === 'valkey' ? 'valkey-cli' : 'redis-cli';
  const isCluster = context.group?.kind === 'cluster';
  const lines = isCluster
    ? {
        commands: [`${cli} --cluster add-node NEW_HOST:NEW_PORT HOST:PORT --cluster-slave --cluster-master-id PRIMARY_ID`],
        undo: [`${cli} --cluster del-node HOST:PORT NEW_ID`],
      }
    : { commands: [`${cli} -h NEW_HOST -p NEW_PORT REPLICAOF HOST PORT`], undo: [`${cli} -h NEW_HOST -p NEW_PORT SHUTDOWN NOSAVE`] };
  const { zone } = evidenceOf(context, 'failover-unsafe');
  return step('care', {
    id: 'add-replica',
    effort: 'project',
    findingIds: ['failover-unsafe'],
    ...(isOwnServer(settingsDoor(context)) ? lines : {}),
    verify: infoLine(context, 'replication', ['connected_slaves', 'slave[0-9]+']),
    values: known({ zone: typeof zone === 'string' ? zone : undefined }),
  });
}
