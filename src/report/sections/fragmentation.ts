import { bytesAxis, timeAxis } from '../axis.ts';
import type { Block, PhasePathChart, Section, StackedAreaChart } from '../blocks.ts';
import { explainEvidence, explainRecoverable } from '../explanations/fragmentation.ts';
import { actionLessons, residentLessons } from '../lessons.ts';
import { movedTogether } from '../moved-together.ts';
import { bytesOrUnknown, cell, column, hasValues, type Telling, text, toldBy } from '../telling.ts';

/** How evidence figures are written: shares and slopes as plain numbers, everything named …Bytes as bytes. */
function evidenceValue({ format }: Telling, id: string, value: number): string {
  return id.endsWith('Bytes') ? format.bytes(value) : format.ratio(value);
}

/** Fragmentation: the path of RSS against used memory, its layers, the verdict with its evidence, and the activedefrag table. */
export function fragmentationSection(telling: Telling): Section {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.fragmentation;
  const { fragmentation } = node;
  const blocks: Block[] = [];

  blocks.push({ type: 'paragraph', text: text({ strong: diagnosisText(telling) }) });
  const doubts = [
    fragmentation.also.length > 0 ? words.also(format.list(fragmentation.also.map((id) => words.shortDiagnosis[id]))) : undefined,
    fragmentation.decidedBy === undefined ? undefined : words.decidedBy[fragmentation.decidedBy],
    trendText(telling),
  ].filter((sentence) => sentence !== undefined);
  if (doubts.length > 0) blocks.push({ type: 'paragraph', text: text(doubts.join(' ')) });

  const phase = phaseChart(telling);
  if (phase) blocks.push(phase);
  blocks.push(...residentLessons(telling));
  const layers = layersChart(telling);
  if (layers) blocks.push(layers);

  const { judgedAt } = fragmentation.evidence;
  const evidence = tellingEvidence(node).filter(([id]) => words.evidence[id] !== undefined);
  if (evidence.length > 0) {
    blocks.push({
      type: 'table',
      id: anchor('fragmentation-evidence'),
      caption: words.evidenceIntro(judgedAt === undefined ? undefined : format.dateTime(judgedAt)),
      columns: [
        column('figure', words.evidenceHead.figure),
        column('value', words.evidenceHead.value, 'end'),
        column('meaning', words.evidenceHead.meaning),
      ],
      rows: evidence.map(([id, value]) => {
        const [name, meaning] = words.evidence[id] ?? [id, ''];
        const explanation = explainEvidence(telling, id);
        return [
          cell(name),
          cell(evidenceValue(telling, id, value), value),
          cell(meaning, undefined, explanation === undefined ? {} : { explanation }),
        ];
      }),
      dense: true,
    });
  }

  const recoverable = fragmentation.recoverableBytes;
  if (recoverable.activedefrag !== undefined || recoverable.purge !== undefined || recoverable.restart !== undefined) {
    blocks.push({
      type: 'table',
      id: anchor('recoverable'),
      caption: words.recoverIntro,
      columns: [
        column('action', words.recoverHead.action),
        column('bytes', words.recoverHead.bytes, 'end'),
        column('formula', words.recoverHead.formula),
      ],
      rows: (['activedefrag', 'purge', 'restart'] as const).map((id) => [
        cell(words.recover[id]),
        cell(bytesOrUnknown(telling, recoverable[id]), recoverable[id] ?? -1),
        cell(words.recoverFormula[id], undefined, { explanation: explainRecoverable(telling, id) }),
      ]),
      dense: true,
    });
  }
  blocks.push(...actionLessons(telling), ...defragBlocks(telling));
  return { id: anchor('fragmentation'), title: words.title, blocks };
}

/** Of a process that is partly in swap, what compares resident memory with more than is resident means nothing. */
const MEANINGLESS_IN_SWAP: ReadonlySet<string> = new Set([
  'wasteBytes',
  'rssMinusResidentBytes',
  'fillSlope',
  'refillSlope',
  'deleteSlope',
]);

function tellingEvidence({ fragmentation: { diagnosis, evidence } }: Telling['node']): [string, number][] {
  return Object.entries(evidence).filter(([id]) => diagnosis !== 'swapping' || !MEANINGLESS_IN_SWAP.has(id));
}

function trendText({ node, locale, format }: Telling): string | undefined {
  const words = locale.report.fragmentation.trend;
  const { trend, diagnosis } = node.fragmentation;
  if (trend.bytesPerDay === undefined || diagnosis === 'not-enough-data') return undefined;
  if (!trend.significant) return words.flat;
  return trend.bytesPerDay > 0 ? words.growing(format.bytes(trend.bytesPerDay)) : words.shrinking(format.bytes(-trend.bytesPerDay));
}

