import type { Action, ActionId, GroupAnalysis, NodeAnalysis } from '../model/analysis.ts';
import { rankNodes } from './fleet.ts';

/** Steps that change what a group's machines are; of these a group takes one. */
const MACHINE_STEPS: ReadonlySet<ActionId> = new Set(['resize-up', 'resize-down', 'add-shards', 'move-slots', 'move-to-target']);
/** Those after which the limits are others, so that limits for the present machines are told no more. */
const NEW_MACHINES: ReadonlySet<ActionId> = new Set(['resize-up', 'add-shards', 'move-to-target']);
/** What a group's new machines, all alike, answer as well. */
const ANSWERED: ReadonlySet<ActionId> = new Set(['fit-replica']);
const LIMIT_STEPS: ReadonlySet<ActionId> = new Set(['set-maxmemory', 'raise-maxmemory', 'lower-maxmemory']);

type Step = NonNullable<GroupAnalysis['steps']>[number];

/** A step as one of the nodes has it. */
interface Advice {
  readonly node: NodeAnalysis;
  readonly action: Action;
}

/**
 * The verdict on a group, which is that of its most urgent node, and its steps: each once, with the nodes it is for. Nothing for a fleet.
 *
 * The machines of a group are alike, so what changes them is taken from the node that needs most, and nothing is said that goes against it.
 * Docs: docs/methodology.md#groups
 */
export function judgeGroup(group: GroupAnalysis, nodes: readonly NodeAnalysis[]): Pick<GroupAnalysis, 'verdict' | 'steps'> {
  const members = rankNodes(nodes.filter(({ id }) => group.nodeIds.includes(id)));
  const [lead] = members;
  if (group.kind === 'fleet' || lead === undefined) return {};
  const sized = members.find(({ id }) => id === group.sizedByNodeId) ?? lead;
  // Where all is well, what may be given back is for the node that needs most to say.
  const { id: nodeId, verdict } = lead.verdict.level === 'ok' ? sized : lead;
  return { verdict: { level: lead.verdict.level, id: verdict.id, nodeId }, steps: listSteps(group, members, sized) };
}

function listSteps(group: GroupAnalysis, members: readonly NodeAnalysis[], sized: NodeAnalysis): Step[] {
  const machine = findMachineStep(members, sized);
  const steps = new Map<ActionId, Step>();
  for (const node of members) {
    for (const action of node.actions) {
      const isMachine = MACHINE_STEPS.has(action.id);
      const advice = isMachine ? machine : { node, action };
      if (advice === undefined || steps.has(advice.action.id) || (!isMachine && contradicts(advice, machine))) continue;
      steps.set(advice.action.id, describeStep(advice, group, members, machine));
    }
  }
  const told = [...steps.values()];
  const others = told.filter(({ id }) => id !== 'nothing');
  return others.length > 0 ? others : told;
}

/** From the node that needs most; another may need more than its own machine all the same, but none alone decides that all may be smaller. */
function findMachineStep(members: readonly NodeAnalysis[], sized: NodeAnalysis): Advice | undefined {
  for (const node of [sized, ...members]) {
    const action = node.actions.find(({ id }) => MACHINE_STEPS.has(id) && (id !== 'resize-down' || node === sized));
    if (action !== undefined) return { node, action };
  }
  return undefined;
}

/** A limit or a size for the machine that a node has, where all get others. */
function contradicts({ node, action }: Advice, machine: Advice | undefined): boolean {
  if (machine === undefined || !NEW_MACHINES.has(machine.action.id)) return false;
  return ANSWERED.has(action.id) || (LIMIT_STEPS.has(action.id) && node !== machine.node);
}

function describeStep({ node, action }: Advice, group: GroupAnalysis, members: readonly NodeAnalysis[], machine: Advice | undefined): Step {
  const own = (member: NodeAnalysis) => member.actions.find(({ id }) => id === action.id);
  const isForAll =
    machine !== undefined && NEW_MACHINES.has(machine.action.id) && (action === machine.action || LIMIT_STEPS.has(action.id));
  const concerned = members.filter((member) => member === node || (isForAll ? lacksMachine(member, group) : own(member) !== undefined));
  return {
    id: action.id,
    nodeId: node.id,
    nodeIds: concerned.map(({ id }) => id),
    differs: !isForAll && concerned.some((member) => !isSame(action, own(member))),
  };
}

/** Whether a node's machine is less than what each machine of its group needs; one that is not known may be. */
function lacksMachine({ systemMemory, provisioning }: NodeAnalysis, group: GroupAnalysis): boolean {
  const { recommended } = group.provisioning?.instance ?? {};
  const { current } = provisioning.instance;
  if (recommended !== undefined && current !== undefined) return current.name !== recommended.name;
  return (systemMemory.totalBytes ?? 0) < (group.provisioning?.memoryNeededBytes ?? Number.POSITIVE_INFINITY);
}

function isSame(one: Action, other: Action | undefined): boolean {
  const told = ({ commands, values }: Action) => JSON.stringify([commands, values.maxmemoryBytes, values.name]);
  return other !== undefined && told(one) === told(other);
}
