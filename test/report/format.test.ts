import { describe, expect, it } from 'vitest';
import { findLocale } from '../../src/locales/index.ts';
import { GiB, KiB, MiB } from '../../src/model/bytes.ts';
import { createFormat } from '../../src/report/format.ts';

const { language } = findLocale('en');
const format = createFormat(language, 'UTC', Date.UTC(2026, 9, 24));

describe('createFormat', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1000, '0.98 KiB'],
    [1.5 * KiB, '1.5 KiB'],
    [180 * MiB, '180 MiB'],
    [999 * MiB, '999 MiB'],
    [1000 * MiB, '0.98 GiB'],
    [11.8 * GiB, '11.8 GiB'],
    [1.194 * GiB, '1.19 GiB'],
    [2048 * GiB, '2 TiB'],
    [-180 * MiB, '−180 MiB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(format.bytes(bytes)).toBe(text);
  });

  it('gives gains their sign', () => {
    expect(format.signedBytes(13 * GiB)).toBe('+13 GiB');
    expect(format.signedBytes(-180 * MiB)).toBe('−180 MiB');
    expect(format.signedBytes(0)).toBe('0 B');
  });

  it.each([
    [0.87, '87 %'],
    [0.8, '80 %'],
    [0.0188, '1.9 %'],
    [0, '0 %'],
    [1.4, '140 %'],
  ])('writes the share %d as %s', (ratio, text) => {
    expect(format.percent(ratio)).toBe(text);
  });

  it.each([
    [1, '1 day'],
    [0.5, '0.5 days'],
    [12.4, '12 days'],
    [90, '90 days'],
  ])('writes %d days as %s', (days, text) => {
    expect(format.days(days)).toBe(text);
  });

  it.each([
    [0.25, '0.3 s'],
    [45, '45 s'],
    [125, '2 min 5 s'],
    [1860, '31 min'],
    [12_000, '3 h 20 min'],
    [3600, '1 h'],
    [187_200, '2 d 4 h'],
    [86_400 * 30, '30 d'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(format.duration(seconds)).toBe(text);
  });

  it('tells instants in its zone, with the year only where it is another one', () => {
    const at = Date.UTC(2026, 9, 24, 20, 10);
    expect(format.dateTime(at)).toBe('24 Oct 20:10');
    expect(format.date(at)).toBe('24 Oct 2026');
    expect(format.dateTime(Date.UTC(2025, 11, 31, 23, 59))).toBe('31 Dec 2025 23:59');
    const lisbon = createFormat(language, 'Europe/Lisbon', at);
    expect(lisbon.dateTime(at)).toBe('24 Oct 21:10');
    // After the clocks went back on 25 October 2026.
    expect(lisbon.dateTime(Date.UTC(2026, 9, 26, 20, 10))).toBe('26 Oct 20:10');
  });

  it('writes prices, numbers and lists', () => {
    expect(format.price(0.437)).toBe('$0.437/h');
    expect(format.number(1_234_567)).toBe('1,234,567');
    expect(format.ratio(1)).toBe('1.00');
    expect(format.ratio(-0.001)).toBe('0.00');
    expect(format.list(['a', 'b', 'c'])).toBe('a, b, and c');
  });
});

describe('createFormat in Brazilian Portuguese', () => {
  const brazilian = createFormat(findLocale('pt-BR').language, 'America/Sao_Paulo', Date.UTC(2026, 9, 24));

  it('writes numbers, shares, sizes and prices as they are written there', () => {
    expect(brazilian.number(1234.5, 1)).toBe('1.234,5');
    expect(brazilian.number(1_234_567)).toBe('1.234.567');
    expect(brazilian.bytes(11.8 * GiB)).toBe('11,8 GiB');
    expect(brazilian.signedBytes(-1.5 * KiB)).toBe('−1,5 KiB');
    expect(brazilian.percent(0.8)).toBe('80%');
    expect(brazilian.percent(0.0188)).toBe('1,9%');
    expect(brazilian.ratio(1.384)).toBe('1,38');
    expect(brazilian.price(0.437)).toBe('US$ 0,437/h');
    expect(brazilian.duration(0.25)).toBe('0,3 s');
    expect(brazilian.list(['a', 'b', 'c'])).toBe('a, b e c');
  });

  it.each([
    [1, '1 dia'],
    [1.5, '1,5 dia'],
    [2, '2 dias'],
    [90, '90 dias'],
  ])('writes %d days as %s', (days, text) => {
    expect(brazilian.days(days)).toBe(text);
  });

  it('writes instants with de between their parts, in its zone', () => {
    const at = Date.UTC(2026, 9, 24, 23, 10);
    expect(brazilian.dateTime(at)).toBe('24 de out. às 20:10');
    expect(brazilian.dateTime(Date.UTC(2025, 9, 24, 23, 10))).toBe('24 de out. de 2025 às 20:10');
    expect(brazilian.date(at)).toBe('24 de out. de 2026');
    expect(brazilian.date(Date.UTC(2026, 4, 1, 12))).toBe('1 de mai. de 2026');
  });
});

