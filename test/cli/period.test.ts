import { describe, expect, it } from 'vitest';
import { comparedPeriodOption, type Period, periodOption } from '../../src/cli/period.ts';
import { ConfigError } from '../../src/model/errors.ts';

const periodOf = (given: Readonly<Record<string, string>>, timeZone = 'UTC'): Period => periodOption((name) => given[name], timeZone);

describe('periodOption', () => {
  it.each([
    ['nothing', {}, 'UTC', undefined, undefined],
    ['a month', { month: '2026-10' }, 'UTC', Date.UTC(2026, 9, 1), Date.UTC(2026, 10, 1) - 1],
    ['the last month of a year', { month: '2026-12' }, 'UTC', Date.UTC(2026, 11, 1), Date.UTC(2027, 0, 1) - 1],
    ['a February', { month: '2028-02' }, 'UTC', Date.UTC(2028, 1, 1), Date.UTC(2028, 2, 1) - 1],
    ['a month in São Paulo', { month: '2026-10' }, 'America/Sao_Paulo', Date.UTC(2026, 9, 1, 3), Date.UTC(2026, 10, 1, 3) - 1],
    ['a month in which clocks change', { month: '2026-10' }, 'Europe/Lisbon', Date.UTC(2026, 8, 30, 23), Date.UTC(2026, 10, 1) - 1],
    ['a date as start', { from: '2026-10-05' }, 'Europe/Lisbon', Date.UTC(2026, 9, 4, 23), undefined],
    ['a date as end, all of that day', { to: '2026-10-05' }, 'Europe/Lisbon', undefined, Date.UTC(2026, 9, 5, 23) - 1],
    ['a day on which clocks change, as end', { to: '2026-10-25' }, 'Europe/Lisbon', undefined, Date.UTC(2026, 9, 26) - 1],
    ['the last day of a month as end', { to: '2026-10-31' }, 'UTC', undefined, Date.UTC(2026, 10, 1) - 1],
    ['an instant as end', { to: '2026-10-05T00:00' }, 'UTC', undefined, Date.UTC(2026, 9, 5)],
    ['one day', { from: '2026-10-05', to: '2026-10-05' }, 'UTC', Date.UTC(2026, 9, 5), Date.UTC(2026, 9, 6) - 1],
  ])('takes %s', (_what, given, timeZone, fromAt, toAt) => {
    expect(periodOf(given as Readonly<Record<string, string>>, timeZone)).toEqual({ fromAt, toAt });
  });

  it('gives months that follow each other without a gap and without an instant in both', () => {
    for (const timeZone of ['UTC', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Asia/Kathmandu'])
      for (let month = 1; month < 12; month += 1) {
        const name = (n: number) => `2026-${String(n).padStart(2, '0')}`;
        expect(periodOf({ month: name(month + 1) }, timeZone).fromAt).toBe((periodOf({ month: name(month) }, timeZone).toAt ?? 0) + 1);
      }
  });

  it.each([
    [{ month: '2026-13' }, /--month: "2026-13" .*a month such as 2026-10/],
    [{ month: '2026-1' }, /--month/],
    [{ month: 'October' }, /--month/],
    [{ month: '2026-10-01' }, /--month/],
    [{ month: '' }, /--month/],
    [{ month: '2026-10', from: '2026-10-05' }, /either --month, or --from and --to/],
    [{ month: '2026-10', to: '2026-10-05' }, /either --month, or --from and --to/],
    [{ from: '2026-10-06', to: '2026-10-05' }, /--to: "2026-10-05" .*after --from/],
    [{ from: '2026-10-05T12:00', to: '2026-10-05T12:00' }, /after --from/],
    [{ to: '2026-02-30' }, /--to/],
  ])('refuses %j', (given, message) => {
    expect(() => periodOf(given as Readonly<Record<string, string>>)).toThrow(ConfigError);
    expect(() => periodOf(given as Readonly<Record<string, string>>)).toThrow(message);
  });
});

describe('comparedPeriodOption', () => {
  const earlierOf = (given: Readonly<Record<string, string>>, timeZone = 'UTC', latestAt = 0): Period | undefined =>
    comparedPeriodOption((name) => given[name], periodOf(given, timeZone), timeZone)?.(latestAt);

  it('takes the calendar month before a month, however long, in its zone', () => {
    for (const timeZone of ['UTC', 'America/Sao_Paulo', 'Australia/Lord_Howe'])
      for (const [month, before] of [
        ['2026-10', '2026-09'],
        ['2026-03', '2026-02'],
        ['2026-01', '2025-12'],
      ] as const)
        expect(earlierOf({ month, compareTo: 'previous' }, timeZone)).toEqual(periodOf({ month: before }, timeZone));
  });

  it('takes as much time before a period as the period has', () => {
    expect(earlierOf({ from: '2026-10-11', to: '2026-10-20', compareTo: 'previous' })).toEqual(
      periodOf({ from: '2026-10-01', to: '2026-10-10' }),
    );
    const latestAt = Date.UTC(2026, 9, 21) - 1;
    expect(earlierOf({ from: '2026-10-11', compareTo: 'previous' }, 'UTC', latestAt)).toEqual(
      periodOf({ from: '2026-10-01', to: '2026-10-10' }),
    );
  });

  it('takes dates as --from and --to take them', () => {
    expect(earlierOf({ month: '2026-10', compareTo: '2026-08-15 .. 2026-09-14' })).toEqual(
      periodOf({ from: '2026-08-15', to: '2026-09-14' }),
    );
  });

  it('is nothing where nothing is asked for', () => {
    expect(earlierOf({ month: '2026-10' })).toBeUndefined();
  });
});
