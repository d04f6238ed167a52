import type { BudgetLine, BudgetLineId } from '../model/analysis.ts';

/** Where each line is explained. */
const ANCHORS: Readonly<Record<BudgetLineId, string>> = {
  'peak-counted': 'peaks',
  import: 'what-if',
  growth: 'forecast',
  'slot-histograms': 'bytes-per-key',
  'hash-table-step': 'hash-tables',
  'fill-margin': 'target-fill',
  'not-counted': 'not-counted',
  allocator: 'resident-factor',
  'process-overhead': 'resident-factor',
  'copy-on-write': 'copy-on-write',
  'page-tables': 'copy-on-write',
  'operating-system': 'operating-system',
  headroom: 'the-two-conditions',
};

/** One line of the budget, with its place in docs/methodology.md. */
export function line(
  id: BudgetLineId,
  bytes: number,
  basis: BudgetLine['basis'],
  formula: string,
  inputs: Readonly<Record<string, number>>,
  uncertaintyBytes?: number,
): BudgetLine {
  const source = `docs/methodology.md#${ANCHORS[id]}`;
  const known = uncertaintyBytes === undefined ? {} : { uncertaintyBytes: Math.round(uncertaintyBytes) };
  return { id, bytes, basis, formula, inputs, source, ...known };
}
