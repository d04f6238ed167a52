import { TZDate } from '@date-fns/tz';
import { findLocale } from '../locales/index.ts';
import type { Language } from '../locales/language.ts';
import type { Analysis, NodeAnalysis } from '../model/analysis.ts';
import type { Report, Section } from './blocks.ts';
import { figureExplanations } from './explanations/figures.ts';
import { actionsBlock, firstPage, keyFigures, labelsText, nodeCover, sinceBlocks, verdictSentence } from './first-page.ts';
import { fleetCover, fleetPage, rankedNodes } from './fleet.ts';
import { createFormat } from './format.ts';
import { coveringGroup, groupCover, groupFirstPage, nodesSection, panelsOnFirstPage, readingSection } from './group-page.ts';
import { budgetSection } from './sections/budget.ts';
import { comparisonSection } from './sections/comparison.ts';
import { findingsSection } from './sections/findings.ts';
import { fleetComparisonSection } from './sections/fleet-comparison.ts';
import { fragmentationSection } from './sections/fragmentation.ts';
import { groupSection } from './sections/group.ts';
import { instancesSection } from './sections/instances.ts';
import { keyspaceSection } from './sections/keyspace.ts';
import { limitsSection } from './sections/limits.ts';
import { memoryChart, memorySection } from './sections/memory.ts';
import { peaksSection } from './sections/peaks.ts';
import { qualitySection } from './sections/quality.ts';
import { untilWhenSection } from './sections/until-when.ts';
import { type Telling, text } from './telling.ts';

/** The evidence pages of one node, in the order they are read; one that a history gives no reason for is left out. */
const SECTIONS: readonly ((telling: Telling) => Section | undefined)[] = [
  findingsSection,
  memorySection,
  budgetSection,
  untilWhenSection,
  fragmentationSection,
  peaksSection,
  keyspaceSection,
  instancesSection,
  limitsSection,
  qualitySection,
];

export interface ReportOptions {
  /** BCP 47 tag of a language in `locales/`; default `en`. */
  readonly language?: string;
  /** Of several nodes: whether each is told here too, or only the summary of all. Default `inline`. */
  readonly nodePages?: 'inline' | 'none';
  /** Without node pages: the relative address of a node's own report, `nodes/….html`. */
  readonly nodeAddress?: (nodeId: string) => string | undefined;
}

/**
 * The telling of an Analysis in one language: pure, same Analysis → same Report.
 * @throws ConfigError for a language that is not there
 */
export function buildReport(analysis: Analysis, options: ReportOptions = {}): Report {
  const locale = findLocale(options.language ?? 'en');
  const timeZone = analysis.settings.timeZone;
  const language = languageFor(locale.language, analysis.window.toAt - analysis.window.fromAt);
  const format = createFormat(language, timeZone, analysis.window.toAt);
  const several = analysis.nodes.length > 1;
  const ranked = rankedNodes(analysis);
  const isInline = options.nodePages !== 'none';
  const tellings = ranked.map((node, index): Telling => {
    const anchor = several ? (id: string) => `n${index + 1}-${id}` : (id: string) => id;
    const nodeHref = isInline ? `#${anchor('node')}` : options.nodeAddress?.(node.id);
    return { analysis, node, locale, format, timeZone, anchor, ...(nodeHref === undefined ? {} : { nodeHref }) };
  });
  const words = locale.report;
  const pages = several ? severalPages(tellings, isInline) : onePage(tellings[0] as Telling);
  const { cover } = pages;
  return {
    language: locale.language.tag,
    documentTitle: words.documentTitle(cover.title, cover.subject, cover.period),
    ...pages,
    footer: text(words.footer(analysis.tool.name, analysis.tool.version, timeZone)),
    words: words.fixed,
    clock: clockOf(language, timeZone, analysis),
  };
}

type Pages = Pick<Report, 'cover' | 'first' | 'sections'>;

function onePage(telling: Telling): Pages {
  return {
    cover: nodeCover(telling),
    first: firstPage(telling),
    sections: [...optional(comparisonSection(telling)), ...tellSections(SECTIONS, telling)],
  };
}