function phaseChart(telling: Telling): PhasePathChart | undefined {
  const { node, locale, format, anchor } = telling;
  const words = locale.report.fragmentation;
  const { series } = node;
  const points = series.at.flatMap((at, i) => {
    const x = series.usedMemoryBytes[i];
    const y = series.usedMemoryRssBytes[i];
    return x === null || x === undefined || y === null || y === undefined ? [] : [{ x, y, at }];
  });
  if (points.length < 3) return undefined;
  let peak = 0;
  let top = 0;
  points.forEach((point, i) => {
    if (point.x > (points[peak]?.x ?? 0)) peak = i;
    top = Math.max(top, point.x, point.y);
  });
  const last = points.length - 1;
  const named = [
    { index: 0, label: words.start },
    ...(peak > 0 && peak < last ? [{ index: peak, label: words.peak }] : []),
    { index: last, label: words.end },
  ];
  const waste = (points[last]?.y ?? 0) - (points[last]?.x ?? 0);
  return {
    type: 'chart',
    form: 'phase-path',
    id: anchor('phase-chart'),
    title: phaseTitle(telling),
    alt: words.phaseAlt(
      named.map(({ index, label }) => words.phasePoint(label, format.bytes(points[index]?.x ?? 0), format.bytes(points[index]?.y ?? 0))),
      format.bytes(Math.abs(waste)),
      waste >= 0,
    ),
    points,
    named,
    x: bytesAxis(top, format, { label: words.usedAxis, ticks: 4 }),
    y: bytesAxis(top, format, { label: words.rssAxis, ticks: 4 }),
    diagonalLabel: words.diagonal,
  };
}

/** Above this resident memory does not follow used memory closely, however little that is in bytes: MEMORY DOCTOR's own ratio. */
const CLOSE_RATIO = 1.1;

function diagnosisText({ node, locale, format }: Telling): string {
  const words = locale.report.fragmentation;
  const { diagnosis, wasteBytes, evidence } = node.fragmentation;
  const isAside = diagnosis === 'healthy' && wasteBytes !== undefined && (evidence.rssToUsed ?? 0) > CLOSE_RATIO;
  return isAside ? words.healthyAside(format.bytes(wasteBytes)) : words.diagnosis[diagnosis];
}

function phaseTitle({ node, locale }: Telling): string {
  const words = locale.report.fragmentation.phaseTitle;
  const { diagnosis, evidence, trend } = node.fragmentation;
  if (diagnosis === 'healthy') return movedTogether(node) ? words.together : words.plain;
  if (evidence.refillSlope !== undefined && evidence.refillSlope <= 0.2 && diagnosis === 'retained-after-peak') return words.reused;
  const grew = (trend.significant && (trend.bytesPerDay ?? 0) > 0) || (evidence.fillSlope ?? 0) >= 0.8;
  if (diagnosis === 'external-fragmentation' && grew) return words.apart;
  if (diagnosis === 'retained-after-peak') return words.retained;
  return words.plain;
}

function layersChart(telling: Telling): StackedAreaChart | undefined {
  const { node, locale, format, timeZone, anchor } = telling;
  const words = locale.report.fragmentation;
  const { series } = node;
  const { diagnosis, evidence } = node.fragmentation;
  // Allocators other than jemalloc have no such layers, and of a process in swap they add up to more than is resident.
  if (evidence.externalBytes === undefined || diagnosis === 'swapping') return undefined;
  if (!hasValues(series.allocatorActiveBytes) || !hasValues(series.allocatorAllocatedBytes)) return undefined;
  const above = (upper: readonly (number | null)[], lower: readonly (number | null)[]): (number | null)[] =>
    upper.map((value, i) => {
      const below = lower[i];
      return value === null || below === null || below === undefined ? null : Math.max(0, value - below);
    });
  const process = above(series.usedMemoryRssBytes, series.allocatorResidentBytes);
  const layer = (id: keyof typeof words.layers, y: readonly (number | null)[]) => ({
    id,
    label: words.layers[id],
    y,
    told: toldBy(y, format.bytes),
  });
  const waste = node.fragmentation.wasteBytes ?? 0;
  const top = Math.max(...series.at.map((_, i) => Math.max(series.usedMemoryRssBytes[i] ?? 0, series.allocatorResidentBytes[i] ?? 0)));
  const layers = [
    layer('allocated', series.allocatorAllocatedBytes),
    layer('active', above(series.allocatorActiveBytes, series.allocatorAllocatedBytes)),
    layer('resident', above(series.allocatorResidentBytes, series.allocatorActiveBytes)),
    layer('process', process),
  ];
  return {
    type: 'chart',
    form: 'stacked-area',
    id: anchor('layers-chart'),
    title: words.layersTitle(format.bytes(Math.max(0, waste))),
    alt: words.layersAlt(layers.map(({ label, told }) => `${label} ${told.findLast((value) => value !== null) ?? locale.report.unknown}`)),
    at: series.at,
    layers,
    x: timeAxis(node.quality.fromAt, node.quality.toAt, locale.language, timeZone),
    y: bytesAxis(top, format, { ticks: 4 }),
  };
}

