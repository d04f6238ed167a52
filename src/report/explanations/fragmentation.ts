import type { Explanation } from '../blocks.ts';
import { type Telling, text } from '../telling.ts';
import { basisText, sourceText } from './source.ts';

/** Formulas of the evidence that need no words. */
const FORMULA: Readonly<Record<string, string>> = {
  usedMemoryBytes: 'used_memory',
  usedMemoryRssBytes: 'used_memory_rss',
  peakUsedMemoryBytes: 'max(U)',
  wasteBytes: 'R − U',
  rssToUsed: 'R ÷ U',
  activeToAllocated: 'V ÷ A',
  externalBytes: 'V − A',
  residentToActive: 'D ÷ V',
  residentUnusedBytes: 'D − V',
  rssToResident: 'R ÷ D',
  rssMinusResidentBytes: 'R − D',
  freedSincePeakBytes: 'max(U) − U',
  peakToUsed: 'max(U) ÷ U',
};
/** Of all that moved: told in words, and explained under "Movement". */
const SLOPES = ['fillSlope', 'refillSlope', 'deleteSlope'] as const;

/** What a figure of the fragmentation verdict can be opened to; undefined for one that is its own formula. */
export function explainEvidence(telling: Telling, id: string): Explanation | undefined {
  const words = telling.locale.explain.fragmentation;
  const slope = SLOPES.find((each) => each === id);
  const formula = slope === undefined ? FORMULA[id] : words.formula[slope];
  if (formula === undefined) return undefined;
  const { evidence } = telling.node.fragmentation;
  const { judgedAt, fills, deletes } = evidence;
  const events = slope !== undefined;
  return {
    why: text(
      judgedAt === undefined
        ? (telling.locale.report.fragmentation.evidence[id]?.[1] ?? '')
        : words.judgedAt(telling.format.dateTime(judgedAt)),
    ),
    formula,
    inputs: [
      ...symbolsOf(telling, formula),
      ...(events && fills !== undefined ? [{ meaning: words.fills, value: telling.format.number(fills) }] : []),
      ...(events && deletes !== undefined ? [{ meaning: words.deletes, value: telling.format.number(deletes) }] : []),
    ],
    basis: basisText(telling, events ? 'derived' : 'measured'),
    source: sourceText(telling, events ? 'movement' : 'fragmentation'),
  };
}

/** What the bytes that an action would give back can be opened to. */
export function explainRecoverable(telling: Telling, id: 'activedefrag' | 'purge' | 'restart'): Explanation {
  const words = telling.locale.explain.fragmentation;
  const formula = { activedefrag: words.formula.activedefrag, purge: 'D − V + Z', restart: 'max(R − U − P, D − V)' }[id];
  return {
    why: text(words.recover[id]),
    formula,
    inputs: symbolsOf(telling, formula),
    basis: basisText(telling, 'derived'),
    source: sourceText(telling, 'fragmentation-advice'),
  };
}

/** The sizes of one dataset, from the evidence: each is told against the one inside it. */
function symbolsOf(telling: Telling, formula: string): Explanation['inputs'] {
  const { evidence } = telling.node.fragmentation;
  const less = (whole: number | undefined, part: number | undefined): number | undefined =>
    whole === undefined || part === undefined ? undefined : whole - part;
  const resident = less(evidence.usedMemoryRssBytes, evidence.rssMinusResidentBytes);
  const active = less(resident, evidence.residentUnusedBytes);
  const values: Readonly<Record<string, number | undefined>> = {
    'max(U)': evidence.peakUsedMemoryBytes,
    U: evidence.usedMemoryBytes,
    R: evidence.usedMemoryRssBytes,
    D: resident,
    V: active,
    A: less(active, evidence.externalBytes),
    Z: evidence.muzzyBytes,
  };
  const words = telling.locale.explain.fragmentation.symbol;
  return [...new Set(formula.match(/max\(U\)|\b[A-Z]\b/g) ?? [])].flatMap((symbol) => {
    const meaning = words[symbol];
    const value = values[symbol];
    return meaning === undefined ? [] : [{ symbol, meaning, ...(value === undefined ? {} : { value: telling.format.bytes(value) }) }];
  });
}
