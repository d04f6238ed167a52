/**
 * A report is ordered sections of typed blocks in one language. Sections never write HTML; renderers never compute.
 * Everything here is plain data: texts are ready to print, numbers in charts are in base units with their labels beside them.
 */

/** A run of text. Plain strings are escaped by the renderer. */
export type Inline = string | { readonly code: string } | { readonly strong: string } | { readonly link: string; readonly text: string };

export type Text = readonly Inline[];

export type Tone = 'neutral' | 'good' | 'info' | 'warning' | 'critical';

export interface Figure {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  /** Second line, smaller: when, against what. */
  readonly detail?: string;
  readonly tone?: Tone;
  /** Anchor of the block that explains it. */
  readonly href?: string;
}

export interface TableColumn {
  readonly id: string;
  readonly label: string;
  readonly align: 'start' | 'end';
  readonly unit?: string;
  /** On the page its cells stand under their row, across the table: for what is long, and opens to more. */
  readonly below?: boolean;
}

/** What a figure can be opened to. */
export interface Explanation {
  /** A plain sentence or two. */
  readonly why: Text;
  readonly formula?: string;
  /** Terms of the formula, with their numbers where they have one. */
  readonly inputs: readonly { readonly symbol?: string; readonly meaning: string; readonly value?: string }[];
  readonly basis?: string;
  /** Absent, as formula and basis are, where the row of a table tells it already. */
  readonly source?: Text;
}

export interface TableCell {
  readonly text: Text;
  /** Raw value, for sorting. */
  readonly sort?: number | string;
  readonly tone?: Tone;
  /** Share 0..1 drawn as a small bar behind the text. */
  readonly bar?: number;
  readonly explanation?: Explanation;
}

export interface Tick {
  readonly value: number;
  readonly label: string;
}

export interface Axis {
  readonly domain: readonly [number, number];
  readonly ticks: readonly Tick[];
  readonly label?: string;
}

export interface ValueAxis extends Axis {
  /** How further ticks are labelled: a value over `each`, in the place of the 0 of `pattern` (`0 GiB`). */
  readonly scale: { readonly each: number; readonly pattern: string };
}

/** Values as text, one a point; null where there is none. */
export type Told = readonly (string | null)[];

/** A line or band over time. `y[i]` is null where there is no sample: the line breaks there. */
export interface TimeLine {
  readonly id: string;
  readonly label: string;
  /** Colour class: `used`, `rss`, `counted`, `muted`. */
  readonly role: 'used' | 'rss' | 'counted' | 'muted' | 'good' | 'warning';
  readonly y: readonly (number | null)[];
  /** Filled down to zero. */
  readonly area?: boolean;
  /** Each value as text, for the read-out. */
  readonly told?: Told;
}

/** A horizontal limit with its label at the end of the line. */
export interface LimitLine {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly role: 'maxmemory' | 'recommended' | 'target' | 'machine';
  /** Since when it has held, where that is inside the history; of charts over time. */
  readonly fromAt?: number;
}

export interface TimeMark {
  readonly at: number;
  readonly label: string;
  readonly kind: 'peak' | 'recovered' | 'restart' | 'save' | 'reset' | 'definition' | 'step';
  /** For marks on a line. */
  readonly y?: number;
}

interface ChartBase {
  readonly type: 'chart';
  readonly id: string;
  /** Says the finding, at most 12 words. */
  readonly title: string;
  /** Text alternative: what the chart shows, with its numbers. */
  readonly alt: string;
  readonly caption?: Text;
}

/** Quantiles of the highest value from the end of the history up to each instant of `at`. */
export interface Fan {
  readonly at: readonly number[];
  readonly p50: readonly number[];
  readonly p90: readonly number[];
  readonly p95: readonly number[];
  readonly told?: Readonly<Record<'p50' | 'p90' | 'p95', Told>>;
}

/** Lines over time with limits, marks on a rail below, and gaps hatched. */
export interface LineBandChart extends ChartBase {
  readonly form: 'line-band';
  readonly at: readonly number[];
  readonly lines: readonly TimeLine[];
  readonly limits: readonly LimitLine[];
  readonly marks: readonly TimeMark[];
  readonly gaps: readonly { readonly fromAt: number; readonly toAt: number }[];
  readonly x: Axis;
  readonly y: ValueAxis;
  /** Area above this value is shaded. */
  readonly shadeAbove?: number;
  /** What may come, drawn to the right of the lines. */
  readonly fan?: Fan & { readonly labels: Readonly<Record<'p50' | 'p90' | 'p95', string>> };
  readonly height?: 'normal' | 'low' | 'small';
}

