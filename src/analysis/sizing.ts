import { findEntry, findRule, isAskedFor, offersEngine, PROVIDER_RULES, type ProviderRule } from '../catalogs/index.ts';
import type { Forecast, InstanceChoice, Provisioning } from '../model/analysis.ts';
import type { CatalogEntry } from '../model/catalog.ts';
import type { EngineName } from '../model/engine.ts';

/** What one node (of a cluster: its hottest shard) must hold, in bytes, at the horizon and today. */
export interface MemoryNeed {
  /** Machine that satisfies both conditions of the budget. */
  readonly memoryNeededBytes: number;
  /** Recommended maxmemory. */
  readonly maxmemoryBytes: number;
  /** Resident memory with the recommended maxmemory full. */
  readonly residentBytes: number;
  /** The same three for the peak seen so far; without them the fill of today is left out. */
  readonly nowMemoryNeededBytes?: number;
  readonly nowMaxmemoryBytes?: number;
  readonly nowResidentBytes?: number;
}

export interface SizingQuestion {
  readonly need: MemoryNeed;
  readonly catalog: readonly CatalogEntry[];
  /** As given to `--provider`; empty: nothing was asked. */
  readonly providers: readonly string[];
  /** Instance type that the node runs on now. */
  readonly currentName?: string;
  /** Offering to migrate to (`elasticache-valkey`, `ec2`); it replaces the present one's offering and the engine's. */
  readonly target?: string;
  readonly engineName: EngineName;
  /** Shards of the present cluster. Default 1. */
  readonly shards?: number;
  /** Share of a machine that may be filled, 0..1. Default 0.8. */
  readonly targetRatio?: number;
  /** The present instance stays while the need is at most this many times what it holds, see {@link findShortRatio}. Default 1. */
  readonly shortRatio?: number;
}

/**
 * How many times what the present machine holds the bound of a projection may ask for before the machine is replaced: the bound is not that
 * exact, and what was right last month is not to be undone by a percent of noise. Least exact where the forecast has little confidence.
 */
export function findShortRatio(confidence: Forecast['confidence']): number {
  return confidence === 'low' ? 1.1 : 1.05;
}

/**
 * Why an instance was not chosen; the words are in the locale. `little-room`: a down-size that would be over 90 % full; `costs-more`: it holds
 * the need and costs as much as the recommended one or more; `other-family`: it does, in a family that is not in use.
 */
export type RejectionReason = 'too-small' | 'little-room' | 'costs-more' | 'price-unknown' | 'other-family' | 'retired';

const DEFAULT_TARGET_RATIO = 0.8;
/** A smaller instance is recommended only if the need fills it to this share at most, so that a small growth does not undo the move. */
const DOWNSIZE_FILL = 0.9;
/** An offering is compared by price when at least this share of its entries has one; else by size. */
const PRICED_SHARE = 0.8;
const MAX_ALTERNATIVES = 8;
const MAX_REJECTED = 3;

/** One entry measured against the need. `needBytes` and `usableBytes` are of one node. */
interface Candidate {
  readonly entry: CatalogEntry;
  readonly rule: ProviderRule;
  readonly shards: number;
  readonly usableBytes: number;
  readonly usableRule: string;
  readonly needBytes: number;
  readonly nowNeedBytes: number | undefined;
  readonly memoryBytes: number;
}

interface NeedFigures {
  readonly machine: number;
  readonly maxmemory: number;
  readonly resident: number;
}

/**
 * The need in the unit of `usableBytes`: fits when it is not larger. The larger cover counts, never both: the provider's reserve replaces
 * our budget's lines for the process and for forks, and only where resident memory would outgrow the node itself does that decide.
 */
function needFor(rule: ProviderRule, figures: NeedFigures, usableBytes: number, memoryBytes: number): number {
  const share = usableBytes / memoryBytes;
  switch (rule.compares) {
    case 'data':
      return figures.maxmemory;
    case 'node':
      return Math.max(figures.maxmemory, figures.resident * share);
    case 'resident':
      return Math.max(figures.maxmemory, figures.resident);
    case 'machine':
      return figures.machine * share;
  }
}

