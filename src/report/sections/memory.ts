import type { NodeAnalysis } from '../../model/analysis.ts';
import { DAY_MS } from '../../model/time.ts';
import { advisedMaxmemory } from '../advised-limit.ts';
import { bytesAxis, ratioAxis, timeAxis } from '../axis.ts';
import type { Block, Fan, LimitLine, LineBandChart, Section, TableCell, TimeLine, TimeMark } from '../blocks.ts';
import { peakLesson, pressureLesson } from '../lessons.ts';
import { movedTogether } from '../moved-together.ts';
import { causeText } from '../peak-cause.ts';
import { cell, column, hasValues, lineMax, type Telling, text, toldBy } from '../telling.ts';

/** Episodes listed in the table; the rest is counted. */
const EPISODES_SHOWN = 12;
/** Counted memory is drawn as a line of its own when it differs from used memory by more than this share. */
const COUNTED_WORTH_DRAWING = 0.01;

/** Memory over time: used, RSS and counted memory with limits, peaks, restarts and gaps; below it the machine's ratio. */
export function memorySection(telling: Telling): Section {
  const { node, locale } = telling;
  const blocks: Block[] = [
    memoryChart(telling),
    ...limitChanges(telling),
    ...ratioBlocks(telling),
    ...pressureLesson(telling),
    ...peakParts(telling),
    ...peakLesson(telling),
  ];
  return {
    id: telling.anchor('memory'),
    title: locale.report.memory.title,
    blocks: node.series.at.length === 0 ? blocks.slice(1) : blocks,
  };
}

/** The chart of the first page and of the first evidence page. */
export function memoryChart(telling: Telling, options: { id?: string; withFan?: boolean } = {}): LineBandChart {
  const { node, locale, format, timeZone } = telling;
  const words = locale.report.memory;
  const { series } = node;
  const lines: TimeLine[] = [];
  const addLine = (id: 'used' | 'rss' | 'counted', y: TimeLine['y'], extra: Pick<TimeLine, 'area'> = {}): void => {
    lines.push({ id, label: words[id], role: id, y, told: toldBy(y, format.bytes), ...extra });
  };
  if (hasValues(series.usedMemoryBytes)) addLine('used', series.usedMemoryBytes, { area: true });
  if (hasValues(series.usedMemoryRssBytes)) addLine('rss', series.usedMemoryRssBytes);
  const usedMax = lineMax(series.usedMemoryBytes);
  const rssMax = lineMax(series.usedMemoryRssBytes);
  const countedApart = series.countedBytes.some((value, i) => {
    const used = series.usedMemoryBytes[i];
    return value !== null && used !== null && used !== undefined && used - value > COUNTED_WORTH_DRAWING * (usedMax ?? 0);
  });
  if (countedApart) addLine('counted', series.countedBytes);

  const highest = Math.max(usedMax ?? 0, rssMax ?? 0, node.peaks.usedMemoryBytes?.value ?? 0);
  const limits = limitLines(telling).filter((limit) => limit.value <= highest * 2.2);
  const fan = options.withFan === true ? firstFan(telling) : undefined;
  const top = Math.max(highest, fan?.p95.at(-1) ?? 0, ...limits.map((limit) => limit.value));
  const from = format.dateTime(node.quality.fromAt);
  const to = format.dateTime(node.quality.toAt);
  const told = [
    ...(usedMax === undefined ? [] : [words.altUsed(format.bytes(usedMax))]),
    ...(rssMax === undefined ? [] : [words.altRss(format.bytes(rssMax))]),
  ];
  return {
    type: 'chart',
    form: 'line-band',
    id: telling.anchor(options.id ?? 'memory-chart'),
    title: memoryTitle(telling),
    alt: words.alt(
      from,
      to,
      told,
      courseText(telling),
      limits.map(({ label }) => label),
    ),
    at: series.at,
    lines,
    limits,
    marks: timeMarks(telling),
    gaps: node.quality.gaps,
    x: timeAxis(node.quality.fromAt, fan?.at.at(-1) ?? node.quality.toAt, locale.language, timeZone),
    y: bytesAxis(top, format),
    ...(fan === undefined ? {} : { fan: { ...fan, labels: locale.report.until.fan } }),
  };
}

