import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchorOf, cleanReport, cleanText, safeHref } from '../../src/render/clean-text.ts';
import { report } from '../helpers/report.ts';

describe('cleanText', () => {
  it.each([
    ['orders-cache · 10.2.0.17:6379', 'orders-cache · 10.2.0.17:6379'],
    ['a\u202eb\u2066c\u200fd', 'abcd'],
    ['a\u0000b\u001b[31mc', 'ab[31mc'],
    ['two\nlines', 'two lines'],
    ['lone \ud800 half', 'lone \ufffd half'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
  ])('makes %j into %j', (text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });

  it('is well-formed, bounded and settled after one pass for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 6_000 }), (text) => {
        const cleaned = cleanText(text);
        expect(cleaned.isWellFormed()).toBe(true);
        expect(cleaned.length).toBeLessThanOrEqual(4_001);
        expect(cleanText(cleaned)).toBe(cleaned);
      }),
      { numRuns: 40 },
    );
  });
});

describe('cleanReport', () => {
  it('changes nothing in a report of ordinary texts', () => {
    expect(cleanReport(report)).toEqual(JSON.parse(JSON.stringify(report)));
  });
});

describe('safeHref', () => {
  it.each([
    ['#budget', '#budget'],
    ['#a b"><script>', '#a-b-script-'],
    ['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['https://example.org/" onclick="x', undefined],
    ['//example.org', undefined],
    [undefined, undefined],
  ])('gives for %j %j', (link, expected) => {
    expect(safeHref(link)).toBe(expected);
  });
});

describe('anchorOf', () => {
  it('gives an id that needs no escaping, whatever it is made from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        expect(anchorOf(id)).toMatch(/^[A-Za-z0-9_-]{1,100}$/);
      }),
    );
  });
});
