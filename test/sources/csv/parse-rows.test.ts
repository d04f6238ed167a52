import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRows } from '../../../src/sources/csv/parse-rows.ts';

const comma = { delimiter: ',', padded: false };
const parse = (line: string, cutting = comma) => parseRows([line], cutting)[0];

describe('parseRows', () => {
  it.each<[string, string[] | undefined]>([
    ['a,b,c', ['a', 'b', 'c']],
    ['', ['']],
    [',', ['', '']],
    ['"a","b"', ['a', 'b']],
    ['"",x', ['', 'x']],
    ['"a,b",c', ['a,b', 'c']],
    ['x,",",y', ['x', ',', 'y']],
    ['"say ""hi""",c', ['say "hi"', 'c']],
    ['"a"",""b",c', ['a","b', 'c']],
    ['""",""",c', ['","', 'c']],
    ['"a', undefined],
    ['a",b', undefined],
    ['"a"b,c', undefined],
    ['a,"b""', undefined],
  ])('cuts %s', (line, cells) => {
    expect(parse(line)).toEqual(cells);
  });

  it('drops the blanks around quoted cells where cells are padded', () => {
    expect(parse('a , "b, c" ,d', { delimiter: ',', padded: true })).toEqual(['a', 'b, c', 'd']);
  });

  it('cuts by semicolon and tab together', () => {
    expect(parse('a;\tb;\t"c;\td"', { delimiter: ';\t', padded: false })).toEqual(['a', 'b', 'c;\td']);
  });

  it('gives back any cells without line breaks, however the lines around them are damaged', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '1', ',', '"', ' ', ';', 'é'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 30 }), (rows) => {
        const lines = rows.map((row) => row.map((text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(','));
        expect(parseRows(lines, comma)).toEqual(rows);
        const damaged = lines.flatMap((line) => [line, '"']);
        expect(parseRows(damaged, comma).filter((row) => row !== undefined)).toEqual(rows);
      }),
    );
  });
});
