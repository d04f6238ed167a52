import type { Telling } from './telling.ts';

/** Whole days from the newest sample to the report, where they are so many that nothing can be said of today; else undefined. */
export function oldDays({ node }: Telling): number | undefined {
  const days = node.findings.find(({ id, verdict }) => id === 'data-old' && verdict === 'raised')?.evidence.ageDays;
  return typeof days === 'number' ? days : undefined;
}

/** Whether that day had passed when the report was made. */
export function isPast({ analysis }: Telling, at: number): boolean {
  return at < analysis.generatedAt;
}
