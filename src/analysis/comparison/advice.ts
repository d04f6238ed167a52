import type { Action, Analysis, NodeAnalysis } from '../../model/analysis.ts';
import type { ComparedAdvice, ComparedFigure, ComparedFigureId } from '../../model/comparison.ts';
import { compareVersions } from '../../model/engine.ts';
import { DAY_MS } from '../../model/time.ts';

/** Two sizes that mean the same one. */
const SAME_RATIO = 0.01;
/** INFO tells a machine up to so much smaller than its maker does. */
const MACHINE_RATIO = 0.08;
/** In less time than this no rate a day is told. */
const MIN_RATE_MS = 3_600_000;
/** What is advised for the reader and not for the server. */
const NOTES: readonly Action['id'][] = ['nothing', 'leave-activedefrag', 'let-defrag-finish', 'collect-more', 'fix-input'];

/** A node in its Analysis. */
export interface Placed {
  readonly node: NodeAnalysis;
  readonly analysis: Analysis;
}

export interface AdviceQuestion {
  readonly before: Placed;
  readonly after: Placed;
  readonly figures: readonly ComparedFigure[];
  /** Both were analysed with the same options: what these say was not seen to change. */
  readonly sharesOptions: boolean;
}

type Judged = Pick<ComparedAdvice, 'status' | 'at' | 'before' | 'advised' | 'after'>;

/**
 * What became of each step that the earlier Analysis advised, and what was measured before and after it.
 * @remarks docs/methodology.md#comparison
 */
export function followAdvice(question: AdviceQuestion): ComparedAdvice[] {
  const { before, after } = question;
  if (after.node.quality.toAt <= before.node.quality.toAt) return [];
  return before.node.actions
    .filter(({ id }) => !NOTES.includes(id))
    .map((action) => {
      const judged = withoutAbsent(judge(action, question));
      const isDone = judged.status === 'applied' || judged.status === 'partly' || judged.status === 'resolved';
      return { id: action.id, ...judged, effects: isDone ? findEffects(action, judged, question) : [] };
    })
    .filter((advice, i, all) => !isPointless(advice, all.slice(i + 1)));
}

/** A lower limit until the machine is larger, which it is by now: there was no need of it. */
function isPointless({ id, status }: ComparedAdvice, later: readonly ComparedAdvice[]): boolean {
  const isLarger = later.some((step) => (step.id === 'resize-up' || step.id === 'add-shards') && step.status === 'applied');
  return id === 'lower-maxmemory' && status === 'not-applied' && isLarger;
}

function judge(action: Action, question: AdviceQuestion): Judged {
  const { before, after } = question;
  switch (action.id) {
    case 'set-maxmemory':
    case 'raise-maxmemory':
    case 'lower-maxmemory':
      return judgeLimit(action, question);
    case 'resize-up':
    case 'resize-down':
      return judgeMachine(action, question);
    case 'move-to-target':
      return judgeMove(action, question);
    case 'add-shards':
      return judgeShards(action, question);
    case 'enable-activedefrag':
    case 'disable-activedefrag':
      return judgeSwitch(after.node.fragmentation.activedefrag.enabled, action.id === 'enable-activedefrag' ? 'yes' : 'no');
    case 'tune-activedefrag':
      return judgeParameters(before.node, after.node);
    case 'set-eviction-policy':
      return judgePolicy(before.node, after.node);
    case 'upgrade-engine':
      return judgeVersion(action, before.node, after.node);
    case 'jemalloc-build':
      return after.node.allocator === undefined
        ? { status: 'not-visible' }
        : { status: after.node.allocator.startsWith('jemalloc') ? 'applied' : 'not-applied' };
    case 'restart': {
      const restart = after.node.quality.restarts.findLast(({ at }) => at > before.node.quality.toAt);
      return restart === undefined ? { status: seesAll(question) ? 'not-applied' : 'not-visible' } : { status: 'applied', at: restart.at };
    }
    default:
      return judgeByFindings(action, after.node);
  }
}

/** Whether the time since the earlier window lies in the history without a hole in which a process could have ended. */
function seesAll({ before, after }: AdviceQuestion): boolean {
  return after.node.quality.fromAt <= before.node.quality.toAt;
}

