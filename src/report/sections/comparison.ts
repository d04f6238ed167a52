import type { ComparedAdvice, NodeComparison } from '../../model/comparison.ts';
import { DAY_MS } from '../../model/time.ts';
import type { Block, Section, TableCell, Tone } from '../blocks.ts';
import { differenceText, figureText, kindOf, reachText, wordText } from '../compared.ts';
import { cell, column, startingCapital, type Telling, text } from '../telling.ts';
import { forecastBlocks } from './comparison-forecast.ts';

const SENSE_TONE = { better: 'good', worse: 'warning' } as const satisfies Record<'better' | 'worse', Tone>;
const LEVEL_TONE = { ok: 'good', watch: 'warning', act: 'critical', unknown: 'info' } as const satisfies Record<string, Tone>;
const SEVERITY_TONE = { critical: 'critical', warning: 'warning', info: 'info' } as const satisfies Record<string, Tone>;
const DONE: readonly ComparedAdvice['status'][] = ['applied', 'resolved'];

/** What moved of one node since an earlier report. Undefined where it is compared with none. */
export function comparisonSection(telling: Telling): Section | undefined {
  const { node, locale, format, anchor } = telling;
  const { comparison } = node;
  if (comparison === undefined) return undefined;
  return {
    id: anchor('since'),
    title: locale.comparison.title(format.date(comparison.toAt)),
    blocks: [
      ...introBlocks(telling, comparison),
      ...movedBlocks(telling, comparison),
      ...findingBlocks(telling, comparison),
      ...adviceBlocks(telling, comparison),
      ...forecastBlocks(telling, comparison),
    ],
  };
}

/** Of which windows, and what makes them unlike. */
function introBlocks(telling: Telling, comparison: NodeComparison): Block[] {
  const { analysis, locale } = telling;
  const words = locale.comparison;
  const asked = analysis.comparison?.askedDifferently ?? [];
  const matched = comparison.matchedBy === 'id' ? [] : [words.matchedBy[comparison.matchedBy](comparison.earlierId)];
  return [
    {
      type: 'paragraph',
      text: text(
        [windowsText(telling, telling.node.quality, comparison), ...matched, ...comparison.notes.map((id) => words.note[id])].join(' '),
      ),
    },
    ...(asked.length === 0 ? [] : [askedBlock(telling)]),
  ];
}

/** Which two windows are compared. */
export function windowsText(
  { analysis, locale, format }: Telling,
  now: { readonly fromAt: number; readonly toAt: number },
  earlier: { readonly fromAt: number; readonly toAt: number },
): string {
  const words = locale.comparison;
  // Windows of hours may lie on one day.
  const write = Math.max(now.toAt - now.fromAt, earlier.toAt - earlier.fromAt) < 2 * DAY_MS ? format.dateTime : format.date;
  const period = ({ fromAt, toAt }: typeof now) => locale.report.period(write(fromAt), write(toAt));
  const baseline = analysis.comparison;
  return baseline === undefined || baseline.kind === 'period'
    ? words.periods(period(now), period(earlier))
    : words.windows(period(now), period(earlier), format.date(baseline.generatedAt), baseline.toolVersion);
}

/** What the two reports were not both made with. */
export function askedBlock({ analysis, locale, format }: Telling): Block {
  const words = locale.comparison;
  const asked = (analysis.comparison?.askedDifferently ?? []).map((id) => words.askedSetting[id]);
  return { type: 'paragraph', text: text(words.asked(format.list(asked))), tone: 'info' };
}

/** The figures that moved as a table, the others in a sentence. */
function movedBlocks(telling: Telling, comparison: NodeComparison): Block[] {
  const { locale, format, anchor } = telling;
  const words = locale.comparison;
  const rows = [
    ...verdictRow(telling, comparison),
    ...reachRow(telling, comparison),
    ...comparison.figures.flatMap((figure) => {
      const { id, before, after, moved, change, sense } = figure;
      return !moved || before === undefined || after === undefined
        ? []
        : [
            [
              cell(words.figure[id]),
              cell(figureText(id, before, telling), before),
              cell(figureText(id, after, telling), after),
              cell(differenceText(figure, telling), change, sense === undefined ? {} : { tone: SENSE_TONE[sense] }),
            ],
          ];
    }),
    ...comparison.words.map(({ id, before, after }) => [
      cell(words.word[id]),
      cell(wordText(id, before, telling)),
      cell(wordText(id, after, telling)),
      cell(''),
    ]),
  ];
  const unmoved = comparison.figures.flatMap(({ id, before, after, moved }) =>
    moved || before === undefined || after === undefined || (before === 0 && after === 0)
      ? []
      : [words.pair(words.figure[id], figureText(id, before, telling), figureText(id, after, telling))],
  );
  return [
    rows.length === 0
      ? { type: 'paragraph', text: text(words.noneMoved) }
      : {
          type: 'table',
          id: anchor('moved'),
          caption: words.movedCaption,
          columns: [
            column('figure', words.head.figure),
            column('before', words.head.before, 'end'),
            column('after', words.head.after, 'end'),
            column('change', words.head.change, 'end'),
          ],
          rows,
          dense: true,
        },
    ...(unmoved.length === 0 ? [] : [{ type: 'paragraph' as const, text: text(words.unmoved(format.list(unmoved))), small: true }]),
  ];
}

