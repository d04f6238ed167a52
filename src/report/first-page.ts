import type { Action, GroupAnalysis, NodeAnalysis } from '../model/analysis.ts';
import { DAY_MS } from '../model/time.ts';
import { advisedMaxmemory } from './advised-limit.ts';
import type { Block, Cover, Figure, Inline, Text, Tone } from './blocks.ts';
import { isPast, oldDays } from './data-age.ts';
import { figureExplanations } from './explanations/figures.ts';
import { firstLimit } from './first-limit.ts';
import { causeSentence } from './peak-cause.ts';
import { memoryChart, periodText } from './sections/memory.ts';
import { gradeLine } from './sections/quality.ts';
import { refusalText, spanText } from './sections/until-when.ts';
import { sinceText } from './since.ts';
import { isSpikeOnly } from './spike-only.ts';
import { startingCapital, startingSmall, type Telling, text } from './telling.ts';

/** Steps on the first page; the rest follows with the findings. */
const STEPS_SHOWN = 6;

/** How each level of a verdict is coloured and marked. */
export const LEVEL_TONE = { ok: 'good', watch: 'warning', act: 'critical', unknown: 'info' } as const satisfies Record<
  NodeAnalysis['verdict']['level'],
  Tone
>;

/** Top of the page for one node: what, when, the verdict and its reason. */
export function nodeCover(telling: Telling): Cover {
  const { analysis, node, locale } = telling;
  const words = locale.report;
  return {
    product: words.product,
    title: analysis.title ?? words.title,
    subject: node.id,
    period: periodText(telling, node.quality),
    ...(node.labels === undefined ? {} : { labels: labelsText(node.labels) }),
    madeOn: madeText(telling),
    status: statusOf(telling),
    verdict: verdictSentence(telling),
    summary: summaryText(telling),
  };
}

