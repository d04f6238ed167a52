import { describe, expect, it } from 'vitest';
import { strptimeFormat } from '../../src/history/strptime-format.ts';

describe('strptimeFormat', () => {
  it.each([
    ['dd/MM/yyyy HH:mm:ss', '%d/%m/%Y %H:%M:%S'],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSxxx", '%Y-%m-%dT%H:%M:%S.%g%z'],
    ["h 'o''clock' a", "%-I o'clock %p"],
    ["d MMM yy '100%'", '%-d %b %y 100%%'],
    ["HH''mm", "%H'%M"],
  ])('reads %s as %s', (pattern, format) => {
    expect(strptimeFormat(pattern)).toBe(format);
  });

  it.each(['t', 'QQQ yyyy', "yyyy 'open", 'yyyyy', 'constructor'])('knows no format for %s', (pattern) => {
    expect(strptimeFormat(pattern)).toBeUndefined();
  });
});