/** The last limit that the list sets is the one to have; an earlier one of the list is a part of the way. */
function judgeLimit(action: Action, { before, after }: AdviceQuestion): Judged {
  const { current: from } = before.node.provisioning.maxmemoryBytes;
  const { current: now, changes = [] } = after.node.provisioning.maxmemoryBytes;
  const advised = action.values.maxmemoryBytes;
  if (typeof advised !== 'number' || now === undefined) return { status: 'not-visible' };
  const told = { before: from, advised, after: now };
  const change = changes.findLast(({ at, toBytes }) => at > before.node.quality.toAt && isSame(toBytes, now));
  const later = before.node.actions.slice(before.node.actions.indexOf(action) + 1);
  // An interim limit that a later step of the same list has replaced was followed too.
  const isPassed = later.some(({ id, values }) => id.endsWith('-maxmemory') && isSame(values.maxmemoryBytes, now));
  if (isSame(advised, now) || isPassed) return { ...told, status: 'applied', at: change?.at };
  return { ...told, status: judgeSize(from, advised, now), at: change?.at };
}

function judgeMachine(action: Action, { before, after, sharesOptions }: AdviceQuestion): Judged {
  const [was, is] = [before.node.provisioning.instance.current, after.node.provisioning.instance.current];
  const { name } = action.values;
  const isStated = ['option', 'instance'].includes(after.node.systemMemory.source);
  if (sharesOptions && isStated) return { status: 'not-visible' };
  if (typeof name === 'string' && was !== undefined && is !== undefined) {
    const told = { before: was.name, advised: name, after: is.name };
    if (is.name === name) return { ...told, status: 'applied' };
    if (is.name === was.name) return { ...told, status: 'not-applied' };
  }
  const advised = action.values.memoryBytes ?? action.values.memoryNeededBytes;
  const [from, now] = [before.node.systemMemory.totalBytes, after.node.systemMemory.totalBytes];
  if (typeof advised !== 'number' || now === undefined) return { status: 'not-visible' };
  const told = { before: from, advised, after: now };
  if (isSame(from, now)) return { ...told, status: 'not-applied' };
  const isEnough = action.id === 'resize-up' ? now >= advised * (1 - MACHINE_RATIO) : now <= advised * (1 + MACHINE_RATIO);
  if (isEnough) return { ...told, status: 'applied' };
  return { ...told, status: judgeSize(from, advised, now) };
}

/** A move to another service shows in the instance that the user names. */
function judgeMove({ values }: Action, { before, after, sharesOptions }: AdviceQuestion): Judged {
  const [was, is] = [before.node.provisioning.instance.current?.name, after.node.provisioning.instance.current?.name];
  if (sharesOptions || is === undefined || typeof values.name !== 'string') return { status: 'not-visible' };
  const told = { before: was, advised: values.name, after: is };
  return { ...told, status: is === values.name ? 'applied' : is === was ? 'not-applied' : 'otherwise' };
}

function judgeShards(action: Action, { before, after }: AdviceQuestion): Judged {
  const shardsOf = ({ node, analysis }: Placed) => analysis.groups.find(({ id }) => id === node.groupId)?.shards;
  const [from, now] = [shardsOf(before), shardsOf(after)];
  const advised = action.values.shards;
  if (typeof advised !== 'number' || now === undefined) return { status: 'not-visible' };
  const told = { before: from, advised, after: now };
  return { ...told, status: now >= advised ? 'applied' : judgeSize(from, advised, now) };
}

function judgeSwitch(now: 'yes' | 'no' | 'unknown', advised: 'yes' | 'no'): Judged {
  if (now === 'unknown') return { status: 'not-visible' };
  return { status: now === advised ? 'applied' : 'not-applied', advised, after: now };
}

function judgeParameters(before: NodeAnalysis, after: NodeAnalysis): Judged {
  const asked = before.fragmentation.activedefrag.parameters.filter(({ change, recommended }) => change && recommended !== undefined);
  const now = new Map(after.fragmentation.activedefrag.parameters.map(({ name, current }) => [name, current]));
  const known = asked.filter(({ name }) => now.get(name) !== undefined);
  if (known.length === 0) return { status: 'not-visible' };
  const done = known.filter(({ name, recommended }) => now.get(name) === recommended).length;
  return { status: done === asked.length ? 'applied' : done > 0 ? 'partly' : 'not-applied' };
}

function judgePolicy({ maxmemoryPolicy: from }: NodeAnalysis, { maxmemoryPolicy: now }: NodeAnalysis): Judged {
  if (now === undefined) return { status: 'not-visible' };
  const told = { before: from, after: now };
  return { ...told, status: now === from ? 'not-applied' : now === 'noeviction' ? 'otherwise' : 'applied' };
}