/** Labels as they stand in a configuration, in one line. */
export function labelsText(labels: NonNullable<NodeAnalysis['labels']>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}: ${value}`)
    .join(' · ');
}

/** When the report was made, and how long after the data. */
function madeText(telling: Telling): string {
  const { analysis, locale, format } = telling;
  const days = oldDays(telling);
  const made = format.date(analysis.generatedAt);
  return days === undefined ? locale.report.made(made) : locale.report.madeLater(made, format.days(days));
}

/** The level with its colour. Of old data nobody can say that memory is safe, only that it was. */
export function statusOf(telling: Telling): { readonly tone: Tone; readonly label: string } {
  const { level } = telling.node.verdict;
  const { status } = telling.locale.report;
  return level === 'ok' && oldDays(telling) !== undefined
    ? { tone: 'info', label: status.wasOk }
    : { tone: LEVEL_TONE[level], label: status[level] };
}

/** The verdict in one sentence; of old data with the day that it speaks of. */
export function verdictSentence(telling: Telling): string {
  const { node, locale, format } = telling;
  const days = oldDays(telling);
  const values = { ...verdictValues(telling), ...moveValues(node), ...(days === undefined ? {} : { isOld: 'yes' }) };
  const sentence = locale.verdicts[node.verdict.id].headline(values, format);
  return days === undefined ? sentence : asOf(telling, days, sentence);
}

/** The verdict on a group in one sentence, said by the node that it is of. */
export function groupVerdict(telling: Telling, { nodeIds, steps = [], hottestNodeId }: GroupAnalysis): string {
  const { node, locale, format } = telling;
  const { group } = locale.verdicts[node.verdict.id];
  if (group === undefined) return locale.report.group.page.of(node.id, verdictSentence(telling));
  const days = oldDays(telling);
  const stepNodes = (steps.find(({ id }) => id === node.verdict.id) ?? steps[0])?.nodeIds.length;
  const sentence = group(
    {
      ...verdictValues(telling),
      ...moveValues(node),
      nodes: nodeIds.length,
      node: node.id,
      ...(stepNodes === undefined ? {} : { stepNodes }),
      ...(hottestNodeId === undefined ? {} : { hottest: hottestNodeId }),
      ...(days === undefined ? {} : { isOld: 'yes' }),
    },
    format,
  );
  return days === undefined ? sentence : asOf(telling, days, sentence);
}

/** What is said of old data, with the day that it speaks of. */
function asOf({ node, locale, format }: Telling, days: number, sentence: string): string {
  return locale.report.asOf(format.date(node.quality.toAt), format.days(days), startingSmall(sentence));
}

/** The numbers that verdict sentences may use; absent ones are left out. */
function verdictValues(telling: Telling): Record<string, number> {
  const { node } = telling;
  const { forecast, provisioning, systemMemory, peaks } = node;
  const clientBytes = node.findings.find(({ id, verdict }) => id === 'client-memory-high' && verdict === 'raised')?.evidence.clientBytes;
  const notCounted = node.findings.find(({ id, verdict }) => id === 'replica-buffer-risk' && verdict === 'raised')?.evidence
    .notCountedBytes;
  // Of a machine that is too large, what is enough: no smaller one than there is.
  const enough = node.findings.find(({ id, verdict }) => id === 'oversized' && verdict === 'raised')?.evidence.memoryNeededBytes;
  const heapBytes = node.actions.find(({ id }) => id === 'repair-scripts')?.values.heapBytes;
  const troubles = node.findings.filter(
    ({ id, verdict, severity }) => verdict === 'raised' && severity !== 'info' && id !== 'short-history',
  );
  const criticalFindings = troubles.filter(({ severity }) => severity === 'critical').length;
  const days = [forecast.daysToSystemTarget?.p90, forecast.daysToMaxmemory?.p90].filter((value): value is number => value !== undefined);
  const earliestAt = days.length > 0 ? node.quality.toAt + Math.min(...days) * DAY_MS : undefined;
  const values: Record<string, number | undefined> = {
    peakBytes: peaks.usedMemoryBytes?.value,
    ratioPeak: systemMemory.ratioPeak,
    targetRatio: systemMemory.targetRatio,
    memoryNeededBytes: typeof enough === 'number' ? enough : provisioning.memoryNeededBytes,
    systemMemoryBytes: systemMemory.totalBytes,
    maxmemoryBytes: advisedMaxmemory(node),
    currentMaxmemoryBytes: provisioning.maxmemoryBytes.current,
    safeMaxmemoryBytes: provisioning.maxmemoryBytes.safeOnPresentMachine,
    earliestAt: earliestAt === undefined || isSpikeOnly(node) || isPast(telling, earliestAt) ? undefined : earliestAt,
    earliestDays: days.length > 0 ? Math.min(...days) : undefined,
    horizonDays: forecast.horizonDays,
    growthBytesPerDay: forecast.growthBytesPerDay,
    wasteBytes: node.fragmentation.wasteBytes,
    evictedKeys: node.activity.evictedKeys,
    criticalFindings: criticalFindings > 0 ? criticalFindings : undefined,
    troubles: troubles.length > 0 ? troubles.length : undefined,
    clientBytes: typeof clientBytes === 'number' ? clientBytes : undefined,
    heapBytes: typeof heapBytes === 'number' ? heapBytes : undefined,
    oomErrors: node.activity.oomErrors,
    interimMaxmemoryBytes: interimMaxmemory(node),
    // More shards in place of a larger machine, as the user plans them: the first figures are of each of them.
    plannedShards: node.actions.some(({ id, values }) => id === 'add-shards' && values.reason === 'asked')
      ? provisioning.spread?.shards
      : undefined,
    notCountedBytes: typeof notCounted === 'number' ? notCounted : undefined,
  };
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** What the sentence of a move names. */
function moveValues({ actions }: NodeAnalysis): Record<string, number | string> {
  const { name, shards, fillAtHorizon } = actions.find(({ id }) => id === 'move-to-target')?.values ?? {};
  const values = { targetName: name, targetShards: shards, targetFill: fillAtHorizon };
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number | string] => entry[1] !== undefined));
}

/** What was asked to be planned for, beside what the history shows. */
export function plannedSentence({ analysis, locale, format }: Telling): string[] {
  const { growthRatio, importBytes, replicas, persistence, policy, shards, engine } = analysis.settings;
  const { planned, plan } = locale.report.summary;
  const told = [
    ...(growthRatio === undefined ? [] : [plan.growth(format.percent(growthRatio))]),
    ...(importBytes === undefined ? [] : [plan.imported(format.bytes(importBytes))]),
    ...(replicas === undefined ? [] : [plan.replicas(replicas, format.number(replicas))]),
    ...(persistence === undefined ? [] : [plan.persistence[persistence]]),
    ...(policy === undefined ? [] : [plan.policy[policy]]),
    ...(shards === undefined ? [] : [plan.shards(format.number(shards))]),
    ...(engine === undefined ? [] : [plan.engine(startingCapital(engine.name), engine.version)]),
  ];
  return told.length === 0 ? [] : [planned(format.list(told))];
}

/** The limit to hold until the machine is larger, where that is the first step. */
function interimMaxmemory({ actions }: NodeAnalysis): number | undefined {
  const [first] = actions;
  const isInterim = first?.id === 'lower-maxmemory' && actions.some(({ id }) => id === 'resize-up' || id === 'add-shards');
  const bytes = first?.values.maxmemoryBytes;
  return isInterim && typeof bytes === 'number' ? bytes : undefined;
}

/** Why: peak and ratio, episodes, growth and days, fragmentation. Two to four sentences. */
function summaryText(telling: Telling): Text {
  const { node, locale, format } = telling;
  const words = locale.report.summary;
  const { systemMemory, fragmentation } = node;
  const sentences: string[] = [];
  const target = format.percent(systemMemory.targetRatio);
  const made = causeSentence(telling);
  sentences.push(...peakSentences(telling, [...(made === undefined ? [] : [made]), ...againstLimitSentences(telling)]));
  const count = systemMemory.episodes.length;
  if (systemMemory.ratioPeak !== undefined && count > 0)
    sentences.push(words.crossed(count, format.number(count), format.duration(systemMemory.secondsAboveTarget ?? 0), target));
  sentences.push(...aheadSentences(telling), ...plannedSentence(telling));
  sentences.push(words.fragmentation[fragmentation.diagnosis]);
  return text(sentences.join(' '));
}

/**
 * How high memory went, when, and how much of the machine that was.
 * @param more - what else there is to say of the peak
 */
export function peakSentences({ node, locale, format }: Telling, more: readonly string[] = []): string[] {
  const words = locale.report.summary;
  const { peaks, systemMemory } = node;
  const peak = peaks.usedMemoryBytes;
  if (peak === undefined) return [];
  return [
    peak.recovered
      ? words.peakRecovered(format.bytes(peak.value), format.dateTime(peak.at))
      : words.peak(format.bytes(peak.value), format.dateTime(peak.at)),
    ...more,
    systemMemory.ratioPeak !== undefined
      ? words.ofMachine(format.percent(systemMemory.ratioPeak))
      : systemMemory.totalBytes === undefined
        ? words.noMachine
        : words.noRss,
  ];
}

/** From this share of maxmemory on the peak is compared with it. */
const NEAR_LIMIT = 0.8;

/** The peak against maxmemory, where it came near; what is not counted may lie above it. */
function againstLimitSentences({ node, locale, format }: Telling): string[] {
  const { usedMemoryBytes: used, countedBytes: counted } = node.peaks;
  const limit = node.provisioning.maxmemoryBytes.current ?? 0;
  if (limit <= 0 || used === undefined || used.value < NEAR_LIMIT * limit) return [];
  const words = locale.report.summary;
  const compared = counted?.value ?? used.value;
  const share = format.percent(compared / limit);
  return [used.value > limit && compared < limit ? words.countedOfLimit(format.bytes(compared), share) : words.ofLimit(share)];
}

/** When the nearest limit can be reached, or that none is in sight. */
export function aheadSentences(telling: Telling): string[] {
  const { node, locale, format } = telling;
  const { forecast } = node;
  const words = locale.report.summary;
  if (forecast.status !== 'ok') return [words.refused(refusalText(telling))];
  const limits = [
    {
      name: words.limitTarget(format.percent(node.systemMemory.targetRatio)),
      days: forecast.daysToSystemTarget,
      probability: forecast.probabilitySystemTarget,
    },
    { name: words.limitMaxmemory, days: forecast.daysToMaxmemory, probability: forecast.probabilityMaxmemory },
  ].filter((limit) => limit.probability !== undefined);
  const date = (days: number): string => format.date(node.quality.toAt + days * DAY_MS);
  const coming = limits
    .filter(({ days }) => days?.p90 !== undefined && days.p90 > 0)
    .toSorted((a, b) => (a.days?.p90 ?? 0) - (b.days?.p90 ?? 0))[0];
  if (coming?.days?.p90 !== undefined) {
    if (coming.days.p50 === undefined && isSpikeOnly(node))
      return [words.spike(coming.name, format.days(forecast.horizonDays), format.percent(coming.probability ?? 0))];
    const likely = coming.days.p50 === undefined || coming.days.p50 <= coming.days.p90 ? undefined : date(coming.days.p50);
    const tell = isPast(telling, node.quality.toAt + coming.days.p90 * DAY_MS) ? words.couldBeReached : words.asEarlyAs;
    return [startingCapital(tell(coming.name, date(coming.days.p90), likely))];
  }
  const open = limits.filter(({ days }) => days?.p90 === undefined);
  return open[0] === undefined ? [] : [startingCapital(words.notExpected(open[0].name, format.days(forecast.horizonDays)))];
}

/** The four figures of the first page (five when maxmemory and instance differ in kind). */
export function keyFigures(telling: Telling): readonly Figure[] {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.figure;
  const { peaks, systemMemory, provisioning } = node;
  const figures: Figure[] = [];
  const peak = peaks.usedMemoryBytes;
  figures.push({
    id: 'peak',
    label: words.peak,
    value: peak ? format.bytes(peak.value) : locale.report.unknown,
    href: `#${anchor('memory')}`,
    ...(peak ? { detail: peak.recovered ? words.recovered : format.dateTime(peak.at) } : {}),
  });
  const target = format.percent(systemMemory.targetRatio);
  // What INFO and exporters tell is the host; a container's limit is not seen.
  const isHost = systemMemory.source === 'info' || systemMemory.source === 'host';
  const above = systemMemory.ratioPeak !== undefined && systemMemory.ratioPeak > systemMemory.targetRatio;
  figures.push({
    id: 'machine',
    label: words.machine,
    href: `#${anchor('memory')}`,
    value: systemMemory.ratioPeak === undefined ? locale.report.unknown : format.percent(systemMemory.ratioPeak),
    detail:
      systemMemory.ratioPeak !== undefined
        ? isHost
          ? words.targetOfHost(target)
          : words.target(target)
        : systemMemory.totalBytes === undefined
          ? words.machineUnknown
          : words.rssUnknown,
    ...(above ? { tone: 'critical' as const } : {}),
  });
  figures.push(daysFigure(telling));
  figures.push(maxmemoryFigure(telling));
  const { recommended, current } = provisioning.spread?.instance ?? provisioning.instance;
  const plannedBytes = provisioning.maxmemoryBytes.recommended;
  const neededBytes = provisioning.spread?.memoryNeededBytes ?? provisioning.memoryNeededBytes;
  if (recommended) {
    const name = recommended.shards > 1 ? `${recommended.shards} × ${recommended.name}` : recommended.name;
    const price =
      recommended.priceUsdHour === undefined
        ? undefined
        : words.perHour(format.price(recommended.priceUsdHour * recommended.shards), recommended.priceRegion ?? recommended.provider);
    figures.push({
      id: 'instance',
      label: words.instance,
      href: `#${anchor('instances')}`,
      value: current === undefined || current.name === recommended.name ? name : words.change(current.name, name),
      ...(price === undefined ? {} : { detail: price }),
    });
  } else {
    figures.push({
      id: 'need',
      label: words.need,
      href: `#${anchor('budget')}`,
      value: neededBytes === undefined ? locale.report.unknown : format.bytes(neededBytes),
      detail:
        provisioning.spread !== undefined
          ? words.eachShard(format.number(provisioning.spread.shards))
          : plannedBytes !== undefined && (advisedMaxmemory(node) ?? plannedBytes) !== plannedBytes
            ? words.enoughFor(format.bytes(plannedBytes))
            : words.machineNeeded,
    });
  }
  return figures;
}

