import { CHART_SIZES } from '../charts/size.ts';
import { textWidth } from '../charts/svg.ts';
import type { Block, Report, Text } from '../report/blocks.ts';
import { plainText } from './clean-text.ts';

export type Paper = 'a4' | 'letter';

/** What the first printed side has room for; whatever does not stand there stands on the next. */
export interface FirstSide {
  /** The chart with a lower plot. */
  readonly hasLowChart: boolean;
  /** The grey lines under the steps. */
  readonly hasDetails: boolean;
  /** How many of the steps, from the first, have their commands beside them. */
  readonly stepsWithCommands: number;
}

type Actions = Extract<Block, { type: 'actions' }>;
type Figures = Extract<Block, { type: 'figures' }>;

/** Width and height of what is printed of the first sheet, in CSS pixels; the margins are those of `pageRules`. */
const SIDES: Readonly<Record<Paper, { readonly width: number; readonly height: number }>> = {
  a4: { width: 672, height: 1012 },
  letter: { width: 694, height: 946 },
};
/** Sizes of print in pixels, as in report.css. */
const SMALL = 11.4;
const TEXT = 14;
const FIGURE = 19;
const VERDICT = 26.2;
/** `72ch` of the body text. */
const MEASURE = 640;
/** Columns of the steps: number on the left, gain and effort on the right. */
const STEP_SIDES = 195;
/** A line broken between words ends before the margin, and widths are estimates. */
const FILL = 0.97;

/** From roomy to tight; the first that fits is taken, and the last holds every step, as its title at least. */
const PLANS: readonly FirstSide[] = [
  { hasLowChart: false, hasDetails: true, stepsWithCommands: Number.POSITIVE_INFINITY },
  { hasLowChart: true, hasDetails: true, stepsWithCommands: Number.POSITIVE_INFINITY },
  { hasLowChart: true, hasDetails: false, stepsWithCommands: Number.POSITIVE_INFINITY },
  { hasLowChart: true, hasDetails: false, stepsWithCommands: 3 },
  { hasLowChart: true, hasDetails: false, stepsWithCommands: 2 },
  { hasLowChart: true, hasDetails: false, stepsWithCommands: 1 },
  { hasLowChart: true, hasDetails: false, stepsWithCommands: 0 },
];

/**
 * What the first side of one node's report shows, so that its whole answer stays on one sheet of this paper. Heights are estimated by the
 * widths of letters: the same page is printed by our browser and by a reader's, and no script may run in either.
 * @param viewHeight - of the first chart's view box, which is `CHART_SIZES.wide` wide; 0 where there is no chart
 */
export function planFirstSide(report: Report, paper: Paper, viewHeight: (isLow: boolean) => number): FirstSide {
  const actions = report.first.find((block): block is Actions => block.type === 'actions');
  const [roomy] = PLANS as readonly [FirstSide];
  if (actions === undefined) return roomy;
  const { width, height } = SIDES[paper];
  const fixed = coverHeight(report, paper) + report.first.reduce((sum, block) => sum + blockHeight(block, paper), 0);
  const chartHeight = (isLow: boolean): number => {
    const view = viewHeight(isLow);
    return view === 0 ? 0 : 9 + 28 + (view * width) / CHART_SIZES.wide.width;
  };
  const fits = (plan: FirstSide): boolean => fixed + chartHeight(plan.hasLowChart) + actionsHeight(actions, plan, paper) <= height;
  return PLANS.find(fits) ?? (PLANS.at(-1) as FirstSide);
}

function lines(text: string, size: number, width: number): number {
  return text === '' ? 0 : Math.ceil(textWidth(text, size) / (width * FILL));
}

function told(text: Text | undefined): string {
  return text === undefined ? '' : plainText(text);
}

function coverHeight({ cover }: Report, paper: Paper): number {
  const { width } = SIDES[paper];
  // The mark of the status stands in the first line of the verdict.
  const verdict = lines(`${cover.verdict} ${cover.status.label}`, VERDICT, width - 60) * 30.2;
  const summary = lines(told(cover.summary), TEXT, Math.min(MEASURE, width)) * 21;
  return 50 + lines(cover.labels ?? '', SMALL, width) * 17 + 30 + verdict + summary;
}

/** Blocks but the chart and the steps, with the room above each. */
function blockHeight(block: Block, paper: Paper): number {
  const { width } = SIDES[paper];
  if (block.type === 'paragraph') return lines(told(block.text), SMALL, width) * 17 + 9;
  return block.type === 'figures' ? figuresHeight(block, paper) : 0;
}

// Columns are as wide as their contents want; what is too much for the row breaks the long ones into two lines.
function figuresHeight({ figures }: Figures, paper: Paper): number {
  const room = SIDES[paper].width - (figures.length - 1) * 14;
  const wanted = figures.map(({ label, value, detail = '' }) =>
    Math.max(textWidth(label, SMALL), textWidth(value, FIGURE), textWidth(detail, SMALL)),
  );
  const isCrowded = wanted.reduce((sum, each) => sum + each, 0) > room;
  return 17 + 17 + 21 + 16 + (isCrowded ? 17 + 16 : 0) + 4;
}

function actionsHeight({ steps, footnote }: Actions, plan: FirstSide, paper: Paper): number {
  const width = SIDES[paper].width - STEP_SIDES;
  const each = steps.map(({ title, detail, commands }, index) => {
    const command = index < plan.stepsWithCommands && commands.length > 0 ? commandsHeight(commands, width) : 0;
    return 7.5 + lines(told(title), TEXT, width) * 20 + (plan.hasDetails ? lines(told(detail), SMALL, width) * 15.4 : 0) + command;
  });
  const note = plan.hasDetails ? 0 : 1;
  return 9 + 28 + each.reduce((sum, height) => sum + height, 0) + (lines(told(footnote), SMALL, SIDES[paper].width) + note) * 15.4 + 6;
}

function commandsHeight(commands: readonly string[], width: number): number {
  const perLine = Math.floor((width - 20) / 6.8);
  return 11 + commands.reduce((sum, line) => sum + Math.ceil(line.length / perLine), 0) * 15.4;
}