function judgeVersion({ values }: Action, { engine: was }: NodeAnalysis, { engine: is }: NodeAnalysis): Judged {
  if (is.version === undefined || was.version === undefined) return { status: 'not-visible' };
  const advised = typeof values.toVersion === 'string' ? values.toVersion : undefined;
  const told = { before: was.version, advised, after: is.version };
  if (was.name === is.name && compareVersions(is.version, was.version) === 0) return { ...told, status: 'not-applied' };
  if (was.name !== is.name) return { ...told, status: 'otherwise' };
  if (compareVersions(is.version, was.version) < 0) return { ...told, status: 'otherwise' };
  return { ...told, status: advised === undefined || compareVersions(is.version, advised) >= 0 ? 'applied' : 'partly' };
}

/** What cannot be seen in INFO is told by whether its reason is still there. */
function judgeByFindings({ findingIds }: Action, { findings }: NodeAnalysis): Judged {
  const verdicts = findingIds.map((id) => findings.find((finding) => finding.id === id)?.verdict);
  if (verdicts.includes('raised')) return { status: 'unresolved' };
  const isClear = verdicts.length > 0 && verdicts.every((verdict) => verdict === 'clear' || verdict === 'not-applicable');
  return { status: isClear ? 'resolved' : 'not-visible' };
}

/** How a size has moved that is not the advised one. */
function judgeSize(from: number | undefined, advised: number, now: number): Judged['status'] {
  if (from === undefined) return 'otherwise';
  if (isSame(from, now)) return 'not-applied';
  // 0 is no limit at all, and no size.
  if (from === 0 || now === 0) return 'otherwise';
  return Math.sign(now - from) === Math.sign(advised - from) && Math.abs(now - from) < Math.abs(advised - from) ? 'partly' : 'otherwise';
}

function isSame(a: unknown, b: number): boolean {
  return typeof a === 'number' && Math.abs(a - b) <= SAME_RATIO * Math.max(a, b);
}

const LIMIT_EFFECTS: readonly ComparedFigureId[] = ['evictions-per-day', 'refusals-per-day', 'hit-ratio', 'machine-ratio'];
const WASTE_EFFECTS: readonly ComparedFigureId[] = ['waste', 'rss-to-used'];

/** What a step is meant to move. */
const EFFECTS: Partial<Record<Action['id'], readonly ComparedFigureId[]>> = {
  'set-maxmemory': LIMIT_EFFECTS,
  'raise-maxmemory': LIMIT_EFFECTS,
  'lower-maxmemory': LIMIT_EFFECTS,
  'set-eviction-policy': ['evictions-per-day', 'refusals-per-day'],
  'resize-up': ['machine-ratio'],
  'resize-down': ['machine-ratio'],
  'move-to-target': ['machine-ratio', 'waste'],
  'enable-activedefrag': WASTE_EFFECTS,
  'tune-activedefrag': WASTE_EFFECTS,
  'disable-activedefrag': WASTE_EFFECTS,
  'memory-purge': WASTE_EFFECTS,
  restart: WASTE_EFFECTS,
  'jemalloc-build': WASTE_EFFECTS,
  'add-shards': ['peak-used'],
  'move-slots': ['peak-used'],
};

function findEffects({ id }: Action, { at }: Judged, { after, figures }: AdviceQuestion): ComparedAdvice['effects'] {
  return (EFFECTS[id] ?? []).flatMap((figure) => {
    const compared = figures.find((each) => each.id === figure);
    if (compared?.before === undefined || compared.after === undefined) return [];
    const { before, moved } = compared;
    // Nothing evicted before and after says nothing of a limit.
    if (before === 0 && compared.after === 0) return [];
    const since = figure === 'evictions-per-day' && at !== undefined ? evictionsSince(after.node, at) : undefined;
    return [{ figure, before, after: since ?? compared.after, moved: since === undefined ? moved : moved || isOther(before, since) }];
  });
}

/** Half as much, or half as much again. */
function isOther(before: number, after: number): boolean {
  return Math.max(before, after) > 1.5 * Math.min(before, after);
}

/** Evicted keys a day from an instant inside the window on: the window as a whole holds the time before it too. */
function evictionsSince({ series }: NodeAnalysis, sinceAt: number): number | undefined {
  let [keys, milliseconds] = [0, 0];
  series.at.forEach((middle, i) => {
    const rate = series.evictedKeysPerSecond[i] ?? null;
    const step = middle - (series.at[i - 1] ?? middle);
    if (rate === null || step <= 0 || middle - step < sinceAt) return;
    keys += (rate * step) / 1000;
    milliseconds += step;
  });
  return milliseconds < MIN_RATE_MS ? undefined : (keys * DAY_MS) / milliseconds;
}

function withoutAbsent(judged: Judged): Judged {
  return Object.fromEntries(Object.entries(judged).filter(([, value]) => value !== undefined)) as Judged;
}
