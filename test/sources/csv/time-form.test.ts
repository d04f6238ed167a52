import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeZone, localClock } from '../../../src/sources/csv/local-time.ts';
import { epochLabelInHeader, findTimeReading, timeReadingOf } from '../../../src/sources/csv/time-form.ts';

const read = (text: string, zone = 'UTC') => {
  const at = findTimeReading([text], zone)?.read(text);
  return at === undefined || Number.isNaN(at) ? undefined : new Date(at).toISOString();
};

describe('findTimeReading', () => {
  it.each([
    ['2024-01-31', '2024-01-31T00:00:00.000Z'],
    ['2024/01/31 12:05', '2024-01-31T12:05:00.000Z'],
    ['2024-01-31 12:05:06', '2024-01-31T12:05:06.000Z'],
    ['2024-01-31T12:05:06.789123Z', '2024-01-31T12:05:06.789Z'],
    ['2024-01-31T12:05:06,5+02:00', '2024-01-31T10:05:06.500Z'],
    ['2024-01-31 12:05:06 -0330', '2024-01-31T15:35:06.000Z'],
    ['2024-01-31 12:05:06+02', '2024-01-31T10:05:06.000Z'],
    ['2024-01-31 12:05:06 UTC', '2024-01-31T12:05:06.000Z'],
    ['20240131T120506Z', '2024-01-31T12:05:06.000Z'],
    ['2022-08-22 03:51:19.607158889 +0000 UTC m=+0.113112869', '2022-08-22T03:51:19.607Z'],
    ['2022-08-22 03:51:19.6 +0200 CEST', '2022-08-22T01:51:19.600Z'],
    ['Mon, 22 Aug 2022 03:51:19 +0000', '2022-08-22T03:51:19.000Z'],
    ['Mon Aug 22 03:51:19 UTC 2022', '2022-08-22T03:51:19.000Z'],
    ['Mon Aug 22 03:51:19 2022', '2022-08-22T03:51:19.000Z'],
    ['Aug 22, 2022 3:51:19 PM', '2022-08-22T15:51:19.000Z'],
    ['22-Aug-2022 03:51', '2022-08-22T03:51:00.000Z'],
    ['22 August 2022', '2022-08-22T00:00:00.000Z'],
    ['31/01/2024 12:05:06', '2024-01-31T12:05:06.000Z'],
    ['1/31/2024, 12:05 AM', '2024-01-31T00:05:00.000Z'],
    ['1.2.2024 7:05', '2024-02-01T07:05:00.000Z'],
    ['1706702706', '2024-01-31T12:05:06.000Z'],
    ['1706702706.789', '2024-01-31T12:05:06.789Z'],
    ['1.706702706E9', '2024-01-31T12:05:06.000Z'],
    ['1706702706789', '2024-01-31T12:05:06.789Z'],
    ['1706702706789123', '2024-01-31T12:05:06.789Z'],
    ['1706702706789123456', '2024-01-31T12:05:06.789Z'],
  ])('reads %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    '2024-13-01',
    '2024-02-30 00:00:00',
    '2024-01-31 25:00:00',
    '2024-01-31 12:60',
    '2024-01-31 12:00:61',
    '2024-01-31 12:00 CST',
    '2024-01-31 12:00 +99:00',
    '2024-01-31x',
    '32/01/2024',
    'Mon Aug 42 03:51:19 2022',
    'May I come',
    'noon',
    '12:30',
    '42',
    '1e300',
    '-1706702706',
  ])('does not read %s', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('reads stamps without an offset in the zone given, also around clock changes', () => {
    expect(read('2024-07-01 12:00:00', 'America/Sao_Paulo')).toBe('2024-07-01T15:00:00.000Z');
    expect(read('2024-03-31 01:59:59', 'Europe/Berlin')).toBe('2024-03-31T00:59:59.000Z');
    expect(read('2024-03-31 02:30:00', 'Europe/Berlin')).toBe('2024-03-31T01:30:00.000Z');
    expect(read('2024-03-31 03:00:00', 'Europe/Berlin')).toBe('2024-03-31T01:00:00.000Z');
    expect(read('2024-10-27 02:30:00', 'Europe/Berlin')).toBe('2024-10-27T01:30:00.000Z');
    expect(read('2024-10-27 02:30:00 +0200', 'Europe/Berlin')).toBe('2024-10-27T00:30:00.000Z');
  });

  it('takes the form that most cells have, and leaves the others unread', () => {
    const reading = findTimeReading(['1706702706', '1706702766', '17067', 'x', '1706702826'], 'UTC');
    expect(reading?.label).toBe('epoch seconds');
    expect(reading?.read('17067')).toBeNaN();
    expect(reading?.read('1706702706789')).toBeNaN();
  });

  it('offers the database only forms that it reads to the same instant', () => {
    expect(findTimeReading(['2024-01-31 12:05:06'], 'Europe/Berlin')?.bulkForm).toEqual({ form: 'iso', zone: 'Europe/Berlin' });
    expect(findTimeReading(['2024-01-31T12:05:06.5+02:00'], 'UTC')?.bulkForm).toEqual({ form: 'iso', zone: 'UTC' });
    expect(findTimeReading(['1706702706789'], 'UTC')?.bulkForm).toEqual({ form: 'epoch-milliseconds' });
    expect(findTimeReading(['2024-01-31 12:05:06 UTC'], 'UTC')?.bulkForm).toBeUndefined();
    expect(findTimeReading(['31/01/2024'], 'UTC')?.bulkForm).toBeUndefined();
  });

  it('does not guess between day and month', () => {
    expect(findTimeReading(['01/02/2024'], 'UTC')?.ambiguous).toContain('no stamp settles it');
    expect(findTimeReading(['13/02/2024', '14/02/2024', '02/13/2024'], 'UTC')?.ambiguous).toContain('some stamps have the day first');
    expect(findTimeReading(['01/02/2024', '01/13/2024'], 'UTC')?.ambiguous).toBeUndefined();
  });

  it('reads back every instant that JavaScript prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1971, 0), max: Date.UTC(2199, 0) }), (at) => {
        expect(read(new Date(at).toISOString())).toBe(new Date(at).toISOString());
        if (at >= 1e11) expect(read(String(at))).toBe(new Date(at).toISOString());
      }),
    );
  });

  it('never throws, whatever the cell holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        findTimeReading([text], 'UTC')?.read(text);
      }),
    );
    expect(read(`2024-01-01 ${'1'.repeat(10_000)}`)).toBeUndefined();
  });
});

