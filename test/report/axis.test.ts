import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLocale } from '../../src/locales/index.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';
import { bytesAxis, numberAxis, ratioAxis, timeAxis } from '../../src/report/axis.ts';
import type { Axis } from '../../src/report/blocks.ts';
import { createFormat } from '../../src/report/format.ts';

const { language } = findLocale('en');
const format = createFormat(language, 'UTC', Date.UTC(2026, 0, 1));
const DAY = 86_400_000;

function expectSound(axis: Axis, max: number): void {
  const values = axis.ticks.map(({ value }) => value);
  expect(values.length).toBeGreaterThanOrEqual(2);
  expect(values.length).toBeLessThanOrEqual(12);
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  expect(axis.domain[0]).toBe(0);
  expect(axis.domain[1]).toBeGreaterThanOrEqual(max * (1 - 1e-9));
  expect(new Set(axis.ticks.map(({ label }) => label)).size).toBe(values.length);
}

describe('bytesAxis', () => {
  it('keeps to one unit and to round steps', () => {
    expect(bytesAxis(576 * MiB, format).ticks.map(({ label }) => label)).toEqual(['0', '200 MiB', '400 MiB', '600 MiB']);
    expect(bytesAxis(13.5 * GiB, format).ticks.map(({ label }) => label)).toEqual(['0', '5 GiB', '10 GiB', '15 GiB']);
  });

  it('covers any amount with a handful of distinct labels', () => {
    fc.assert(fc.property(fc.double({ min: 1, max: 2 ** 50, noNaN: true }), (max) => expectSound(bytesAxis(max, format), max)));
  });
});

describe('ratioAxis and numberAxis', () => {
  it('cover any share and any count', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 30, noNaN: true }), (max) => expectSound(ratioAxis(max, format), max)));
    fc.assert(fc.property(fc.double({ min: 0.5, max: 1e12, noNaN: true }), (max) => expectSound(numberAxis(max, format), max)));
  });
});

describe('timeAxis', () => {
  it('puts ticks at local midnights, also across a change of clocks', () => {
    const axis = timeAxis(Date.UTC(2026, 9, 20), Date.UTC(2026, 9, 28), language, 'Europe/Lisbon');
    expect(axis.ticks.length).toBeGreaterThan(3);
    for (const { value } of axis.ticks) {
      const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Lisbon', hour: '2-digit', minute: '2-digit' }).format(value);
      expect(clock).toBe('00:00');
    }
  });

  it('has between one and nine ticks inside any span from seconds to years', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.double({ min: 0.0001, max: 1500, noNaN: true }), (day, spanDays) => {
        const from = day * DAY + 12_345_678;
        const to = from + spanDays * DAY;
        const { ticks, domain } = timeAxis(from, to, language, 'America/Sao_Paulo');
        expect(domain).toEqual([from, to]);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(9);
        for (const { value } of ticks) expect(value >= from && value <= to).toBe(true);
      }),
    );
  });

  it('tells seconds where minutes would give it too few ticks', () => {
    const from = Date.UTC(2026, 9, 20, 13, 44, 7);
    const labels = (span: number): string[] => timeAxis(from, from + span, language, 'UTC').ticks.map(({ label }) => label);
    expect(labels(36_000)).toEqual(['13:44:10', '13:44:15', '13:44:20', '13:44:25', '13:44:30', '13:44:35', '13:44:40']);
    expect(labels(8 * 60_000).slice(0, 2)).toEqual(['13:45', '13:46']);
  });

  it('is sound for a single instant', () => {
    const { domain } = timeAxis(DAY, DAY, language, 'UTC');
    expect(domain[1]).toBeGreaterThan(domain[0]);
  });

  it.each([
    ['en', 1, '00:00'],
    ['en', 30, '1 Oct'],
    ['en', 400, 'Oct 2026'],
    ['pt-BR', 1, '00:00'],
    ['pt-BR', 30, '01/10'],
    ['pt-BR', 400, 'out/2026'],
  ])('writes its ticks as it is done in %s, over %i days', (tag, days, first) => {
    const from = Date.UTC(2026, 9, 1);
    expect(timeAxis(from, from + days * DAY, findLocale(tag).language, 'UTC').ticks[0]?.label).toBe(first);
  });
});
