/**
 * The two drawings of each chart: `wide` for paper and desktop, `narrow` for a phone. Both are drawn so that their text
 * keeps a readable size where they are shown, which one scaled drawing cannot do.
 */
export interface ChartSize {
  readonly name: 'wide' | 'narrow';
  /** Width of the view box, in CSS pixels at scale 1. */
  readonly width: number;
  /** Most points of one polyline. */
  readonly maxPoints: number;
}

export const CHART_SIZES: { readonly wide: ChartSize; readonly narrow: ChartSize } = {
  wide: { name: 'wide', width: 800, maxPoints: 700 },
  narrow: { name: 'narrow', width: 360, maxPoints: 320 },
};