/** Until which limit: the one that may be reached first; of the machine where that is known and none is near. */
function daysFigure(telling: Telling): Figure {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.figure;
  const { forecast, systemMemory } = node;
  const limit = firstLimit(node);
  const label = limit.id === 'machine' ? words.days(format.percent(systemMemory.targetRatio)) : words.daysMaxmemory;
  const base = { id: 'days', label, href: `#${anchor('until-when')}` };
  if (systemMemory.episodes.length > 0 && systemMemory.episodes[0]) {
    return {
      ...base,
      value: words.crossed(format.dateTime(systemMemory.episodes[0].fromAt)),
      detail: words.episodes(
        systemMemory.episodes.length,
        format.number(systemMemory.episodes.length),
        format.duration(systemMemory.secondsAboveTarget ?? 0),
      ),
      tone: 'critical',
    };
  }
  if (forecast.status === 'flat') return { ...base, value: words.noForecast, detail: words.atLimit };
  if (forecast.status !== 'ok')
    return {
      ...base,
      value: words.noForecast,
      detail: words.hasNeeds(spanText(telling), format.days(forecast.neededDays ?? 3)),
    };
  const { days, probability } = limit;
  if (probability === undefined) return { ...base, value: locale.report.unknown };
  const counted = oldDays(telling) === undefined ? {} : { detail: words.countedFrom(format.date(node.quality.toAt)) };
  if (days?.p90 === undefined) return { ...base, value: words.beyond(format.days(forecast.horizonDays)), ...counted };
  if (days.p50 === undefined && isSpikeOnly(node)) {
    const detail = words.ofSpike(format.days(forecast.horizonDays));
    return { ...base, value: words.chance(format.percent(probability)), detail, tone: 'warning' };
  }
  const likely = days.p50 !== undefined && days.p50 > days.p90 ? days.p50 : undefined;
  const at = node.quality.toAt + days.p90 * DAY_MS;
  return {
    ...base,
    value: likely === undefined ? format.days(days.p90) : words.interval(format.number(days.p90, 0), format.days(likely)),
    detail: (isPast(telling, at) ? words.passed : words.from)(format.date(at)),
    tone: 'warning',
  };
}