function defragBlocks(telling: Telling): Block[] {
  const { node, locale, anchor } = telling;
  const words = locale.report.fragmentation;
  const { activedefrag } = node.fragmentation;
  const reason = activedefrag.supportedReason === undefined ? undefined : words.supportedReason[activedefrag.supportedReason];
  const blocks: Block[] = [
    { type: 'heading', id: anchor('activedefrag'), level: 3, text: words.defragIntro },
    {
      type: 'paragraph',
      text: text(
        [
          words.supported[activedefrag.supported],
          reason,
          activedefrag.supportedReason === 'setting-on' ? undefined : words.enabled[activedefrag.enabled],
        ]
          .filter((part) => part !== undefined)
          .join(' '),
      ),
    },
  ];
  // A version that it can crash is upgraded first.
  const crash = node.findings.find(({ id, verdict }) => id === 'defrag-crash-version' && verdict === 'raised')?.evidence.fixedIn;
  const fixedIn = typeof crash === 'string' ? crash : undefined;
  const run = defragRunText(telling);
  if (run !== undefined) blocks.push({ type: 'paragraph', text: text(run) });
  if (activedefrag.parameters.length > 0) {
    const isAdvised = activedefrag.supported !== 'no';
    const isAsked = activedefrag.parameters.some(({ current }) => current !== undefined) || node.settings !== undefined;
    blocks.push({
      type: 'table',
      id: anchor('activedefrag-table'),
      columns: [
        column('name', words.defragHead.name),
        ...(isAsked ? [column('current', words.defragHead.current, 'end')] : []),
        column('default', words.defragHead.default, 'end'),
        ...(isAdvised ? [column('advice', words.defragHead.advice)] : []),
        column('meaning', words.defragHead.meaning),
      ],
      rows: activedefrag.parameters.map((parameter) => [
        cell(text({ code: parameter.name })),
        ...(isAsked ? [cell(parameter.current ?? (node.settings === undefined ? words.notGiven : words.notInVersion))] : []),
        cell(parameter.default ?? (node.engine.version === undefined ? words.versionUnknown : words.notInVersion)),
        ...(isAdvised
          ? [
              cell(
                parameter.name === 'activedefrag' && fixedIn !== undefined
                  ? words.afterUpgrade(fixedIn)
                  : parameter.change && parameter.recommended !== undefined
                    ? words.changeTo(parameter.recommended)
                    : parameter.default === undefined
                      ? ''
                      : words.keep,
              ),
            ]
          : []),
        cell(words.defragMeaning[parameter.name] ?? ''),
      ]),
      ...(activedefrag.parameters.some(({ current }) => current === undefined) && node.settings === undefined
        ? { note: text(words.askForSettings) }
        : {}),
      dense: true,
    });
  }
  return blocks;
}

/** The last run of active defragmentation: when, its effect, its price, and why it stopped. */
function defragRunText({ node, locale, format }: Telling): string | undefined {
  const words = locale.report.fragmentation.defragRun;
  const run = node.fragmentation.activedefrag.lastRun;
  if (run === undefined) return undefined;
  const { closedBytes, holesBeforeBytes, wasteBeforeBytes, wasteAfterBytes, cpuSeconds, cpuShare, usualCpuShare, outcome, stoppedBy } = run;
  const from = format.dateTime(run.fromAt);
  const sentences = [run.isRunning ? words.runningSince(from) : words.when(from, format.duration((run.toAt - run.fromAt) / 1000))];
  if (closedBytes !== undefined && holesBeforeBytes !== undefined) {
    const tell = outcome === undefined ? words.soFar : words.effect[outcome];
    sentences.push(tell(format.bytes(closedBytes), format.bytes(holesBeforeBytes)));
  }
  if (wasteBeforeBytes !== undefined && wasteAfterBytes !== undefined) {
    sentences.push(words.waste(format.bytes(wasteBeforeBytes), format.bytes(wasteAfterBytes)));
  }
  if (cpuSeconds !== undefined && cpuShare !== undefined) {
    const usual = usualCpuShare === undefined ? undefined : format.percent(usualCpuShare);
    sentences.push(words.cost(format.duration(cpuSeconds), format.percent(cpuShare), usual));
  }
  if (stoppedBy !== undefined) sentences.push(words.stopped[stoppedBy]);
  return sentences.join(' ');
}