/** Layers stacked from zero. */
export interface StackedAreaChart extends ChartBase {
  readonly form: 'stacked-area';
  readonly at: readonly number[];
  readonly layers: readonly { readonly id: string; readonly label: string; readonly y: readonly (number | null)[]; readonly told?: Told }[];
  readonly x: Axis;
  readonly y: ValueAxis;
}

/** Used (x) against RSS (y) as a path through time. */
export interface PhasePathChart extends ChartBase {
  readonly form: 'phase-path';
  readonly points: readonly { readonly x: number; readonly y: number; readonly at: number }[];
  /** Points to name: start, peak, end. */
  readonly named: readonly { readonly index: number; readonly label: string }[];
  readonly x: Axis;
  readonly y: Axis;
  /** Label of the line RSS = used. */
  readonly diagonalLabel: string;
}

/** Steps that add up from left to right, with totals standing on the ground. */
export interface WaterfallChart extends ChartBase {
  readonly form: 'waterfall';
  readonly steps: readonly {
    readonly id: string;
    readonly label: string;
    readonly value: number;
    readonly valueLabel: string;
    readonly kind: 'add' | 'total';
    readonly basis?: 'measured' | 'derived' | 'assumed';
  }[];
  readonly y: Axis;
}

/** History line, then quantile lines p50, p90 and p95 as a fan. */
export interface ForecastFanChart extends ChartBase {
  readonly form: 'forecast-fan';
  readonly history: {
    readonly at: readonly number[];
    readonly y: readonly (number | null)[];
    readonly label: string;
    readonly told?: Told;
  };
  readonly fan: Fan;
  readonly fanLabels: { readonly p50: string; readonly p90: string; readonly p95: string };
  readonly limits: readonly LimitLine[];
  readonly x: Axis;
  readonly y: ValueAxis;
  readonly nowAt: number;
  readonly nowLabel: string;
}

/** Rows of days or hours by columns; `value` null = no data. Darker is higher; `domain` is the scale. */
export interface HeatmapChart extends ChartBase {
  readonly form: 'heatmap';
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly { readonly row: number; readonly column: number; readonly value: number | null; readonly label: string }[];
  readonly domain: readonly [number, number];
  readonly scaleLabels: readonly [string, string];
}

/** One bar a row against a common scale, with a second, lighter part for the horizon. */
export interface BarsChart extends ChartBase {
  readonly form: 'bars';
  readonly rows: readonly {
    readonly label: string;
    readonly now: number;
    readonly horizon?: number;
    readonly valueLabel: string;
    readonly emphasis?: boolean;
    readonly tone?: Tone;
  }[];
  readonly limit?: { readonly value: number; readonly label: string };
  readonly domain: readonly [number, number];
}

/** One of many small charts on the same scales: a line of used memory, RSS behind it, and limits that are told on their lines. */
export interface SmallLineChart extends ChartBase {
  readonly form: 'small-line';
  readonly at: readonly number[];
  readonly lines: readonly Pick<TimeLine, 'role' | 'y' | 'area'>[];
  readonly limits: readonly LimitLine[];
  readonly gaps: readonly { readonly fromAt: number; readonly toAt: number }[];
  readonly peak?: { readonly at: number; readonly value: number; readonly label: string; readonly kind: 'peak' | 'recovered' };
  /** Only the outermost ticks are drawn. */
  readonly x: Axis;
  readonly y: Axis;
}

export type ChartBlock =
  | SmallLineChart
  | LineBandChart
  | StackedAreaChart
  | PhasePathChart
  | WaterfallChart
  | ForecastFanChart
  | HeatmapChart
  | BarsChart;

export interface FindingBlock {
  readonly type: 'finding';
  readonly id: string;
  readonly tone: Tone;
  readonly severityLabel: string;
  readonly title: string;
  readonly body: Text;
  readonly evidence: readonly { readonly label: string; readonly value: string }[];
  readonly commands: readonly string[];
}