/** From where to where used memory went. */
function courseText({ node, locale, format }: Telling): string | undefined {
  const used = node.series.usedMemoryBytes.filter((value) => value !== null);
  const [start, end] = [used[0], used.at(-1)];
  return start === undefined || end === undefined ? undefined : locale.report.memory.altCourse(format.bytes(start), format.bytes(end));
}

/** The beginning of the forecast: as far as half of the history is long, so that the history keeps two thirds of the chart. */
function firstFan(telling: Telling): Fan | undefined {
  const { node } = telling;
  const { fan, status } = node.forecast;
  if (status !== 'ok' || fan === undefined) return undefined;
  const mostDays = (node.quality.toAt - node.quality.fromAt) / DAY_MS / 2;
  const count = fan.day.filter((day) => day <= mostDays).length;
  if (count < 2) return undefined;
  return drawnFan(telling, fan, count);
}

/** The first `count` days of the fan, opening from the newest daily peak. */
export function drawnFan({ node, format }: Telling, fan: NonNullable<NodeAnalysis['forecast']['fan']>, count = fan.day.length): Fan {
  const day = node.dailyPeaks.findLast(({ usedMemoryBytes }) => usedMemoryBytes !== undefined);
  const newest = day?.countedBytes ?? day?.usedMemoryBytes;
  const from = newest === undefined ? [] : [newest];
  const opened = (values: readonly number[]): readonly number[] => [...from, ...values.slice(0, count)];
  const quantiles = { p50: opened(fan.p50), p90: opened(fan.p90), p95: opened(fan.p95) };
  return {
    at: [...from.map(() => node.quality.toAt), ...fan.day.slice(0, count).map((day) => node.quality.toAt + day * DAY_MS)],
    ...quantiles,
    told: { p50: toldBy(quantiles.p50, format.bytes), p90: toldBy(quantiles.p90, format.bytes), p95: toldBy(quantiles.p95, format.bytes) },
  };
}

const FALLEN_RATIO = 0.8;

function memoryTitle({ node, locale, format }: Telling): string {
  const words = locale.report.memory.chart;
  const { systemMemory, fragmentation, forecast } = node;
  if ((systemMemory.secondsAboveTarget ?? 0) > 0) return words.above(format.percent(systemMemory.targetRatio));
  if (forecast.status === 'flat') return words.limit;
  const growth = node.findings.find((finding) => finding.id === 'used-growth' && finding.verdict === 'raised');
  if (growth !== undefined && Number(growth.evidence.growthBytesPerDay) > 0) return words.growing;
  // The foot of a daily wave is no fall.
  const hasFallen = (node.latest.usedMemoryBytes ?? 0) < FALLEN_RATIO * (node.peaks.usedMemoryBytes?.value ?? 0);
  if (fragmentation.diagnosis === 'retained-after-peak' && hasFallen) return words.retained;
  return fragmentation.diagnosis === 'healthy' && movedTogether(node) ? words.flat : words.plain;
}

/** Horizontal limits: maxmemory, the recommended one where it differs, the target line and the machine. */
export function limitLines({ node, locale, format }: Telling): LimitLine[] {
  const words = locale.report.memory;
  const limits: LimitLine[] = [];
  const { current, changes } = node.provisioning.maxmemoryBytes;
  // Only what a step sets: a line that nobody is to follow would be taken for advice.
  const recommended = advisedMaxmemory(node);
  const fromAt = changes?.at(-1)?.at;
  if (current !== undefined && current > 0)
    limits.push({
      id: 'maxmemory',
      label: `${words.maxmemory} ${format.bytes(current)}`,
      value: current,
      role: 'maxmemory',
      ...(fromAt === undefined ? {} : { fromAt }),
    });
  if (recommended !== undefined && recommended !== current) {
    limits.push({ id: 'recommended', label: `${words.recommended} ${format.bytes(recommended)}`, value: recommended, role: 'recommended' });
  }
  const total = node.systemMemory.totalBytes;
  if (total !== undefined) {
    limits.push({
      id: 'target',
      label: words.target(format.percent(node.systemMemory.targetRatio)),
      value: total * node.systemMemory.targetRatio,
      role: 'target',
    });
    limits.push({ id: 'machine', label: `${words.machine} ${format.bytes(total)}`, value: total, role: 'machine' });
  }
  return limits;
}