function nowFigures(need: MemoryNeed): NeedFigures | undefined {
  const { nowMemoryNeededBytes: machine, nowMaxmemoryBytes: maxmemory, nowResidentBytes: resident } = need;
  return machine === undefined || maxmemory === undefined || resident === undefined ? undefined : { machine, maxmemory, resident };
}

/** Measures an entry; undefined when its usable memory is not known. */
function measure(entry: CatalogEntry, question: SizingQuestion, measuredOffering: string | undefined): Candidate | undefined {
  const rule = findRule(entry);
  const usable = rule.usable(entry, { targetRatio: question.targetRatio ?? DEFAULT_TARGET_RATIO, measuredOffering });
  if (usable === undefined || usable.bytes <= 0) return undefined;
  const memoryBytes = entry.memoryBytes ?? usable.bytes;
  const { need } = question;
  const figures = { machine: need.memoryNeededBytes, maxmemory: need.maxmemoryBytes, resident: need.residentBytes };
  const now = nowFigures(need);
  return {
    entry,
    rule,
    shards: question.shards ?? 1,
    usableBytes: usable.bytes,
    usableRule: usable.rule,
    memoryBytes,
    needBytes: needFor(rule, figures, usable.bytes, memoryBytes),
    nowNeedBytes: now && needFor(rule, now, usable.bytes, memoryBytes),
  };
}

const fits = ({ needBytes, usableBytes }: Candidate) => needBytes <= usableBytes;

const totalUsable = ({ usableBytes, shards }: Candidate) => usableBytes * shards;
const totalPrice = ({ entry, shards }: Candidate) => (entry.priceUsdHour === undefined ? undefined : entry.priceUsdHour * shards);

/** Splits the need over as many shards as this entry asks for, keys spread evenly; undefined beyond the provider's limit. */
function spread(candidate: Candidate): Candidate | undefined {
  const factor = Math.ceil(candidate.needBytes / candidate.usableBytes);
  const shards = candidate.shards * factor;
  if (shards > candidate.rule.maxShards) return undefined;
  return {
    ...candidate,
    shards,
    needBytes: candidate.needBytes / factor,
    nowNeedBytes: candidate.nowNeedBytes === undefined ? undefined : candidate.nowNeedBytes / factor,
  };
}

/** Offerings whose entries mostly carry prices: among them the cheapest wins, elsewhere the smallest. */
function pricedOfferings(candidates: readonly Candidate[]): ReadonlySet<string> {
  const offerings = Map.groupBy(candidates, ({ entry }) => entry.offering);
  const isPriced = (group: readonly Candidate[]) =>
    group.filter(({ entry }) => entry.priceUsdHour !== undefined).length >= PRICED_SHARE * group.length;
  return new Set([...offerings].filter(([, group]) => isPriced(group)).map(([offering]) => offering));
}

/**
 * Order of preference: the family in use first, then the fewest shards, then what is priced by price, then the rest by size. It does not
 * depend on the need but for the shards, which only grow with it: a larger need can never lead to a smaller choice.
 */
function preference(priced: ReadonlySet<string>, family?: string): (a: Candidate, b: Candidate) => number {
  const price = (candidate: Candidate) => (priced.has(candidate.entry.offering) ? (totalPrice(candidate) ?? Infinity) : Infinity);
  const inFamily = ({ entry }: Candidate) => (entry.family === family ? 0 : 1);
  const byPrice = (a: Candidate, b: Candidate) => {
    const [first, second] = [price(a), price(b)];
    return first === second ? 0 : first - second;
  };
  return (a, b) => inFamily(a) - inFamily(b) || a.shards - b.shards || byPrice(a, b) || bySize(a, b);
}

function bySize(a: Candidate, b: Candidate): number {
  const price = (totalPrice(a) ?? Infinity) - (totalPrice(b) ?? Infinity);
  return totalUsable(a) - totalUsable(b) || (Number.isNaN(price) ? 0 : price) || (a.entry.name < b.entry.name ? -1 : 1);
}