describe('timeReadingOf', () => {
  it('reads by a pattern in the zone given', () => {
    const reading = timeReadingOf('dd.MM.yyyy HH:mm', 'Europe/Berlin');
    expect(new Date(reading.read('01.07.2024 12:00')).toISOString()).toBe('2024-07-01T10:00:00.000Z');
    expect(reading.read('2024')).toBeNaN();
  });

  it('reads epoch numbers in the step asked for', () => {
    expect(timeReadingOf('epoch-s', 'UTC').read('1706702706')).toBe(1706702706000);
    expect(timeReadingOf('epoch-ms', 'UTC').read('1706702706')).toBeNaN();
  });
});

describe('localClock', () => {
  it('agrees with the zone tables through a year', () => {
    for (const zone of ['America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia']) {
      const clock = localClock(zone);
      const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' });
      // Half past midnight and noon exist on every day, also where the clock skips an hour.
      for (let wall = Date.UTC(2024, 0, 5, 0, 30); wall < Date.UTC(2025, 0); wall += 12 * 3_600_000) {
        const parts = format.format(clock(wall)).replace(', ', 'T');
        expect(`${parts}.000Z`).toBe(new Date(wall).toISOString());
      }
    }
  });

  it('knows a zone from a word', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Berlin')).toBe(false);
  });
});

describe('epochLabelInHeader', () => {
  it.each([
    ['Timestamp [ms]', 'epoch milliseconds'],
    ['time (s)', 'epoch seconds'],
    ['ts_us', 'epoch microseconds'],
    ['time_ns', 'epoch nanoseconds'],
    ['items', undefined],
    ['timestamp', undefined],
  ])('of %s is %s', (header, label) => {
    expect(epochLabelInHeader(header)).toBe(label);
  });
});