/** Marks that stand on the lines (peaks) and on the rail below (restarts, resets). */
function timeMarks({ node, locale, format }: Telling): TimeMark[] {
  const words = locale.report.memory;
  const marks: TimeMark[] = [];
  const peak = node.peaks.usedMemoryBytes;
  if (peak) {
    marks.push({
      at: peak.at,
      y: peak.value,
      kind: peak.recovered ? 'recovered' : 'peak',
      label: peak.recovered
        ? words.recoveredMark(format.bytes(peak.value))
        : words.peakMark(format.bytes(peak.value), format.dateTime(peak.at)),
    });
  }
  for (const restart of node.quality.restarts.slice(0, 40))
    marks.push({ at: restart.at, kind: 'restart', label: words.restartMark(format.dateTime(restart.at)) });
  for (const reset of node.quality.statResets.slice(0, 40))
    marks.push({ at: reset.at, kind: 'reset', label: words.resetMark(format.dateTime(reset.at)) });
  for (const step of (node.keyspace.pastSteps ?? []).slice(-40))
    marks.push({ at: step.at, kind: 'step', label: words.stepMark(format.signedBytes(step.expectedBytes)) });
  for (const fork of node.persistence.forks.slice(0, 60))
    marks.push({ at: fork.at, kind: 'save', label: words.saveMark(format.dateTime(fork.at)) });
  return marks;
}

/** Memory of the machine at an instant: a container's limit may have been changed. */
function machineAt({ totalBytes = Number.NaN, initialBytes, changes = [] }: Telling['node']['systemMemory'], at = 0): number {
  return changes.findLast((change) => change.at <= at)?.bytes ?? initialBytes ?? totalBytes;
}

function ratioBlocks(telling: Telling): Block[] {
  const { node, locale, format, timeZone, anchor } = telling;
  const words = locale.report.memory;
  const { systemMemory, series } = node;
  const total = systemMemory.totalBytes;
  if (total === undefined || systemMemory.ratioPeak === undefined)
    return [{ type: 'paragraph', text: text(total === undefined ? words.noMachine : words.noRss), tone: 'info' }];
  const ratios = series.usedMemoryRssBytes.map((rss, i) => (rss === null ? null : rss / machineAt(systemMemory, series.at[i])));
  const target = format.percent(systemMemory.targetRatio);
  // A line along the ground shows nothing that the sentence does not say.
  const isFarBelow = systemMemory.ratioPeak < systemMemory.targetRatio / 4;
  const title = words.ratioTitle(format.percent(systemMemory.ratioPeak));
  const chart: Block = isFarBelow
    ? { type: 'paragraph', text: text({ strong: `${title}.` }) }
    : {
        type: 'chart',
        form: 'line-band',
        id: anchor('ratio-chart'),
        title,
        alt: words.ratioAlt(format.percent(systemMemory.ratioPeak), target),
        at: series.at,
        lines: [{ id: 'ratio', label: words.ratioLabel, role: 'rss', y: ratios, told: toldBy(ratios, format.percent) }],
        limits: [{ id: 'target', label: words.target(target), value: systemMemory.targetRatio, role: 'target' }],
        marks: [],
        gaps: node.quality.gaps,
        x: timeAxis(node.quality.fromAt, node.quality.toAt, locale.language, timeZone),
        y: ratioAxis(systemMemory.ratioPeak, format),
        shadeAbove: systemMemory.targetRatio,
        height: 'small',
      };
  const blocks: Block[] = [chart];
  if (systemMemory.source === 'info' || systemMemory.source === 'host')
    blocks.push({ type: 'paragraph', text: text(words.hostWarning), small: true });
  if (systemMemory.episodes.length > 0) {
    const hidden = systemMemory.episodes.length - EPISODES_SHOWN;
    blocks.push({
      type: 'table',
      id: anchor('episodes'),
      caption: words.episodeIntro(target),
      columns: [
        column('from', words.episode.from),
        column('to', words.episode.to),
        column('lasted', words.episode.lasted, 'end'),
        column('max', words.episode.max, 'end'),
      ],
      rows: systemMemory.episodes
        .slice(0, EPISODES_SHOWN)
        .map((episode) => [
          cell(format.dateTime(episode.fromAt), episode.fromAt),
          cell(format.dateTime(episode.toAt), episode.toAt),
          cell(format.duration((episode.toAt - episode.fromAt) / 1000), episode.toAt - episode.fromAt),
          cell(format.percent(episode.maxRatio), episode.maxRatio),
        ]),
      ...(hidden > 0 ? { note: text(words.moreEpisodes(format.number(hidden))) } : {}),
      dense: true,
    });
  }
  return blocks;
}

