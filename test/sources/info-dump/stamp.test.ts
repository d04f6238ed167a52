import { describe, expect, it } from 'vitest';
import { findStamp, findStampInName, parseStampAs } from '../../../src/sources/info-dump/stamp.ts';

const found = (text: string, zone = 'UTC') => {
  const stamp = findStamp(text, zone);
  return stamp && new Date(stamp.at).toISOString();
};

describe('findStamp', () => {
  it.each([
    ['2026-11-02T10:00:01Z', '2026-11-02T10:00:01.000Z'],
    ['2026-11-02T10:00Z', '2026-11-02T10:00:00.000Z'],
    ['2026-11-02T10:00:01.1234567Z', '2026-11-02T10:00:01.123Z'],
    ['2026-11-02 10:00:01,250', '2026-11-02T10:00:01.250Z'],
    ['2026-11-02T10:00:01+05:30', '2026-11-02T04:30:01.000Z'],
    ['2026-11-02T10:00:01-0500', '2026-11-02T15:00:01.000Z'],
    ['2026-11-02T10:00-05:00', '2026-11-02T15:00:00.000Z'],
    ['2026-11-02 10:00:01 +01', '2026-11-02T09:00:01.000Z'],
    ['2026/11/02 10:00:01', '2026-11-02T10:00:01.000Z'],
    ['2026.11.02 10:00:01', '2026-11-02T10:00:01.000Z'],
    ['2026-11-02_10-00-01', '2026-11-02T10:00:01.000Z'],
    ['20261102T100001Z', '2026-11-02T10:00:01.000Z'],
    ['20261102_100001', '2026-11-02T10:00:01.000Z'],
    ['20261102100001', '2026-11-02T10:00:01.000Z'],
    ['2026-11-02', '2026-11-02T00:00:00.000Z'],
    ['2022-08-22 03:51:19.607 +0000 UTC m=+0.1', '2022-08-22T03:51:19.607Z'],
    ['Mon Nov  2 10:00:01 UTC 2026', '2026-11-02T10:00:01.000Z'],
    ['Mon Nov  2 10:00:01 2026', '2026-11-02T10:00:01.000Z'],
    ['Mon Nov  2 10:00:01 PM EST 2026', '2026-11-03T03:00:01.000Z'],
    ['Mon  2 Nov 10:00:01 CET 2026', '2026-11-02T09:00:01.000Z'],
    ['Mon 2 Nov 2026 10:00:01 AM CET', '2026-11-02T09:00:01.000Z'],
    ['Mon, 02 Nov 2026 10:00:01 +0100', '2026-11-02T09:00:01.000Z'],
    ['02/Nov/2026:10:00:01 +0000', '2026-11-02T10:00:01.000Z'],
    ['Monday, November 2, 2026 12:00:01 AM', '2026-11-02T00:00:01.000Z'],
    ['1:M 02 Nov 2026 10:00:01.500 * ready', '2026-11-02T10:00:01.500Z'],
    ['1793613601', '2026-11-02T10:00:01.000Z'],
    ['1793613601.250', '2026-11-02T10:00:01.250Z'],
    ['@1793613601', '2026-11-02T10:00:01.000Z'],
    ['1793613601250', '2026-11-02T10:00:01.250Z'],
    ['1793613601250000', '2026-11-02T10:00:01.250Z'],
    ['1793613601250000000', '2026-11-02T10:00:01.250Z'],
  ])('reads %s', (text, expected) => {
    expect(found(text)).toBe(expected);
  });

  it.each([
    '',
    'no time at all',
    '2026-13-02 10:00:00',
    '2026-02-30T10:00:00Z',
    '10:00:01',
    '127.0.0.1:6379',
    '12345',
    'used_memory:1793613601',
    '7.0.15',
    '1999-01-01T00:00:00Z',
  ])('finds none in "%s"', (text) => {
    expect(findStamp(text, 'UTC')).toBeUndefined();
  });

  it('takes the given zone, with its summer time, where none is written', () => {
    expect(found('2026-07-01 10:00:00', 'Europe/Berlin')).toBe('2026-07-01T08:00:00.000Z');
    expect(found('2026-11-02 10:00:00', 'Europe/Berlin')).toBe('2026-11-02T09:00:00.000Z');
    expect(found('2026-03-08 03:30:00', 'America/New_York')).toBe('2026-03-08T07:30:00.000Z');
    expect(found('2026-11-01 00:30:00', 'America/New_York')).toBe('2026-11-01T04:30:00.000Z');
    expect(found('2026-11-01 02:30:00', 'America/New_York')).toBe('2026-11-01T07:30:00.000Z');
    expect(findStamp('2026-11-02 10:00:00', 'Europe/Berlin')?.zoned).toBe(false);
    expect(findStamp('2026-11-02 10:00:00Z', 'Europe/Berlin')?.zoned).toBe(true);
  });

  it('lets the given zone decide what an ambiguous abbreviation means', () => {
    expect(found('Mon Nov  2 10:00:01 CST 2026')).toBe('2026-11-02T16:00:01.000Z');
    expect(found('Mon Nov  2 10:00:01 CST 2026', 'Asia/Shanghai')).toBe('2026-11-02T02:00:01.000Z');
  });

  it('says where the stamp stands', () => {
    const text = 'at [2022-08-22 03:51:19.607 +0000 UTC m=+0.1] here';
    const stamp = findStamp(text, 'UTC');
    expect(text.slice(stamp?.start, stamp?.end)).toBe('2022-08-22 03:51:19.607 +0000 UTC m=+0.1');
  });
});

describe('findStampInName', () => {
  it('reads an epoch between the words of a name', () => {
    expect(findStampInName('info-1793613601', 'UTC')?.at).toBe(1793613601000);
    expect(findStampInName('info_v7', 'UTC')).toBeUndefined();
  });
});

describe('parseStampAs', () => {
  it('reads a date-fns pattern in the given zone', () => {
    expect(parseStampAs('02.11.2026 10:00', 'dd.MM.yyyy HH:mm', 'Europe/Berlin')).toMatchObject({
      at: Date.UTC(2026, 10, 2, 9),
      zoned: false,
    });
    expect(parseStampAs('02.11.2026 10:00 +05:00', 'dd.MM.yyyy HH:mm xxx', 'Europe/Berlin')).toMatchObject({
      at: Date.UTC(2026, 10, 2, 5),
      zoned: true,
    });
  });

  it('reads epochs, and nothing else, when told so', () => {
    expect(parseStampAs('1793613601', 'epoch-s', 'UTC')?.at).toBe(1793613601000);
    expect(parseStampAs('1793613601250', 'epoch-ms', 'UTC')?.at).toBe(1793613601250);
    expect(parseStampAs('2026-11-02', 'epoch-s', 'UTC')).toBeUndefined();
  });

  it('finds nothing with a pattern that is none', () => {
    expect(parseStampAs('2026', 'NOPE', 'UTC')).toBeUndefined();
  });
});