function maxmemoryFigure({ node, locale, format, anchor }: Telling): Figure {
  const words = locale.report.figure;
  const { spread, maxmemoryBytes } = node.provisioning;
  const { current } = maxmemoryBytes;
  const base = { id: 'maxmemory', label: words.maxmemory, href: `#${anchor('budget')}` };
  if (spread !== undefined)
    return { ...base, value: format.bytes(spread.maxmemoryBytes), detail: words.eachShard(format.number(spread.shards)) };
  const recommended = advisedMaxmemory(node);
  if (recommended === undefined) return { ...base, value: current === undefined ? locale.report.unknown : format.bytes(current) };
  const from = current === undefined ? undefined : current === 0 ? words.unlimited : format.bytes(current);
  const to = format.bytes(recommended);
  if (from === undefined || from === to) return { ...base, value: to, detail: from === undefined ? words.whyMaxmemory : words.noChange };
  const isBudget = recommended === node.provisioning.maxmemoryBytes.recommended;
  return { ...base, value: words.change(from, to), detail: isBudget ? words.whyMaxmemory : words.whyStep };
}

/** Blocks under the cover: figures, the chart, what to do, how good the evidence is. */
export function firstPage(telling: Telling): readonly Block[] {
  const { node } = telling;
  const figures = keyFigures(telling);
  const blocks: Block[] = [{ type: 'figures', figures }, figureExplanations(telling, figures), ...sinceBlocks(telling)];
  if (node.series.at.length > 1) blocks.push(memoryChart(telling, { id: 'first-chart', withFan: true }));
  blocks.push(actionsBlock(telling));
  const { title, pointer } = telling.locale.lessons.howToRead;
  const guide = { link: `#${telling.anchor('how-to-read')}`, text: title };
  blocks.push({ type: 'paragraph', text: [...gradeLine(telling), pointer[0], guide, pointer[1]], small: true });
  return blocks;
}

