import type { BudgetLine } from '../../model/analysis.ts';
import type { Inline, Text } from '../blocks.ts';
import { type Telling, text } from '../telling.ts';

export const BASIS_SIGN = { measured: '●', derived: '◐', assumed: '○' } as const;

/** ● measured */
export function basisText({ locale }: Pick<Telling, 'locale'>, basis: BudgetLine['basis']): string {
  return `${BASIS_SIGN[basis]} ${locale.report.fixed[basis]}`;
}

/** Where a figure is explained: the section of the methodology, and the part of the report with its evidence. */
export function sourceText(telling: Pick<Telling, 'locale' | 'anchor'>, section: string, evidence?: { id: string; title: string }): Text {
  const words = telling.locale.explain;
  const runs: Inline[] = [words.methodology(words.section[section] ?? section)];
  if (evidence !== undefined) runs.push(`; ${words.evidenceIn}`, { link: `#${telling.anchor(evidence.id)}`, text: evidence.title });
  return text(...runs);
}
