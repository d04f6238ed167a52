import type { Action, Finding } from '../../model/analysis.ts';
import type { FindingId } from '../../model/finding.ts';
import type { FindingContext } from '../findings/finding-rule.ts';

export interface ActionContext extends FindingContext {
  readonly findings: readonly Finding[];
}

/**
 * Where an action stands in the list: `ladder` actions take the danger away, in the order given; `gain` ones give room, most bytes per effort
 * first; `care` ones prevent other trouble, the most severe finding first; `note` ones close the list.
 */
export type Stage = 'ladder' | 'gain' | 'care' | 'note';
export const STAGES: readonly Stage[] = ['ladder', 'gain', 'care', 'note'];

export interface Step {
  readonly stage: Stage;
  readonly action: Action;
}

export function step(stage: Stage, action: Partial<Action> & Pick<Action, 'id' | 'effort'>): Step {
  return { stage, action: { findingIds: [], commands: [], values: {}, ...action } };
}

/** Those of the ids that were raised, most severe first, as the list of findings has them. */
export function raisedAmong({ findings }: ActionContext, ids: readonly FindingId[]): FindingId[] {
  return findings.filter(({ id, verdict }) => verdict === 'raised' && ids.includes(id)).map(({ id }) => id);
}

export function isRaised(context: ActionContext, id: FindingId): boolean {
  return raisedAmong(context, [id]).length > 0;
}

export function severityOf({ findings }: ActionContext, id: FindingId): Finding['severity'] {
  return findings.find((finding) => finding.id === id)?.severity ?? 'info';
}

export function evidenceOf({ findings }: ActionContext, id: FindingId): Finding['evidence'] {
  return findings.find((finding) => finding.id === id)?.evidence ?? {};
}

export function numberOf(evidence: Finding['evidence'], key: string): number | undefined {
  const value = evidence[key];
  return typeof value === 'number' ? value : undefined;
}

/** The values that are known: what is undefined is left out. */
export function known(values: Readonly<Record<string, number | string | undefined>>): Action['values'] {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number | string] => entry[1] !== undefined));
}

/** A line that shows these fields of INFO, with the client that the engine brings. `default`: fields of more than one section. */
export function infoLine({ engine }: ActionContext, section: string, fields: readonly string[]): string {
  const cli = engine.name === 'valkey' ? 'valkey-cli' : engine.name === 'keydb' ? 'keydb-cli' : 'redis-cli';
  return `${cli} INFO${section === 'default' ? '' : ` ${section}`} | grep -E '^(${fields.join('|')}):'`;
}

/** Writes are refused, or nearly: what the clients would store if they could is not known. */
export function refusesWrites(context: ActionContext): boolean {
  return isRaised(context, 'oom-errors') || isRaised(context, 'noeviction-near-limit');
}

/** The memory of the machine is what advice lacks: there is no other limit to compare with, or the one there is would have to be raised. */
export function lacksMachine(context: ActionContext): boolean {
  const { systemMemory, provisioning } = context.node;
  if (systemMemory.totalBytes !== undefined) return false;
  const isTooLow = isRaised(context, 'maxmemory-too-low') && severityOf(context, 'maxmemory-too-low') !== 'info';
  return (provisioning.maxmemoryBytes.current ?? 0) === 0 || isTooLow || isRaised(context, 'noeviction-near-limit');
}

/** Without used memory there is nothing to advise on. */
export function lacksUsedMemory({ node }: ActionContext): boolean {
  return node.peaks.usedMemoryBytes === undefined;
}

export function hasReplicas({ history }: ActionContext): boolean {
  return (history.last.connectedReplicas ?? 0) > 0;
}

/** Keys leave a cache faster than they should, and not for the buffers of clients: the limit is lower than what is asked of it. */
export function isStarved(context: ActionContext): boolean {
  return (
    severityOf(context, 'eviction-pressure') !== 'info' &&
    isRaised(context, 'eviction-pressure') &&
    !isRaised(context, 'client-memory-high')
  );
}
