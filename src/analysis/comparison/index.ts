import { isAlias } from '../../model/aliases.ts';
import type { Analysis, NodeAnalysis } from '../../model/analysis.ts';
import type { ComparedFigure, Direction, FleetComparison, NodeComparison } from '../../model/comparison.ts';
import { ConfigError, quoteNames } from '../../model/errors.ts';
import { followAdvice } from './advice.ts';
import { compareFigures } from './figures.ts';
import { compareFindings } from './findings.ts';
import { checkForecast, compareReach, findReach } from './forecast.ts';
import { matchNodes, type NodeMatch } from './match-nodes.ts';
import { compareWords, findAskedDifferently } from './words.ts';

/** From this factor on, the longer of two windows has had noticeably more chances of a peak. */
const LENGTH_FACTOR = 1.5;
const NAMES_SHOWN = 3;
/** Of the earlier window, to be drawn. */
const DAYS_KEPT = 60;
const LEVEL_RANK = { ok: 0, watch: 1, act: 2 } as const;
const DIRECTION_RANK: Readonly<Record<Direction, number>> = { worse: 0, mixed: 1, better: 2, changed: 3, same: 4 };

export interface ComparisonOptions {
  readonly kind: FleetComparison['kind'];
  /** The option and its value that errors name. */
  readonly option: string;
  readonly value: string;
}

/**
 * The same Analysis, with what moved since an earlier one.
 * @throws ConfigError where no node is in both, the earlier one is the later one, or one of them hides its names
 * @remarks docs/methodology.md#comparison
 */
export function compareAnalyses(current: Analysis, earlier: Analysis, options: ComparisonOptions): Analysis {
  refuseUnlike(current, earlier, options);
  const matches = matchNodes(earlier, current);
  if (matches.length === 0) throw noCommonNode(current, earlier, options);
  const before = new Map(earlier.nodes.map((node) => [node.id, node]));
  const matchOf = new Map(matches.map((match) => [match.id, match]));
  const nodes = current.nodes.map(({ comparison: _, ...node }): NodeAnalysis => {
    const match = matchOf.get(node.id);
    const was = match === undefined ? undefined : before.get(match.earlierId);
    if (match === undefined || was === undefined) return node;
    return { ...node, comparison: compareNode(was, node, { match, earlier, current, kind: options.kind }) };
  });
  return { ...current, nodes, comparison: compareFleet({ ...current, nodes }, earlier, matches, options.kind) };
}

/** Whether its names are aliases: then it can be compared with nothing but what has the same ones. */
export function isAnonymous({ nodes, inputs }: Analysis): boolean {
  const isHidden = (input: string): boolean => input === '-' || /^[a-z][a-z\d+]*:\/\//i.test(input) || isAlias(input.replace(/\..*$/, ''));
  return nodes.every(({ id }) => isAlias(id)) && inputs.every(({ input }) => isHidden(input));
}

function refuseUnlike(current: Analysis, earlier: Analysis, { option, value }: ComparisonOptions): void {
  if (isAnonymous(current) !== isAnonymous(earlier)) {
    const [hidden, plain] = isAnonymous(earlier) ? ['it', 'this report'] : ['this report', 'it'];
    throw new ConfigError(
      option,
      value,
      `names of the same kind: ${hidden} was made with --anonymize, ${plain} was not. Give --anonymize and --anonymize-map with the file of who is who, or compare two without aliases`,
    );
  }
  if (earlier.window.toAt > current.window.toAt) {
    const time = (at: number): string => new Date(at).toISOString();
    throw new ConfigError(
      option,
      value,
      `something earlier: its last sample is of ${time(earlier.window.toAt)}, that of this report of ${time(current.window.toAt)}`,
    );
  }
}

function noCommonNode(current: Analysis, earlier: Analysis, { option, value }: ComparisonOptions): ConfigError {
  const names = ({ nodes }: Analysis): string =>
    quoteNames(
      nodes.map(({ id }) => id),
      NAMES_SHOWN,
    );
  return new ConfigError(
    option,
    value,
    `a node that is in this report too: it has ${names(earlier)}, this report has ${names(current)}. A node is known by its name; --node names samples that carry none`,
  );
}

interface NodeContext {
  readonly match: NodeMatch;
  readonly earlier: Analysis;
  readonly current: Analysis;
  readonly kind: FleetComparison['kind'];
}