function verdictRow({ node: { verdict }, locale }: Telling, { verdict: { before } }: NodeComparison): TableCell[][] {
  const { status } = locale.report;
  if (before.level === verdict.level) return [];
  return [
    [
      cell(locale.comparison.verdict),
      cell(status[before.level], undefined, { tone: LEVEL_TONE[before.level] }),
      cell(status[verdict.level], undefined, { tone: LEVEL_TONE[verdict.level] }),
      cell(''),
    ],
  ];
}

function reachRow(telling: Telling, { reach }: NodeComparison): TableCell[][] {
  const { locale, format } = telling;
  const words = locale.comparison;
  if (reach?.sense === undefined || reach.shiftDays === undefined) return [];
  const days = format.days(Math.abs(reach.shiftDays));
  // That it is reached says more than on which day that was seen.
  const isReached = reach.after?.days === 0;
  const shift = isReached ? '' : reach.shiftDays < 0 ? words.sooner(days) : words.later(days);
  return [
    [
      cell(words.reach),
      cell(reachText(reach.before, telling)),
      cell(reachText(reach.after, telling), undefined, isReached ? { tone: 'warning' } : {}),
      cell(shift, reach.shiftDays, shift === '' ? {} : { tone: SENSE_TONE[reach.sense] }),
    ],
  ];
}

function findingBlocks({ locale, anchor }: Telling, { findings }: NodeComparison): Block[] {
  if (findings.length === 0) return [];
  const words = locale.comparison;
  const { severity } = locale.report.findings;
  return [
    {
      type: 'table',
      id: anchor('findings-changed'),
      caption: words.findingsCaption,
      columns: [
        column('finding', words.findingsHead.finding),
        column('before', words.findingsHead.before),
        column('after', words.findingsHead.after),
        column('change', words.findingsHead.change),
      ],
      rows: findings.map(({ id, change, before, after }) => [
        cell(startingCapital(locale.findings[id].name)),
        before === undefined ? cell(change === 'first-judged' ? locale.report.unknown : words.notRaised) : cell(severity[before]),
        after === undefined
          ? cell(change === 'not-judged' ? locale.report.unknown : words.notRaised)
          : cell(severity[after], undefined, { tone: SEVERITY_TONE[after] }),
        cell(words.findingChange[change]),
      ]),
      dense: true,
    },
  ];
}

function adviceBlocks(telling: Telling, { advice }: NodeComparison): Block[] {
  if (advice.length === 0) return [];
  const { locale, anchor } = telling;
  const words = locale.comparison;
  const hasEffects = advice.some(({ effects }) => effects.length > 0);
  return [
    {
      type: 'table',
      id: anchor('advice-followed'),
      caption: words.adviceCaption[kindOf(telling)],
      columns: [
        column('step', words.adviceHead.step),
        column('status', words.adviceHead.status),
        column('setting', words.adviceHead.setting),
        ...(hasEffects ? [column('effect', words.adviceHead.effect)] : []),
      ],
      rows: advice.map((each) => [
        cell(startingCapital(locale.actions[each.id].name)),
        cell(words.status[each.status], undefined, DONE.includes(each.status) ? { tone: 'good' } : {}),
        cell(settingText(telling, each)),
        ...(hasEffects ? [cell(effectsText(telling, each))] : []),
      ]),
      ...(hasEffects ? { note: text(words.effectNote) } : {}),
      dense: true,
    },
  ];
}

function settingText({ locale, format }: Telling, { id, status, before, advised, after, at }: ComparedAdvice): string {
  const words = locale.comparison;
  const write = (value: number | string): string =>
    typeof value === 'string' || id === 'add-shards'
      ? typeof value === 'string'
        ? value
        : format.number(value)
      : value === 0
        ? words.unlimited
        : format.bytes(value);
  // Of a switch its name says what is on or off.
  if (id.endsWith('-activedefrag')) return after === undefined ? '' : `activedefrag ${after}`;
  if (after === undefined) return at === undefined ? '' : format.dateTime(at);
  const from = before === undefined ? undefined : write(before);
  const setting =
    status === 'applied' || advised === undefined
      ? words.asAdvised(from, write(after))
      : words.unlikeAdvised(from, write(after), write(advised));
  return at === undefined ? setting : words.seenAt(setting, format.dateTime(at));
}

function effectsText(telling: Telling, { effects }: ComparedAdvice): string {
  const { locale, format } = telling;
  const words = locale.comparison;
  return format.list(
    effects.map(({ figure, before, after }) =>
      words.effect(words.figure[figure], figureText(figure, before, telling), figureText(figure, after, telling)),
    ),
  );
}