/** Of one cluster or replication group the first page is the group's, of others it is a fleet's. */
function severalPages(tellings: readonly Telling[], isInline: boolean): Pages {
  const { analysis } = tellings[0] as Telling;
  const only = coveringGroup(analysis);
  const groups = analysis.groups.map((group, index) =>
    groupSection(group, index, tellings, group === only ? { onFirstPage: panelsOnFirstPage(group, tellings) } : {}),
  );
  const comparison = optional(fleetComparisonSection(tellings));
  const nodes = isInline ? tellings.flatMap((telling) => nodeSections(telling)) : [];
  if (only === undefined)
    return { cover: fleetCover(tellings), first: fleetPage(tellings), sections: [...comparison, ...groups, ...nodes] };
  return {
    cover: groupCover(only, tellings),
    first: groupFirstPage(only, tellings, `g${analysis.groups.indexOf(only) + 1}`),
    sections: [...comparison, ...groups, nodesSection(tellings), ...nodes, readingSection(tellings)],
  };
}

/** Of a history this short instants are told to the second. */
const SECONDS_BELOW_MS = 600_000;

function languageFor(language: Language, spanMs: number): Language {
  if (spanMs >= SECONDS_BELOW_MS) return language;
  const { datePatterns } = language;
  const toSeconds = (pattern: string): string => pattern.replace('HH:mm', 'HH:mm:ss');
  const dateTime = toSeconds(datePatterns.dateTime);
  return { ...language, datePatterns: { ...datePatterns, dateTime, dateTimeWithYear: toSeconds(datePatterns.dateTimeWithYear) } };
}

/** How the page's script writes instants: as `format.dateTime` does. */
function clockOf({ dateLocale, datePatterns }: Language, timeZone: string, { window }: Analysis): Report['clock'] {
  return {
    timeZone,
    year: new TZDate(window.toAt, timeZone).getFullYear(),
    pattern: datePatterns.dateTime,
    patternWithYear: datePatterns.dateTimeWithYear,
    dayMonth: datePatterns.dayMonth,
    months: MONTHS.map((month) => dateLocale.localize.month(month, { width: 'abbreviated' })),
  };
}

const MONTHS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const;

function optional(section: Section | undefined): Section[] {
  return section === undefined ? [] : [section];
}

/** A node of a fleet: one summary section, then its evidence where it needs attention. */
function nodeSections(telling: Telling): Section[] {
  const { node, anchor } = telling;
  const figures = keyFigures(telling);
  const summary: Section = {
    id: anchor('node'),
    title: node.id,
    blocks: [
      { type: 'paragraph', text: text({ strong: verdictSentence(telling) }) },
      ...(node.labels === undefined ? [] : [{ type: 'paragraph' as const, text: text(labelsText(node.labels)) }]),
      // A node of a fleet has no section of its memory: its chart stands right here.
      {
        type: 'figures',
        figures: figures.map((figure) => ({
          ...figure,
          id: anchor(figure.id),
          ...(figure.href === `#${anchor('memory')}` ? { href: `#${anchor('first-chart')}` } : {}),
        })),
      },
      figureExplanations(telling, figures),
      ...sinceBlocks(telling),
      ...(node.series.at.length > 1 ? [memoryChart(telling, { id: 'first-chart' })] : []),
      actionsBlock(telling),
    ],
    pageBreak: true,
  };
  const evidence = needsEvidence(node) ? [findingsSection, budgetSection, untilWhenSection, fragmentationSection] : [findingsSection];
  // Where nothing moved the summary of all says so.
  const isMoved = node.comparison !== undefined && node.comparison.direction !== 'same';
  const sections = [...(isMoved ? optional(comparisonSection(telling)) : []), ...tellSections([...evidence, keyspaceSection], telling)];
  return [summary, ...sections.map((section) => ({ ...section, under: summary.id }))];
}

function tellSections(sections: typeof SECTIONS, telling: Telling): Section[] {
  return sections.map((section) => section(telling)).filter((section) => section !== undefined);
}

function needsEvidence(node: NodeAnalysis): boolean {
  return node.verdict.level === 'act' || node.verdict.level === 'watch';
}