describe('createFormat in every language', () => {
  const at = Date.UTC(2026, 9, 24, 20, 10);
  const formats = { en: format, 'pt-BR': createFormat(findLocale('pt-BR').language, 'UTC', at) };
  const MINUTE = 60;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;

  it.each([
    ['number', [0], '0', '0'],
    ['number', [999], '999', '999'],
    ['number', [1234], '1,234', '1.234'],
    ['number', [-1234.56, 1], '−1,234.6', '−1.234,6'],
    ['number', [-0.04, 1], '0', '0'],
    ['number', [0.5, 2], '0.5', '0,5'],
    ['ratio', [1.384], '1.38', '1,38'],
    ['ratio', [1234.5], '1,234.50', '1.234,50'],
    ['bytes', [999], '999 B', '999 B'],
    ['bytes', [999.4 * KiB], '999 KiB', '999 KiB'],
    ['bytes', [999.5 * KiB], '0.98 MiB', '0,98 MiB'],
    ['bytes', [1023.9 * MiB], '1 GiB', '1 GiB'],
    ['bytes', [9.996 * GiB], '10 GiB', '10 GiB'],
    ['bytes', [1234 * 1024 * GiB], '1,234 TiB', '1.234 TiB'],
    ['signedBytes', [1.5 * GiB], '+1.5 GiB', '+1,5 GiB'],
    ['signedBytes', [-1.5 * GiB], '−1.5 GiB', '−1,5 GiB'],
    ['percent', [0.0994], '9.9 %', '9,9%'],
    ['percent', [0.0996], '10 %', '10%'],
    ['percent', [0.0004], '0 %', '0%'],
    ['percent', [12.34], '1,234 %', '1.234%'],
    ['percent', [-0.021], '−2.1 %', '−2,1%'],
    ['days', [0], '0 days', '0 dia'],
    ['days', [1], '1 day', '1 dia'],
    ['days', [1.5], '1.5 days', '1,5 dia'],
    ['days', [2], '2 days', '2 dias'],
    ['days', [9.96], '10 days', '10 dias'],
    ['days', [1234], '1,234 days', '1.234 dias'],
    ['duration', [0], '0 s', '0 s'],
    ['duration', [0.25], '0.3 s', '0,3 s'],
    ['duration', [59.6], '1 min', '1 min'],
    ['duration', [5 * MINUTE + 30], '5 min', '5 min'],
    ['duration', [HOUR - 1], '59 min', '59 min'],
    ['duration', [9 * DAY + 23 * HOUR + 59 * MINUTE], '9 d 23 h', '9 d 23 h'],
    ['duration', [10 * DAY], '10 d', '10 d'],
    ['duration', [1234 * DAY], '1,234 d', '1.234 d'],
    ['price', [1234.5], '$1,234.500/h', 'US$ 1.234,500/h'],
    ['date', [at], '24 Oct 2026', '24 de out. de 2026'],
    ['dateTime', [at], '24 Oct 20:10', '24 de out. às 20:10'],
    ['dateTime', [Date.UTC(2027, 0, 1)], '1 Jan 2027 00:00', '1 de jan. de 2027 às 00:00'],
    ['list', [['a']], 'a', 'a'],
    ['list', [['a', 'b']], 'a and b', 'a e b'],
    ['list', [['a', 'b', 'c']], 'a, b, and c', 'a, b e c'],
  ] as const)('writes %s of %j as %s, and %s in Brazilian Portuguese', (what, args, english, portuguese) => {
    const write = (language: keyof typeof formats) => (formats[language][what] as (...values: readonly unknown[]) => string)(...args);
    expect([write('en'), write('pt-BR')]).toEqual([english, portuguese]);
  });

  it('writes every month as Brazilian Portuguese does', () => {
    const months = Array.from({ length: 12 }, (_, month) => formats['pt-BR'].date(Date.UTC(2026, month, 15)).split(' ')[2]);
    expect(months.join(' ')).toBe('jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.');
  });
});
