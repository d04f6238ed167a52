import type { AnalysisSettings, Diagnosis, Finding, GroupAnalysis, NodeAnalysis } from '../../model/analysis.ts';
import { MiB } from '../../model/bytes.ts';
import type { CatalogEntry } from '../../model/catalog.ts';
import type { Engine } from '../../model/engine.ts';
import type { FindingId, Severity } from '../../model/finding.ts';
import type { MetricId, TextFieldId } from '../../model/metrics.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { DAY_MS } from '../../model/time.ts';
import { evictsNothing as policyEvictsNothing } from '../evictable-keys.ts';
import { roundDownLimit } from '../limit-steps.ts';
import { findSettingsDoor, isOwnServer, type SettingsDoor } from '../server-commands.ts';

/** Figures of a node before it is judged. */
export type NodeFigures = Omit<NodeAnalysis, 'findings' | 'actions' | 'wouldNotHelp' | 'verdict'>;

/** What a rule may look at: the history and the figures computed from it, never a live server. */
export interface FindingContext {
  readonly history: NodeHistory;
  readonly engine: Engine;
  readonly node: NodeFigures;
  readonly settings: AnalysisSettings;
  /** Catalog entry of the instance that the node runs on, when it was named. */
  readonly instance?: CatalogEntry;
  /** Group of the node, when it is one of several. */
  readonly group?: Pick<GroupAnalysis, 'shards' | 'kind' | 'nodeIds' | 'hottestNodeId' | 'skew' | 'skewCause' | 'evenSpread'> &
    Partial<Pick<GroupAnalysis, 'failover' | 'zoneLoss' | 'members'>>;
}

export type Evidence = Finding['evidence'];
type EvidenceFields = Readonly<Record<string, number | string | boolean | undefined>>;

export type Judgement = Pick<Finding, 'verdict' | 'severity' | 'evidence' | 'commands'>;

/**
 * One judgement: it declares what it needs, then judges with a pure function. Words live in the locales under its id.
 * @typeParam Thresholds - numbers that the configuration may override
 */
export interface FindingRule<Thresholds extends Readonly<Record<string, number>> = Readonly<Record<string, number>>> {
  readonly id: FindingId;
  /** Metrics without which the verdict is `not-enough-data`. */
  readonly needs: readonly MetricId[];
  readonly defaults: Thresholds;
  judge(context: FindingContext, thresholds: Thresholds): Judgement;
}

/** Something to tell, with the numbers it rests on; undefined ones are left out. */
export function raised(severity: Severity, evidence: EvidenceFields, commands: readonly string[] = []): Judgement {
  return { verdict: 'raised', severity, evidence: withoutUndefined(evidence), commands: [...commands] };
}

/** Looked at, nothing to tell. */
export function clear(evidence: EvidenceFields = {}): Judgement {
  return { verdict: 'clear', severity: 'info', evidence: withoutUndefined(evidence), commands: [] };
}

/** The history does not hold what the judgement needs. `missing` names it: a metric, a field, or a figure of the analysis. */
export function notEnoughData(missing: string): Judgement {
  return { verdict: 'not-enough-data', severity: 'info', evidence: { missing }, commands: [] };
}

/** The question does not arise for this node. `because` is a short id. */
export function notApplicable(because: string): Judgement {
  return { verdict: 'not-applicable', severity: 'info', evidence: { because }, commands: [] };
}

function withoutUndefined(fields: EvidenceFields): Evidence {
  const known = Object.entries(fields).filter((field): field is [string, number | string | boolean] => {
    const value = field[1];
    return value !== undefined && !(typeof value === 'number' && !Number.isFinite(value));
  });
  return Object.fromEntries(known);
}

/** Newest value of a text field. */
export function lastText(history: NodeHistory, id: TextFieldId): string | undefined {
  return history.texts[id]?.at(-1)?.value;
}

/** Growth of a counter over the window; undefined when it was seen less than twice. */
export function increaseOf(history: NodeHistory, id: MetricId): number | undefined {
  const summary = history.metrics.get(id);
  return summary === undefined || summary.count < 2 ? undefined : summary.increase;
}

/** Days from the first sample to the last. */
export function spanDays({ fromAt, toAt }: NodeHistory): number {
  return (toAt - fromAt) / DAY_MS;
}

/** How this node's settings are changed. INFO of Azure Cache carries a reservation that no other server has. */
export function settingsDoor({ node, history, instance, settings, engine }: FindingContext): SettingsDoor {
  if (history.metrics.has('maxmemoryReservationBytes')) return 'azure-cache';
  const door = findSettingsDoor(instance?.offering ?? node.provisioning.instance.current?.offering);
  if (door !== 'config' || settings.managedBy === undefined) return door;
  return engine.name === 'valkey' ? 'helm-valkey' : 'helm-redis';
}

/** Limit in force: `maxmemory` as last seen. 0 = no limit; undefined = not told, which is not the same. */
export function currentMaxmemory({ node, history }: FindingContext): number | undefined {
  return node.provisioning.maxmemoryBytes.current ?? history.last.maxmemoryBytes;
}

/** Highest memory that counted against `maxmemory`; used memory where it is not known apart. */
export function countedPeakBytes({ node }: Pick<FindingContext, 'node'>): number | undefined {
  return node.peaks.countedBytes?.value ?? node.peaks.usedMemoryBytes?.value;
}

/** Limit that the present machine can hold: the provider's usable bytes on a managed service, else from the budget. */
export function safeMaxmemory({ node }: Pick<FindingContext, 'node'>): number | undefined {
  const { current } = node.provisioning.instance;
  return current !== undefined && !isOwnServer(findSettingsDoor(current.offering))
    ? current.usableBytes
    : node.provisioning.maxmemoryBytes.safeOnPresentMachine;
}

