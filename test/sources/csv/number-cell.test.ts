import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findNumberStyle, isAbsent, NULL_TEXTS, readNumberCell } from '../../../src/sources/csv/number-cell.ts';

const point = { decimalComma: false, groupComma: false };
const comma = { decimalComma: true, groupComma: false };
const grouped = { decimalComma: false, groupComma: true };

describe('readNumberCell', () => {
  it.each([
    ['1024', 1024],
    [' 1.6703488E7 ', 16703488],
    ['-5', -5],
    ['+3', 3],
    ['.5', 0.5],
    ['512 MiB', 512 * 1024 ** 2],
    ['1.5G', 1.5 * 1024 ** 3],
    ['1.5 GB', 1.5e9],
    ['1,234,567', 1234567],
    ['1,234.5', 1234.5],
    ['1.234.567', 1234567],
    ['1.234,5', 1234.5],
    ["1'234'567", 1234567],
    ['1 234 567', 1234567],
    ['1\u202f234', 1234],
  ])('reads %s', (text, value) => {
    expect(readNumberCell(text, 1, 'bytes', point)).toBe(value);
  });

  it('leaves one comma before three digits alone unless the file settles it', () => {
    expect(readNumberCell('1,234', 1, 'bytes', point)).toBeUndefined();
    expect(readNumberCell('1,234', 1, 'bytes', comma)).toBe(1.234);
    expect(readNumberCell('1,234', 1, 'bytes', grouped)).toBe(1234);
  });

  it('reads points as groups where commas are decimal', () => {
    expect(readNumberCell('1.234', 1, 'bytes', comma)).toBe(1234);
    expect(readNumberCell('1.234,75', 1, 'bytes', comma)).toBe(1234.75);
    expect(readNumberCell('12,5', 1, 'bytes', comma)).toBe(12.5);
    expect(readNumberCell('12.5', 1, 'bytes', comma)).toBe(12.5);
  });

  it('lets the unit of the cell replace the unit of the column', () => {
    expect(readNumberCell('2', 1024, 'bytes', point)).toBe(2048);
    expect(readNumberCell('2 MiB', 1024, 'bytes', point)).toBe(2 * 1024 ** 2);
    expect(readNumberCell('250 ms', 1, 'seconds', point)).toBe(0.25);
    expect(readNumberCell('12 %', 1, 'percent', point)).toBe(12);
    expect(readNumberCell('12 %', 1, 'ratio', point)).toBe(0.12);
    expect(readNumberCell('1.5k', 1, 'count', point)).toBe(1500);
    expect(readNumberCell('yes', 1, 'flag', point)).toBe(1);
  });

  it.each(['hello', '0x1F', '0b11', '12 parsecs', '1.2.3', '12:30', '1,2,3', '--5', `${'9'.repeat(70)} B`, '5 ms'])(
    'refuses %s',
    (text) => {
      expect(readNumberCell(text, 1, 'bytes', point)).toBeUndefined();
    },
  );

  it.each(NULL_TEXTS.map((text) => [text]))('takes "%s" as absent', (text) => {
    expect(readNumberCell(text, 1, 'bytes', point)).toBeNaN();
    expect(isAbsent(text)).toBe(true);
  });

  it('reads back every number that is printed', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(readNumberCell(String(value), 1, 'bytes', point)).toBe(value + 0);
      }),
    );
  });
});

describe('findNumberStyle', () => {
  it.each([
    [['1,5', '2,75'], comma],
    [['1.234,5'], comma],
    [['1,234,567', '1,234'], grouped],
    [['1,234'], point],
    [['1234', 'a,b'], point],
  ])('judges %j', (cells, style) => {
    expect(findNumberStyle(cells)).toEqual(style);
  });
});