/** Changes of maxmemory told one by one; of more the newest. */
const CHANGES_SHOWN = 5;

/** When maxmemory became another one: what the line in the chart does not show. */
function limitChanges({ node, locale, format }: Telling): Block[] {
  const words = locale.report.memory;
  const changes = node.provisioning.maxmemoryBytes.changes ?? [];
  if (changes.length === 0) return [];
  const limit = (bytes: number) => (bytes === 0 ? locale.report.figure.unlimited : format.bytes(bytes));
  const told = changes
    .slice(-CHANGES_SHOWN)
    .map(({ at, fromBytes, toBytes }) => words.limitChange(limit(fromBytes), limit(toBytes), format.dateTime(at)));
  return [{ type: 'paragraph', text: text(words.limitChanges(format.list(told))) }];
}

/** What only used_memory_peak saw has a row of its own from this share of the peak on. */
const UNSEEN_WORTH_TELLING = 0.001;

function overCell(format: Telling['format'], bytes: number | undefined): TableCell {
  return bytes === undefined ? cell('', 0) : cell(format.signedBytes(bytes), bytes);
}

function peakParts(telling: Telling): Block[] {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.memory;
  const isUnseen = node.peaks.usedMemoryBytes?.recovered === true && node.peaks.cause === undefined;
  const peak = isUnseen ? lineMax(node.series.usedMemoryBytes) : node.peaks.usedMemoryBytes?.value;
  const parts = Object.entries(node.peaks.components).filter(([, value]) => value > 0);
  if (peak === undefined || peak <= 0 || parts.length < 2) return [];
  const cause = causeText(telling);
  const rises = new Map(node.peaks.cause?.parts.map(({ part, overBytes }) => [part, overBytes]));
  const sample = lineMax(node.series.usedMemoryBytes) ?? peak;
  const total = (label: string, bytes: number): TableCell[] => [
    cell(label),
    cell(format.bytes(bytes), bytes),
    cell(format.percent(bytes / peak), bytes / peak),
    ...(rises.size === 0 ? [] : [cell('')]),
  ];
  return [
    ...(cause === undefined ? [] : [{ type: 'paragraph' as const, text: text(cause) }]),
    {
      type: 'table',
      id: anchor('parts'),
      caption: isUnseen ? words.partsIntroSample : words.partsIntro,
      columns: [
        column('part', words.partHead),
        column('bytes', words.bytesHead, 'end'),
        column('share', words.shareHead, 'end'),
        ...(rises.size === 0 ? [] : [column('over', words.overHead, 'end')]),
      ],
      rows: [
        ...parts
          .toSorted((a, b) => b[1] - a[1])
          .map(([id, value]) => [
            cell(words.part[id] ?? id),
            cell(format.bytes(value), value),
            cell(format.percent(value / peak), value / peak, { bar: Math.min(1, value / peak) }),
            ...(rises.size === 0 ? [] : [overCell(format, rises.get(id))]),
          ]),
        total(words.partsTotal, sample),
        ...(peak - sample > UNSEEN_WORTH_TELLING * peak ? [total(words.partsRest, peak - sample)] : []),
      ],
      totals: [parts.length],
      dense: true,
    },
  ];
}

/** Subject of the period: the days of the window, or that times are not known. */
export function periodText(telling: Telling, quality: NodeAnalysis['quality']): string {
  const words = telling.locale.report;
  if (quality.reasons.some((reason) => reason.id === 'order-only')) return words.orderOnlyPeriod;
  return words.period(telling.format.date(quality.fromAt), telling.format.date(quality.toAt));
}