function compareNode(before: NodeAnalysis, after: NodeAnalysis, { match, earlier, current, kind }: NodeContext): NodeComparison {
  const figures = compareFigures(before, after);
  const reaches = { before: findReach(before), after: findReach(after) };
  const { shiftDays, sense } = compareReach(before, after);
  const compared = {
    earlierId: match.earlierId,
    matchedBy: match.matchedBy,
    fromAt: before.quality.fromAt,
    toAt: before.quality.toAt,
    notes: findNotes(before, after),
    verdict: {
      before: { level: before.verdict.level, id: before.verdict.id },
      moved: before.verdict.level !== after.verdict.level || before.verdict.id !== after.verdict.id,
    },
    figures,
    words: compareWords(before, after),
    ...(reaches.before === undefined && reaches.after === undefined
      ? {}
      : {
          reach: {
            ...(reaches.before === undefined ? {} : { before: reaches.before }),
            ...(reaches.after === undefined ? {} : { after: reaches.after }),
            ...(shiftDays === undefined ? {} : { shiftDays }),
            moved: sense !== undefined,
            ...(sense === undefined ? {} : { sense }),
          },
        }),
    findings: compareFindings(before, after),
    advice: followAdvice({
      before: { node: before, analysis: earlier },
      after: { node: after, analysis: current },
      figures,
      sharesOptions: kind === 'period',
    }),
    forecast: checkForecast(before, after),
    dailyPeaks: before.dailyPeaks
      .slice(-DAYS_KEPT)
      .flatMap(({ toAt, usedMemoryBytes }) => (usedMemoryBytes === undefined ? [] : [{ toAt, usedMemoryBytes }])),
  };
  return { ...compared, direction: findDirection(compared, after) };
}

function findNotes(before: NodeAnalysis, after: NodeAnalysis): NodeComparison['notes'] {
  const [was, is] = [before.quality, after.quality];
  const [shorter, longer] = [Math.min(was.spanSeconds, is.spanSeconds), Math.max(was.spanSeconds, is.spanSeconds)];
  return [
    ...(is.fromAt < was.toAt ? (['windows-overlap'] as const) : []),
    ...(longer > shorter * LENGTH_FACTOR ? (['windows-differ-in-length'] as const) : []),
    ...(was.averaged !== is.averaged ? (['averages-against-samples'] as const) : []),
  ];
}

/** Better or worse by what is one or the other; a note of a finding is neither. */
function findDirection(compared: Omit<NodeComparison, 'direction'>, { verdict }: NodeAnalysis): Direction {
  const { figures, words, reach, findings, forecast } = compared;
  const levels = { was: compared.verdict.before.level, is: verdict.level };
  const step = levels.was === 'unknown' || levels.is === 'unknown' ? 0 : LEVEL_RANK[levels.is] - LEVEL_RANK[levels.was];
  const weighty = findings.filter(({ before, after }) =>
    [before, after].some((severity) => severity === 'warning' || severity === 'critical'),
  );
  const has = (sense: 'better' | 'worse'): boolean => [...figures, reach].some((each) => each?.sense === sense);
  const isWorse =
    step > 0 || has('worse') || forecast.status === 'exceeded' || weighty.some(({ change }) => change === 'new' || change === 'worse');
  // Nothing grows towards a limit that has been reached.
  const isRelief = ({ id, change }: (typeof weighty)[number]): boolean =>
    (change === 'gone' || change === 'better') && !(id === 'used-growth' && reach?.after?.days === 0);
  const isBetter = step < 0 || has('better') || weighty.some(isRelief);
  if (isWorse || isBetter) return isWorse && isBetter ? 'mixed' : isWorse ? 'worse' : 'better';
  const isChanged = compared.verdict.moved || words.length > 0 || findings.length > 0 || figures.some(({ moved }: ComparedFigure) => moved);
  return isChanged ? 'changed' : 'same';
}

function compareFleet(current: Analysis, earlier: Analysis, matches: readonly NodeMatch[], kind: FleetComparison['kind']): FleetComparison {
  const known = { now: new Set(matches.map(({ id }) => id)), earlier: new Set(matches.map(({ earlierId }) => earlierId)) };
  const ranking = current.nodes.flatMap(({ id, comparison }) =>
    comparison === undefined ? [] : [{ nodeId: id, direction: comparison.direction }],
  );
  return {
    kind,
    window: earlier.window,
    generatedAt: earlier.generatedAt,
    toolVersion: earlier.tool.version,
    askedDifferently: findAskedDifferently(earlier, current),
    newNodeIds: current.nodes.flatMap(({ id }) => (known.now.has(id) ? [] : [id])),
    goneNodeIds: earlier.nodes.flatMap(({ id }) => (known.earlier.has(id) ? [] : [id])),
    ranking: ranking.toSorted((a, b) => DIRECTION_RANK[a.direction] - DIRECTION_RANK[b.direction]),
    totals: compareTotals(earlier.fleet, current.fleet),
  };
}

const TOTALS = [
  ['data-peak', 'dataPeakBytes'],
  ['memory-needed', 'memoryNeededBytes'],
  ['machines', 'machineBytes'],
  ['current-price', 'currentUsdHour'],
  ['recommended-price', 'recommendedUsdHour'],
] as const;

function compareTotals(then: Analysis['fleet'], now: Analysis['fleet']): FleetComparison['totals'] {
  if (then === undefined || now === undefined) return [];
  return TOTALS.flatMap(([id, key]) => {
    const [before, after] = [then[key], now[key]];
    if (before === undefined || after === undefined) return [];
    const countOf = (fleet: typeof now) => (key === 'dataPeakBytes' ? fleet.dataSets : fleet.nodes);
    return [{ id, before, after, beforeNodes: countOf(then), afterNodes: countOf(now) }];
  });
}