/** Limit that the present machine could hold if activedefrag closed the holes, as far as that is advised; undefined where it is not. */
export function safeWithoutHoles(context: Pick<FindingContext, 'node'>): number | undefined {
  const { latest, fragmentation } = context.node;
  const { advice, activedefrag, recoverableBytes } = fragmentation;
  const [safeBytes, rssBytes, holesBytes] = [safeMaxmemory(context), latest.usedMemoryRssBytes, recoverableBytes.activedefrag];
  const isAdvised = advice === 'activedefrag' && activedefrag.supported !== 'no';
  if (!isAdvised || safeBytes === undefined || rssBytes === undefined || holesBytes === undefined) return undefined;
  return (safeBytes * rssBytes) / (rssBytes - Math.min(holesBytes, rssBytes / 2));
}

/** Machines and managed instances begin at about this size: no smaller one is worth a move, whatever the data need. */
const SMALLEST_MACHINE_BYTES = 512 * MiB;

/** What to ask for in place of the present machine: what is needed, or the smallest that there is. */
export function smallerMachineBytes(neededBytes: number): number {
  return Math.max(SMALLEST_MACHINE_BYTES, neededBytes);
}

/**
 * Limit to set where there is none: the recommended one; without a forecast what the machine holds, since a limit from a glimpse of the load
 * could refuse tomorrow's writes. A few megabytes of data get what the smallest machine holds: nothing is won by a
 * limit just above them. Undefined when neither is known, when the machine does not hold the recommended one, and when the data
 * were above it already.
 */
export function firstMaxmemory(context: Pick<FindingContext, 'node'>): number | undefined {
  const { recommended } = context.node.provisioning.maxmemoryBytes;
  const safeBytes = safeMaxmemory(context);
  if (context.node.forecast.status === 'refused') {
    const limitBytes = safeBytes === undefined ? undefined : roundDownLimit(safeBytes);
    return limitBytes !== undefined && limitBytes >= (countedPeakBytes(context) ?? 0) ? limitBytes : undefined;
  }
  if (recommended === undefined || (safeBytes !== undefined && recommended > safeBytes)) return undefined;
  const { memoryNeededBytes = SMALLEST_MACHINE_BYTES } = context.node.provisioning;
  const heldBytes = roundDownLimit((recommended * smallerMachineBytes(memoryNeededBytes)) / memoryNeededBytes);
  return Math.max(recommended, Math.min(heldBytes, safeBytes === undefined ? heldBytes : roundDownLimit(safeBytes)));
}

/** No room can be made: the policy forbids eviction, or allows only keys with an expiry and there are none, or next to none. */
export function evictsNothing({ node, history }: FindingContext): boolean | undefined {
  const policy = node.maxmemoryPolicy ?? lastText(history, 'maxmemoryPolicy');
  return policyEvictsNothing(history, policy, node.keyspace.sample?.expiringBytesShare);
}

/** Most bytes that may be evicted, where only keys with an expiry may be and keys were looked at; undefined otherwise. */
export function mostExpiringBytes({ node }: Pick<FindingContext, 'node'>): number | undefined {
  const { sample } = node.keyspace;
  if (sample === undefined || node.maxmemoryPolicy?.startsWith('volatile-') !== true) return undefined;
  const { high, middle } = sample.expiringBytesShare;
  return (high ?? middle) * (sample.bytes.high ?? sample.bytes.middle);
}

/** Above this share of its limit a store is said to be near it (`noeviction-near-limit`). */
export const NEAR_LIMIT_RATIO = 0.9;

/** Whether the limit may be lowered to `bytes`: the highest peak stays below it, and a store does not come near refusing writes. */
export function canLowerTo(context: FindingContext, bytes: number): boolean {
  const peakBytes = countedPeakBytes(context);
  if (peakBytes === undefined || bytes <= 0) return false;
  return evictsNothing(context) === true ? peakBytes < NEAR_LIMIT_RATIO * bytes : peakBytes <= bytes;
}

/** Below this, bytes are not worth an action: activedefrag's own default, and 2 % of the data on larger nodes. */
export function negligibleBytes({ node }: Pick<FindingContext, 'node'>): number {
  return Math.max(100 * MiB, 0.02 * (node.peaks.usedMemoryBytes?.value ?? 0));
}

/**
 * Judges by the diagnosis of fragmentation: raised when it is `diagnosis`, as a note when it is only one of those that fit as well. Clear only
 * where memory is healthy: next to another diagnosis, which is the largest part, and with few data, nobody has looked at this one by itself.
 * @param severity - when it is the diagnosis
 */
export function judgeDiagnosis({ node }: FindingContext, diagnosis: Diagnosis, severity: Severity): Judgement {
  const { fragmentation } = node;
  const evidence = {
    wasteBytes: fragmentation.wasteBytes,
    wasteShare: fragmentation.wasteShare,
    activedefragBytes: fragmentation.recoverableBytes.activedefrag,
    purgeBytes: fragmentation.recoverableBytes.purge,
    restartBytes: fragmentation.recoverableBytes.restart,
    usedMemoryBytes: node.latest.usedMemoryBytes,
    usedMemoryRssBytes: node.latest.usedMemoryRssBytes,
    ...fragmentation.evidence,
  };
  if (fragmentation.diagnosis === diagnosis)
    return raised(severity, { ...evidence, isMain: true, isCertain: fragmentation.also.length === 0 });
  if (fragmentation.diagnosis === 'not-enough-data') return notEnoughData('fragmentation');
  if (fragmentation.also.includes(diagnosis)) return raised('info', { ...evidence, isMain: false, isCertain: false });
  return fragmentation.diagnosis === 'healthy' || diagnosis === 'swapping' ? clear(evidence) : notApplicable(fragmentation.diagnosis);
}
