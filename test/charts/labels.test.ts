import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spread } from '../../src/charts/labels.ts';
import { fitText, hatchAt, textWidth, wrapText } from '../../src/charts/svg.ts';

describe('spread', () => {
  it('leaves labels alone that do not touch', () => {
    const boxes = [20, 60, 100].map((centre) => ({ centre, height: 14 }));
    expect(spread(boxes, 0, 200)).toEqual([20, 60, 100]);
  });

  it('keeps the order and lets none overlap while there is room', () => {
    const boxes = fc.array(fc.record({ centre: fc.double({ min: 0, max: 300, noNaN: true }), height: fc.constant(14) }), { maxLength: 20 });
    fc.assert(
      fc.property(boxes, (unsorted) => {
        const sorted = [...unsorted].sort((a, b) => a.centre - b.centre);
        const centres = spread(sorted, 0, 300);
        for (let i = 1; i < centres.length; i++)
          expect((centres[i] as number) - (centres[i - 1] as number)).toBeGreaterThanOrEqual(14 - 1e-6);
        for (const centre of centres) expect(centre).toBeLessThanOrEqual(293 + 1e-6);
      }),
    );
  });
});

describe('fitText and wrapText', () => {
  it('never give a line wider than asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer({ min: 30, max: 300 }), (text, most) => {
        for (const line of [fitText(text, most), ...wrapText(text, most)]) expect(line.length <= 2 || textWidth(line) <= most).toBe(true);
      }),
    );
  });

  it('break between words into at most two lines', () => {
    expect(wrapText('buffers not counted for eviction', 130)).toEqual(['buffers not counted', 'for eviction']);
  });
});

describe('hatchAt', () => {
  it('stays within its rectangle', () => {
    const points = [...hatchAt(10, 20, 30, 40).matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(
      (match) => [Number(match[1]), Number(match[2])] as const,
    );
    expect(points.length).toBeGreaterThan(4);
    for (const [x, y] of points) {
      expect(x >= 10 && x <= 40).toBe(true);
      expect(y >= 20 && y <= 60).toBe(true);
    }
  });
});
