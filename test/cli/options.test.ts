import { describe, expect, it } from 'vitest';
import {
  bytesOption,
  choiceOption,
  countOption,
  daysOption,
  engineOption,
  growthOption,
  instantOption,
  listOption,
  mapOption,
  policyOption,
  ratioOption,
  shardsOption,
  timeZoneOption,
} from '../../src/cli/options.ts';
import { ConfigError } from '../../src/model/errors.ts';

const colours = ['red', 'green'] as const;

/** Each parser with what it takes and what it refuses. */
const PARSERS: readonly {
  readonly name: string;
  readonly parse: (value: string) => unknown;
  readonly good: readonly (readonly [string, unknown])[];
  readonly bad: readonly string[];
}[] = [
  {
    name: 'bytesOption',
    parse: (value) => bytesOption('--x', value),
    good: [
      ['16GiB', 16 * 2 ** 30],
      ['512MiB', 512 * 2 ** 20],
      ['17179869184', 17_179_869_184],
      ['1.5GB', 1_500_000_000],
    ],
    bad: ['', '0', '-1GiB', '16 apples', 'GiB', '1e999', 'Infinity', 'NaN'],
  },
  {
    name: 'engineOption',
    parse: (value) => engineOption('--x', value),
    good: [
      ['redis-8.2', { name: 'redis', version: '8.2' }],
      ['valkey-8.1.1', { name: 'valkey', version: '8.1.1' }],
      ['Valkey 9', { name: 'valkey', version: '9' }],
      ['7.2', { name: 'redis', version: '7.2' }],
    ],
    bad: ['', 'new', 'keydb-6.3', 'redis', 'valkey-8.x', '8.1.1.1'],
  },
  {
    name: 'policyOption',
    parse: (value) => policyOption('--x', value),
    good: [
      ['store', 'store'],
      ['Cache', 'cache'],
      ['noeviction', 'store'],
      ['allkeys-lru', 'cache'],
    ],
    bad: ['', 'volatile-lru', 'allkeys', 'database'],
  },
  {
    name: 'shardsOption',
    parse: (value) => shardsOption('--x', value),
    good: [
      ['1', 1],
      ['12', 12],
    ],
    bad: ['', '0', '-1', '1.5', '1001', 'many'],
  },
  {
    name: 'ratioOption',
    parse: (value) => ratioOption('--x', value),
    good: [
      ['0.8', 0.8],
      ['80%', 0.8],
      ['80 %', 0.8],
      ['1', 1],
      ['100%', 1],
    ],
    bad: ['', '0', '0%', '1.01', '101%', '-0.5', '80', 'most', '.8', '0,8'],
  },
  {
    name: 'growthOption',
    parse: (value) => growthOption('--x', value),
    good: [
      ['30%', 0.3],
      ['0.3', 0.3],
      ['+250%', 2.5],
      ['-20%', -0.2],
      ['0', 0],
    ],
    bad: ['', '-100%', '-1', '100', 'much', '1e3', '--1'],
  },
  {
    name: 'daysOption',
    parse: (value) => daysOption('--x', value),
    good: [
      ['90d', 90],
      ['90', 90],
      ['12w', 84],
      ['3mo', 90],
      ['1y', 365],
      ['10y', 3650],
      ['7 D', 7],
    ],
    bad: ['', '0d', '-3d', '11y', '1.5d', '90h', 'soon', '99999d'],
  },
  {
    name: 'countOption',
    parse: (value) => countOption('--x', value),
    good: [
      ['0', 0],
      ['3', 3],
      [' 12 ', 12],
    ],
    bad: ['', '-1', '1.5', 'two', '1e3', '1234567'],
  },
  {
    name: 'instantOption in Lisbon',
    parse: (value) => instantOption('--x', value, 'Europe/Lisbon'),
    good: [
      ['2026-01-15', Date.UTC(2026, 0, 15)],
      ['2026-07-15', Date.UTC(2026, 6, 14, 23)],
      ['2026-07-15T20:30', Date.UTC(2026, 6, 15, 19, 30)],
      ['2026-07-15 20:30:15', Date.UTC(2026, 6, 15, 19, 30, 15)],
      ['2026-07-15T20:30Z', Date.UTC(2026, 6, 15, 20, 30)],
      ['2026-07-15T20:30:15.250Z', Date.UTC(2026, 6, 15, 20, 30, 15, 250)],
      ['2026-07-15T20:30:15.123456789+00:00', Date.UTC(2026, 6, 15, 20, 30, 15, 123)],
      ['2026-07-15T20:30+02:00', Date.UTC(2026, 6, 15, 18, 30)],
      ['2026-07-15T20:30-0300', Date.UTC(2026, 6, 15, 23, 30)],
      ['1790000000', 1_790_000_000_000],
      ['2024-02-29', Date.UTC(2024, 1, 29)],
    ],
    bad: ['', 'yesterday', '2026-13-01', '2026-02-30', '2026-02-29', '15/07/2026', '2026', '2026-07', '2026-07-15T20', '2026-07-15T99:99Z'],
  },
  {
    name: 'timeZoneOption',
    parse: (value) => timeZoneOption('--x', value),
    good: [
      ['UTC', 'UTC'],
      ['Europe/Lisbon', 'Europe/Lisbon'],
    ],
    bad: ['', 'Mars/Olympus', 'Lisbon'],
  },
  {
    name: 'listOption',
    parse: (value) => listOption('--x', value, colours),
    good: [
      ['red', ['red']],
      ['Green, red', ['green', 'red']],
      ['red,red,', ['red']],
    ],
    bad: ['', ',', 'blue', 'red,blue'],
  },
  {
    name: 'choiceOption',
    parse: (value) => choiceOption('--x', value, colours),
    good: [['red', 'red']],
    bad: ['', 'blue', 'red,green', 'toString'],
  },
  {
    name: 'mapOption',
    parse: (value) => mapOption('--x', value),
    good: [
      ['usedMemoryBytes=mem_used', { metricId: 'usedMemoryBytes', column: 'mem_used' }],
      ['usedMemoryBytes=mem used:MiB', { metricId: 'usedMemoryBytes', column: 'mem used', unit: 'MiB' }],
      ['used_memory=a=b', { metricId: 'used_memory', column: 'a=b' }],
      ['used_memory=host:9121', { metricId: 'used_memory', column: 'host:9121' }],
    ],
    bad: ['', 'usedMemoryBytes', '=column', 'usedMemoryBytes='],
  },
];

describe.each(PARSERS)('$name', ({ parse, good, bad }) => {
  it.each(good.map(([value, result]) => ({ value, result })))('reads "$value"', ({ value, result }) => {
    expect(parse(value)).toEqual(result);
  });

  it.each(bad.map((value) => ({ value })))('refuses "$value", naming the option and what may stand there', ({ value }) => {
    let error: unknown;
    try {
      parse(value);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message).toMatch(/^--x: ".*" cannot be used\. Expected .+\.$/);
  });
});