function toChoice(candidate: Candidate): InstanceChoice {
  const { entry, usableBytes, needBytes, nowNeedBytes } = candidate;
  return {
    provider: entry.provider,
    offering: entry.offering,
    name: entry.name,
    memoryBytes: candidate.memoryBytes,
    usableBytes,
    rule: candidate.usableRule,
    shards: candidate.shards,
    vcpu: entry.vcpu,
    priceUsdHour: entry.priceUsdHour,
    priceRegion: entry.priceRegion,
    priceAsOf: entry.priceAsOf,
    fillNow: nowNeedBytes === undefined ? undefined : nowNeedBytes / usableBytes,
    fillAtHorizon: needBytes / usableBytes,
    source: entry.source,
  };
}

function toRejected(candidate: Candidate, reason: RejectionReason): Provisioning['instance']['rejected'][number] {
  const { entry, needBytes, usableBytes } = candidate;
  return { provider: entry.provider, offering: entry.offering, name: entry.name, reason, needBytes, usableBytes };
}

/** The offering to look in: what was asked for, else where the node is now, else none (every offering, nothing recommended). */
function findOffering(question: SizingQuestion, current: CatalogEntry | undefined): string | undefined {
  if (question.target !== undefined) return question.target;
  if (current === undefined) return undefined;
  // Asked for other providers than the present one: a move, so the present offering does not bind.
  if (!isAskedFor(current, question.providers)) return undefined;
  return findRule(current).successor ?? current.offering;
}

/** Whether the entry may be bought for this question at all. */
function isEligible(
  { entry, rule }: Candidate,
  question: SizingQuestion,
  current: Candidate | undefined,
  offering: string | undefined,
): boolean {
  if (rule.isRetired?.(entry)) return false;
  if (rule.isSpecial?.(entry) && entry.family !== current?.entry.family) return false;
  if ((question.shards ?? 1) > rule.maxShards) return false;
  if (offering !== undefined) return entry.offering === offering;
  return isAskedFor(entry, question.providers) && offersEngine(rule, question.engineName);
}

/** The candidates that hold the need: single nodes (or the present shards), and where none is large enough, more shards. */
function findHolders(eligible: readonly Candidate[]): Candidate[] {
  const byOffering = Map.groupBy(eligible, ({ entry }) => entry.offering);
  return [...byOffering.values()].flatMap((group) => {
    const single = group.filter(fits);
    return single.length > 0 ? single : group.flatMap((candidate) => spread(candidate) ?? []);
  });
}

/** The best of each provider's services and of its machines, in the order of the rules. */
function bestOfEachKind(sorted: readonly Candidate[]): readonly Candidate[] {
  const groups = Map.groupBy(sorted, ({ rule }) => `${rule.provider} ${rule.kind}`);
  const rank = ({ rule }: Candidate) => PROVIDER_RULES.indexOf(rule);
  return [...groups.values()].flatMap((group) => group.slice(0, 1)).sort((a, b) => rank(a) - rank(b));
}

const leavesRoom = ({ needBytes, usableBytes }: Candidate) => needBytes <= DOWNSIZE_FILL * usableBytes;

/** The best of the holders; where the present instance may stay, only a clearly smaller one that costs less replaces it. */
function recommend(holders: readonly Candidate[], staying: Candidate | undefined): Candidate | undefined {
  if (staying === undefined) return holders[0];
  const price = totalPrice(staying);
  const smaller = holders.find(
    (candidate) =>
      leavesRoom(candidate) &&
      totalUsable(candidate) < totalUsable(staying) &&
      (price === undefined || (totalPrice(candidate) ?? 0) < price),
  );
  return smaller ?? staying;
}

/** Why a smaller one was not taken, by the rules of `recommend` and `preference`. */
function findReason(candidate: Candidate, recommended: Candidate, isDownsize: boolean): RejectionReason {
  if (!fits(candidate)) return 'too-small';
  if (isDownsize && !leavesRoom(candidate)) return 'little-room';
  const [price, recommendedPrice] = [totalPrice(candidate), totalPrice(recommended)];
  if (price !== undefined && recommendedPrice !== undefined && price >= recommendedPrice) return 'costs-more';
  return candidate.entry.family === recommended.entry.family ? 'price-unknown' : 'other-family';
}

