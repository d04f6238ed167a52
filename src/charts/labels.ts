import { fitText, LINE_PX, lineAt, movingWith, named, textAt, textOver, wrapText } from './svg.ts';

/** A label that belongs to the right end of something drawn. */
export interface EndLabel {
  readonly text: string;
  /** Where the line ends, in view box pixels. */
  readonly x: number;
  readonly y: number;
  readonly className: string;
}

/**
 * Tops for boxes of given heights, as near as possible to where they want to be, in order, without overlap and within the bounds.
 * @param wanted - centre and height of each box, sorted by centre
 * @returns the centres
 */
export function spread(
  wanted: readonly { readonly centre: number; readonly height: number }[],
  top: number,
  bottom: number,
): readonly number[] {
  const centres: number[] = [];
  let edge = top;
  for (const box of wanted) {
    const centre = Math.max(box.centre, edge + box.height / 2);
    centres.push(centre);
    edge = centre + box.height / 2;
  }
  edge = bottom;
  for (let i = wanted.length - 1; i >= 0; i--) {
    const height = wanted[i]?.height ?? 0;
    const centre = Math.min(centres[i] as number, edge - height / 2);
    centres[i] = centre;
    edge = centre - height / 2;
  }
  return centres;
}

/**
 * Labels in the right margin, each beside its line's end; moved apart where they would touch, then tied to the end by a thin leader.
 * @param left - x where the margin's text begins
 */
export function drawEndLabels(labels: readonly EndLabel[], left: number, maxPx: number, top: number, bottom: number): string {
  const boxes = labels
    .map((label) => ({ label, lines: wrapText(label.text, maxPx, 3) }))
    .map(({ label, lines }) => ({ label, lines, centre: label.y, height: lines.length * (LINE_PX - 1) + 2 }))
    .sort((a, b) => a.centre - b.centre);
  const centres = spread(boxes, top, bottom);
  return boxes
    .map(({ label, lines }, i) => {
      const centre = centres[i] as number;
      const moved = Math.abs(centre - label.y) > 3 || left - label.x > 12;
      const leader = moved
        ? `<path class="leader ${label.className}" d="M${round(label.x + 2)},${round(label.y)}L${round(left - 7)},${round(label.y)}L${round(left - 3)},${round(centre)}"/>`
        : '';
      const firstY = centre - ((lines.length - 1) * (LINE_PX - 1)) / 2 + 4;
      const texts = lines.map((line, n) => textAt(left, firstY + n * (LINE_PX - 1), line, `label ${label.className}`));
      return named(label.className, leader + texts.join(''));
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Whether two boxes share any area. */
export function overlaps(a: Box, b: Box): boolean {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

/** A thin upright line with its label on top, such as "today". */
export function drawUpright(x: number, top: number, bottom: number, label: string, anchor: 'start' | 'middle' | 'end'): string {
  return movingWith(x, [
    lineAt(x, top, x, bottom, 'upright'),
    textOver(x + (anchor === 'start' ? 6 : anchor === 'end' ? -6 : 0), top + 11, fitText(label, 160), 'tick', anchor),
  ]);
}
