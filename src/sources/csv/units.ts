import { byteUnitScale } from '../../model/bytes.ts';
import type { MetricUnit } from '../../model/metrics.ts';

const SECONDS = new Map([
  ['s', 1],
  ['sec', 1],
  ['second', 1],
  ['seconds', 1],
  ['ms', 1e-3],
  ['msec', 1e-3],
  ['millisecond', 1e-3],
  ['milliseconds', 1e-3],
  ['us', 1e-6],
  ['usec', 1e-6],
  ['µs', 1e-6],
  ['microseconds', 1e-6],
  ['ns', 1e-9],
  ['min', 60],
  ['minute', 60],
  ['minutes', 60],
  ['h', 3600],
  ['hour', 3600],
  ['hours', 3600],
]);
const COUNTS = new Map([
  ['k', 1e3],
  ['mil', 1e6],
  ['m', 1e6],
  ['bil', 1e9],
  ['g', 1e9],
  ['count', 1],
]);
const PER_SECOND = new Map([
  ['/s', 1],
  ['ops', 1],
  ['ops/s', 1],
  ['cmd/s', 1],
  ['k', 1e3],
  ['k ops/s', 1e3],
]);

/**
 * Factor that turns a number written in `unit` into the base unit of a metric.
 * @param unit - as written in a header, a cell or an option: `MiB`, `ms`, `%`; case does not matter
 * @returns undefined when that unit does not measure such a metric
 */
export function unitScale(unit: string, metricUnit: MetricUnit): number | undefined {
  const word = unit.trim().toLowerCase();
  switch (metricUnit) {
    case 'bytes':
      return byteUnitScale(word);
    case 'seconds':
    case 'epochSeconds':
      return SECONDS.get(word);
    case 'milliseconds': {
      const seconds = SECONDS.get(word);
      return seconds === undefined ? undefined : seconds * 1000;
    }
    case 'percent':
      return word === '%' || word === 'percent' ? 1 : undefined;
    case 'ratio':
      return word === '%' || word === 'percent' ? 0.01 : word === 'x' ? 1 : undefined;
    case 'count':
      return COUNTS.get(word);
    case 'perSecond':
      return PER_SECOND.get(word);
    case 'flag':
      return undefined;
  }
}
