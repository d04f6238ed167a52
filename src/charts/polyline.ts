import { line } from 'd3-shape';
import { px } from './svg.ts';

/**
 * Runs of indices that a line may join: it breaks at nulls and wherever a gap lies between two samples, so no absence is bridged.
 * @param at - instants, sorted
 * @returns runs in order, each with at least one index
 */
export function findRuns(
  at: readonly number[],
  y: readonly (number | null | undefined)[],
  gaps: readonly { readonly fromAt: number; readonly toAt: number }[] = [],
): readonly (readonly number[])[] {
  const sorted = [...gaps].sort((a, b) => a.fromAt - b.fromAt);
  const runs: number[][] = [];
  let run: number[] = [];
  let gap = 0;
  for (let i = 0; i < at.length; i++) {
    const instant = at[i] as number;
    let broken = false;
    // A gap ends the run when this sample stands behind its middle; its own edges are samples and stay.
    while (gap < sorted.length && instant >= middle(sorted[gap])) {
      broken = true;
      gap++;
    }
    const value = y[i];
    const missing = value === null || value === undefined || !Number.isFinite(value);
    if ((broken || missing) && run.length > 0) {
      runs.push(run);
      run = [];
    }
    if (!missing) run.push(i);
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

function middle(gap: { readonly fromAt: number; readonly toAt: number } | undefined): number {
  return gap === undefined ? Number.POSITIVE_INFINITY : (gap.fromAt + gap.toAt) / 2;
}

/**
 * The same runs with fewer points: of each group of neighbours its lowest and highest stay, so no peak is lost by drawing.
 * @param maxPoints - over all runs; each run keeps at least its first and last point
 */
export function thinRuns(
  runs: readonly (readonly number[])[],
  y: readonly (number | null | undefined)[],
  maxPoints: number,
): readonly (readonly number[])[] {
  const total = runs.reduce((sum, run) => sum + run.length, 0);
  if (total <= maxPoints) return runs;
  return runs.map((run) => {
    // Two points of a run are its ends, the others come in pairs.
    const groups = Math.max(0, Math.floor(((maxPoints * run.length) / total - 2) / 2));
    if (run.length <= 2 + groups * 2) return run;
    const kept = [run[0] as number];
    for (let group = 0; group < groups; group++) {
      const from = 1 + Math.floor((group * (run.length - 2)) / groups);
      const to = 1 + Math.floor(((group + 1) * (run.length - 2)) / groups);
      let low = run[from] as number;
      let high = low;
      for (const index of run.slice(from, to)) {
        if ((y[index] as number) < (y[low] as number)) low = index;
        if ((y[index] as number) > (y[high] as number)) high = index;
      }
      kept.push(Math.min(low, high));
      if (low !== high) kept.push(Math.max(low, high));
    }
    kept.push(run[run.length - 1] as number);
    return kept;
  });
}

/** The path of one run as a line. */
export function linePath(run: readonly number[], xOf: (i: number) => number, yOf: (i: number) => number): string {
  return line<number>(xOf, yOf).digits(1)(run) ?? '';
}

/** The path of one run as an area down to a level ground, which needs two points whatever the length of the run. */
export function areaPath(run: readonly number[], xOf: (i: number) => number, yOf: (i: number) => number, groundY: number): string {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return '';
  return `${linePath(run, xOf, yOf)}L${px(xOf(last))},${px(groundY)}H${px(xOf(first))}Z`;
}

/** Spans between the runs of a line: where it has no samples although it had some before and after. */
export function spansBetween(
  at: readonly number[],
  runs: readonly (readonly number[])[],
): readonly { readonly fromAt: number; readonly toAt: number }[] {
  return runs.slice(1).map((run, i) => ({ fromAt: at[runs[i]?.at(-1) as number] as number, toAt: at[run[0] as number] as number }));
}
