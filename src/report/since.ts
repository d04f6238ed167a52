import type { ComparedFigureId, NodeComparison } from '../model/comparison.ts';
import type { Text } from './blocks.ts';
import { figureText, kindOf } from './compared.ts';
import { type Telling, text } from './telling.ts';

/** What moved in the sentence of the first page, which has two lines; and in the table of several nodes. */
const FIRST_PAGE_CLAUSES = 2;
const TABLE_CLAUSES = 4;
const DONE: readonly string[] = ['applied', 'resolved'];

/** The sentence of the first page: what moved since the earlier report, the most important first. Undefined where there is none. */
export function sinceText(telling: Telling): Text | undefined {
  const { analysis, node, locale, format, anchor } = telling;
  const { comparison } = node;
  if (comparison === undefined) return undefined;
  const words = locale.comparison;
  const title = words.title(format.date(comparison.toAt));
  // A node of several that did not change has no section of its own.
  const hasSection = analysis.nodes.length === 1 || comparison.direction !== 'same';
  return text(hasSection ? { link: `#${anchor('since')}`, text: title } : title, words.sentence(sinceClauses(telling)));
}

/** What moved of one node, whether its advice was followed, and whether its forecast held, as parts of a sentence. */
function sinceClauses(telling: Telling): readonly string[] {
  const { comparison } = telling.node;
  if (comparison === undefined) return [];
  const moved = movedClauses(telling).slice(0, FIRST_PAGE_CLAUSES);
  const clauses = moved.length === 0 ? [telling.locale.comparison.nothing] : moved;
  return [...clauses, ...adviceClause(telling, comparison), ...heldClause(telling, comparison)];
}

/** What moved of one node, the most important first; at most four parts of a sentence, none where nothing did. */
export function movedClauses(telling: Telling): readonly string[] {
  const { comparison } = telling.node;
  if (comparison === undefined) return [];
  return [
    ...verdictClause(telling, comparison),
    ...graverClause(telling, comparison),
    ...exceededClause(telling, comparison),
    ...reachClause(telling, comparison),
    ...figureClauses(telling, comparison),
    ...goneClause(telling, comparison),
  ].slice(0, TABLE_CLAUSES);
}

function verdictClause({ node, locale }: Telling, { verdict }: NodeComparison): string[] {
  const { status } = locale.report;
  return verdict.before.level === node.verdict.level
    ? []
    : [locale.comparison.clause.verdict(status[verdict.before.level], status[node.verdict.level])];
}

function graverClause({ locale, format }: Telling, { findings }: NodeComparison): string[] {
  const words = locale.comparison.clause;
  const namesOf = (kind: 'new' | 'worse') =>
    findings.filter(({ change, after }) => change === kind && after !== 'info').map(({ id }) => locale.findings[id].name);
  const [fresh, graver] = [namesOf('new'), namesOf('worse')];
  return [
    ...(fresh.length === 0 ? [] : [words.newFindings(format.list(fresh), fresh.length)]),
    ...(graver.length === 0 ? [] : [words.graver(format.list(graver))]),
  ];
}

function goneClause({ locale, format }: Telling, { findings }: NodeComparison): string[] {
  const gone = findings.filter(({ change, before }) => change === 'gone' && before !== 'info');
  if (gone.length === 0) return [];
  return [locale.comparison.clause.gone(format.list(gone.map(({ id }) => locale.findings[id].name)), gone.length)];
}

function exceededClause({ locale, format }: Telling, { forecast }: NodeComparison): string[] {
  return forecast.status === 'exceeded' ? [locale.comparison.clause.exceeded(format.bytes(forecast.overBytes ?? 0))] : [];
}

function heldClause(telling: Telling, { forecast }: NodeComparison): string[] {
  if (forecast.status !== 'held') return [];
  const { locale, format } = telling;
  const { elapsedDays, horizonDays } = forecast;
  const words = locale.comparison.clause;
  const held = words.held[kindOf(telling)];
  return [elapsedDays < horizonDays ? words.heldSoFar(held, format.number(elapsedDays), format.days(horizonDays)) : held];
}

function reachClause({ locale, format }: Telling, { reach }: NodeComparison): string[] {
  const words = locale.comparison.clause;
  if (reach?.sense === undefined || reach.shiftDays === undefined) return [];
  if (reach.after?.days === 0) return [words.reached];
  const days = format.days(Math.abs(reach.shiftDays));
  return [reach.sense === 'worse' ? words.sooner(days) : words.later(days)];
}

/** The peak and the waste in words of their own; other figures where there is room. */
function figureClauses(telling: Telling, { figures }: NodeComparison): string[] {
  const { locale, format } = telling;
  const words = locale.comparison.clause;
  const movedOf = (id: ComparedFigureId) => figures.find((figure) => figure.id === id && figure.moved);
  const [peak, waste] = [movedOf('peak-used'), movedOf('waste')];
  const others = (['maxmemory', 'machine', 'evictions-per-day', 'refusals-per-day', 'hit-ratio', 'memory-needed'] as const).flatMap(
    (id) => {
      const figure = movedOf(id);
      return figure?.before === undefined || figure.after === undefined
        ? []
        : [words.figure(words.figureName[id], figureText(id, figure.before, telling), figureText(id, figure.after, telling))];
    },
  );
  return [
    ...(peak?.change === undefined || peak.changeRatio === undefined
      ? []
      : [words.peak(format.percent(Math.abs(peak.changeRatio)), format.bytes(peak.after ?? 0), peak.change > 0)]),
    ...(waste?.change === undefined ? [] : [words.waste(format.bytes(Math.abs(waste.change)), waste.change > 0)]),
    ...others,
  ];
}

/** Of a report that was made then: nobody has seen the advice of one that is only made now. */
function adviceClause(telling: Telling, { advice }: NodeComparison): string[] {
  const seen = advice.filter(({ status }) => status !== 'not-visible');
  if (seen.length === 0 || kindOf(telling) === 'period') return [];
  return [telling.locale.comparison.clause.advice(seen.filter(({ status }) => DONE.includes(status)).length, seen.length)];
}