/** What moved since the earlier report, in one sentence; nothing where there is none. */
export function sinceBlocks(telling: Telling): Block[] {
  const since = sinceText(telling);
  return since === undefined ? [] : [{ type: 'paragraph', text: since, small: true }];
}

/** "What to do, in order", with what would not help under it. */
export function actionsBlock(telling: Telling): Block {
  const { node, locale, format } = telling;
  const words = locale.report.actions;
  // What is to be left as it is, is no step beside others.
  const [left, steps] = partition(node.actions, ({ id }) => id === 'leave-activedefrag' && node.actions.length > 1);
  const notNeeded = left.map(({ id, values }) => {
    const gain = typeof values.gainBytes === 'number' ? ` (${format.bytes(Math.max(0, values.gainBytes))})` : '';
    return `${locale.actions[id].name}${gain}`;
  });
  const wouldNotHelp = node.wouldNotHelp.map((entry) => {
    const name = locale.actions[entry.id].name;
    const why = entry.givesBytes === undefined ? [] : [format.bytes(entry.givesBytes)];
    const reason = words.notHelping[entry.reason];
    const told = reason === undefined ? why : [...why, reason];
    return told.length === 0 ? name : `${name} (${told.join(', ')})`;
  });
  const actions = steps.slice(0, STEPS_SHOWN);
  const useless = [...notNeeded, ...wouldNotHelp];
  const footnotes = [...(useless.length === 0 ? [] : [words.wouldNotHelp(format.list(useless))]), ...placeholderNote(telling, actions)];
  return {
    type: 'actions',
    heads: words.heads,
    steps: actions.map((action) => actionStep(telling, action)),
    ...(footnotes.length === 0 ? {} : { footnote: text(footnotes.join(' ')) }),
  };
}