export type Block =
  | { readonly type: 'heading'; readonly id: string; readonly level: 2 | 3; readonly text: string }
  | { readonly type: 'paragraph'; readonly text: Text; readonly tone?: Tone; readonly small?: boolean }
  | { readonly type: 'list'; readonly ordered: boolean; readonly items: readonly Text[] }
  | { readonly type: 'figures'; readonly figures: readonly Figure[] }
  | {
      readonly type: 'table';
      readonly id: string;
      readonly caption?: string;
      readonly columns: readonly TableColumn[];
      readonly rows: readonly (readonly TableCell[])[];
      readonly totals?: readonly number[];
      readonly note?: Text;
      readonly dense?: boolean;
    }
  | { readonly type: 'commands'; readonly lines: readonly string[]; readonly label?: string }
  /** The steps of "What to do, in order". */
  | {
      readonly type: 'actions';
      readonly heads: { readonly what: string; readonly gives: string; readonly effort: string };
      readonly steps: readonly {
        readonly title: Text;
        readonly detail?: Text;
        readonly commands: readonly string[];
        /** Small lines under the commands: how to see that it worked, how to take it back. */
        readonly notes: readonly Text[];
        readonly gives: string;
        readonly effort: string;
      }[];
      readonly footnote?: Text;
    }
  /** Something that this history shows, explained to a reader new to it. */
  | { readonly type: 'lesson'; readonly id: string; readonly title: string; readonly text: Text }
  /** Figures with what each can be opened to; folded away, on the page only. */
  | {
      readonly type: 'explanations';
      readonly id: string;
      readonly title: string;
      readonly items: readonly { readonly id: string; readonly term: string; readonly value?: string; readonly explanation: Explanation }[];
    }
  | {
      readonly type: 'definitions';
      /** With `forms` it is the glossary: the page links them from where a sentence first uses one. */
      readonly items: readonly { readonly term: string; readonly text: Text; readonly id?: string; readonly forms?: readonly string[] }[];
    }
  /** Small multiples: one chart each on the same scales, the most important first. Where there are no charts it is `table`. */
  | {
      readonly type: 'panels';
      readonly id: string;
      readonly title: string;
      readonly caption?: Text;
      readonly panels: readonly Panel[];
      readonly table: Extract<Block, { type: 'table' }>;
    }
  | ChartBlock
  | FindingBlock;

/** One of the small multiples, with what stands beside its chart. */
export interface Panel {
  readonly name: string;
  readonly href?: string;
  readonly value: string;
  /** Word for the one that stands out. */
  readonly emphasis?: string;
  readonly status?: { readonly tone: Tone; readonly label: string };
  /** Small lines under the chart. */
  readonly facts: readonly string[];
  readonly chart: SmallLineChart;
}

/** Top of the first page. */
export interface Cover {
  readonly product: string;
  readonly title: string;
  readonly subject: string;
  readonly period: string;
  /** What the user says of the node. */
  readonly labels?: string;
  readonly madeOn: string;
  readonly status: { readonly tone: Tone; readonly label: string };
  /** The verdict sentence, and the sentences that give its reason. */
  readonly verdict: string;
  readonly summary: Text;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Begins a page in print. */
  readonly pageBreak?: boolean;
  /** Id of the section that this one belongs to: it is read under that one's name, and the contents list that one only. */
  readonly under?: string;
}

export interface Report {
  /** BCP 47 tag, e.g. `en`, `pt-BR`. */
  readonly language: string;
  readonly documentTitle: string;
  /** When the report was made, epoch milliseconds UTC; dates the PDF. */
  readonly generatedAt?: number;
  readonly cover: Cover;
  /** Blocks of the first page under the cover. */
  readonly first: readonly Block[];
  readonly sections: readonly Section[];
  readonly footer: Text;
  /** Fixed words that templates and the script of the page need. */
  readonly words: Readonly<Record<FixedWord, string>>;
  readonly clock: Clock;
}

/** How the script of the page writes an instant. Patterns know `d`, `dd`, `MM`, `MMM`, `yyyy`, `HH`, `mm` and text in quotes. */
export interface Clock {
  readonly timeZone: string;
  /** Instants of this year are written by `pattern`, others by `patternWithYear`. */
  readonly year: number;
  readonly pattern: string;
  readonly patternWithYear: string;
  readonly dayMonth: string;
  /** January first. */
  readonly months: readonly string[];
}

export type FixedWord =
  | 'page'
  | 'of'
  | 'copy'
  | 'copied'
  | 'contents'
  | 'skip'
  | 'measured'
  | 'derived'
  | 'assumed'
  | 'linkTo'
  | 'reading'
  | 'noSamples'
  | 'linesAndZoom'
  | 'show'
  | 'zoomIn'
  | 'zoomOut'
  | 'earlier'
  | 'later'
  | 'wholePeriod'
  | 'cutAxis'
  | 'zoomHint'
  | 'shown'
  | 'filter'
  | 'rowsShown'
  | 'formula'
  | 'inputs'
  | 'basis'
  | 'source'
  | 'openAll'
  | 'closeAll';