/** Why the next smaller ones were not taken, nearest first. */
function findRejected(
  all: readonly Candidate[],
  eligible: readonly Candidate[],
  recommended: Candidate,
  isDownsize: boolean,
): Provisioning['instance']['rejected'] {
  const sameOffering = ({ entry }: Candidate) => entry.offering === recommended.entry.offering;
  const { family } = recommended.entry;
  // The family tells the story of the next size down; a family with one size only does not.
  const relatives = eligible.filter((candidate) => sameOffering(candidate) && candidate.usableBytes < recommended.usableBytes);
  const inFamily = relatives.filter(({ entry }) => entry.family === family);
  const smaller = [...(inFamily.length > 0 ? inFamily : relatives)].sort((a, b) => bySize(b, a)).slice(0, MAX_REJECTED);
  const retired = all.filter(
    (candidate) =>
      sameOffering(candidate) &&
      candidate.rule.isRetired?.(candidate.entry) &&
      fits(candidate) &&
      candidate.usableBytes <= recommended.usableBytes,
  );
  return [
    ...smaller.map((candidate) => toRejected(candidate, findReason(candidate, recommended, isDownsize))),
    ...retired
      .sort(bySize)
      .slice(0, 1)
      .map((candidate) => toRejected(candidate, 'retired')),
  ];
}

/**
 * The instance to run on, others that hold the need (smallest first), and why the next smaller ones do not.
 *
 * Where the search looks: the `target` offering; else the present instance's (its family first); else what `providers` names, for this engine.
 * With none of these the kind of machine is not known: nothing is recommended, and the alternatives are the best of each provider.
 * Within that, the cheapest that holds the need, or the smallest where prices are not known. A down-size must leave 10 % room.
 * Docs: docs/methodology.md#instance
 */
export function chooseInstance(question: SizingQuestion): Provisioning['instance'] {
  const { catalog, currentName, engineName } = question;
  const currentEntry = currentName === undefined ? undefined : findEntry(catalog, currentName, engineName);
  const measuredOffering = currentEntry?.offering;
  const all = catalog.flatMap((entry) => measure(entry, question, measuredOffering) ?? []);
  const current = all.find(({ entry }) => entry === currentEntry);

  const offering = findOffering(question, currentEntry);
  const family = currentEntry?.offering === offering ? currentEntry?.family : undefined;
  const eligible = all.filter((candidate) => isEligible(candidate, question, current, offering));
  const priced = pricedOfferings(eligible);
  const holders = findHolders(eligible).sort(preference(priced, family));
  const isMove = current === undefined || current.rule.isRetired?.(current.entry) === true || (offering ?? '') !== current.entry.offering;
  const wasAsked = offering !== undefined || question.providers.length > 0;
  const mayStay = ({ needBytes, usableBytes }: Candidate) => needBytes <= (question.shortRatio ?? 1) * usableBytes;
  const staying = current !== undefined && !isMove && mayStay(current) ? current : undefined;
  const recommended = wasAsked ? recommend(holders, staying) : undefined;

  // One of each kind first, so that a provider with many sizes does not hide the others; then whatever is cheapest.
  const others = holders.filter((candidate) => candidate.entry !== recommended?.entry).sort(preference(priced));
  const alternatives = new Set([...bestOfEachKind(others), ...(wasAsked ? others : [])]);
  return {
    current: current && toChoice(current),
    recommended: recommended && toChoice(recommended),
    alternatives: [...alternatives].slice(0, MAX_ALTERNATIVES).sort(bySize).map(toChoice),
    rejected: recommended === undefined ? [] : findRejected(all, eligible, recommended, staying !== undefined),
    direction: current && recommended && findDirection(current, recommended),
  };
}

/** Compares memory, since two offerings may count different parts of it as usable. */
function findDirection(current: Candidate, recommended: Candidate): 'up' | 'down' | 'keep' {
  if (recommended.entry === current.entry && recommended.shards === current.shards) return 'keep';
  const growth = totalUsable(recommended) - totalUsable(current);
  return growth < 0 ? 'down' : 'up';
}