/** One step with its commands, how to see that it worked, and how to take it back. */
export function actionStep(telling: Telling, action: Action) {
  const { locale, format } = telling;
  const words = locale.actions[action.id];
  const detail = words.detail(action.values, format);
  return {
    title: text(words.title(action.values, format)),
    ...(detail === '' ? {} : { detail: text(detail) }),
    commands: action.commands,
    notes: actionNotes(telling, action),
    gives: action.givesBytes === undefined || action.givesBytes <= 0 ? locale.report.actions.noGain : format.signedBytes(action.givesBytes),
    effort: locale.efforts[action.effort],
  };
}

function partition<T>(all: readonly T[], isFirst: (item: T) => boolean): readonly [T[], T[]] {
  return [all.filter(isFirst), all.filter((item) => !isFirst(item))];
}

function capitalWords(line: string): string[] {
  return line.match(/\b[A-Z_]+\b/g) ?? [];
}

/** What the words in capitals of these steps' commands stand for, each once; nothing where there are none. */
export function placeholderNote({ locale, format }: Telling, actions: readonly Action[]): string[] {
  const { placeholders, placeholder, fillIn } = locale.report.actions;
  const words = new Set(actions.flatMap(({ commands }) => commands).flatMap(capitalWords));
  const told = Object.entries(placeholders).flatMap(([word, meaning]) => (words.has(word) ? [placeholder(word, meaning)] : []));
  return told.length === 0 ? [] : [fillIn(format.list(told))];
}

/** How to see that it worked, with what to expect, and how to take it back. */
function actionNotes({ locale, format }: Telling, action: Action): Text[] {
  const words = locale.report.actions;
  const notes: Text[] = [];
  if (action.verify !== undefined) {
    const expectation = locale.actions[action.id].expect(action, format);
    notes.push(text(words.check, { code: action.verify }, expectation === '' ? '' : words.expect(expectation)));
  }
  const undo = action.undo ?? [];
  if (undo.length > 0) {
    // Words that the commands have are told once, under all steps.
    const own = undo.flatMap(capitalWords).filter((word) => !action.commands.flatMap(capitalWords).includes(word));
    const meanings = Object.entries(words.placeholders).flatMap(([word, meaning]) =>
      own.includes(word) ? [words.placeholder(word, meaning)] : [],
    );
    const told = meanings.length === 0 ? '' : ` (${format.list(meanings)})`;
    notes.push(text(words.undo, ...undo.flatMap((line, i): Inline[] => [i === 0 ? '' : ', ', { code: line }]), told));
  }
  return notes;
}
