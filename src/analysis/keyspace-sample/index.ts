import type { KeyspaceSampleAnalysis } from '../../model/analysis.ts';
import { MiB } from '../../model/bytes.ts';
import { type Engine, isAtLeast } from '../../model/engine.ts';
import type { KeyspaceSample, SampledKey } from '../../model/keyspace-sample.ts';
import { groupByPrefix } from './prefixes.ts';
import { estimateRatio, type Pair, type Range, type Stratum, scaleRange } from './ratio.ts';

const LARGEST_SHOWN = 20;
const MOST_TYPES = 20;
/** Chance with which a group of keys is to be seen. */
const SURE = 0.95;
/** Entry of the table of keys and header of the value: MEMORY USAGE counts both, `used_memory_dataset` neither (Redis source, object.c). */
const ENTRY_BYTES = 40;
/** What the data set holds beside keys: buffers of queries, scripts, ACLs, the slow log. */
const BESIDE_KEYS_BYTES = MiB;
const BESIDE_KEYS_SHARE = 0.05;

interface Member extends SampledKey {
  readonly database: number;
  /** Its draw, counted over all databases. */
  readonly draw: number;
  /** Keys that it stands for. */
  readonly weight: number;
}

/**
 * What the sampled keys say of all keys: bytes by prefix and by type, each with its range.
 * @returns undefined where no key was seen
 */
export function estimateKeyspace(sample: KeyspaceSample, engine: Engine): KeyspaceSampleAnalysis | undefined {
  const strata = sample.databases.flatMap(({ index, keys, draws, isComplete }) => {
    const seen = draws.reduce((sum, draw) => sum + draw.length, 0);
    if (seen === 0) return [];
    // Keys may have come and gone meanwhile: then all that were found count as all.
    const allKeys = isComplete ? seen : Math.max(keys, seen);
    return [{ index, draws, allKeys, weight: allKeys / seen, seenShare: seen / allKeys }];
  });
  const members: Member[] = [];
  let draw = 0;
  for (const { index, draws, weight } of strata)
    for (const keys of draws) {
      for (const key of keys) members.push({ ...key, database: index, draw, weight });
      draw += 1;
    }
  if (members.length === 0) return undefined;
  const keys = strata.reduce((sum, { allKeys }) => sum + allKeys, 0);

  /** Sums of `y` over sums of `x`, over all draws. */
  const ratio = (of: readonly Member[], y: (key: Member) => number, x: ((key: Member) => number) | 'all-keys'): Range | undefined => {
    const ys = new Float64Array(draw);
    const xs = new Float64Array(draw);
    for (const key of of) ys[key.draw] = (ys[key.draw] ?? 0) + y(key);
    for (const key of x === 'all-keys' ? members : of) xs[key.draw] = (xs[key.draw] ?? 0) + (x === 'all-keys' ? 1 : x(key));
    let from = 0;
    const paired = strata.map(({ weight, seenShare, draws }): Stratum => {
      const pairs = draws.map((_, i): Pair => ({ y: ys[from + i] ?? 0, x: xs[from + i] ?? 0 }));
      from += draws.length;
      return { weight, seenShare, draws: pairs };
    });
    return estimateRatio(paired);
  };
  const describe = (of: readonly Member[]) => {
    const seenBytes = of.reduce((sum, { bytes }) => sum + bytes, 0);
    const bytes = scaleRange(ratio(of, (key) => key.bytes, 'all-keys') ?? { middle: 0 }, keys);
    const hasExpiry = of.filter(({ ttlSeconds }) => ttlSeconds !== undefined);
    const share = ratio(
      of,
      (key) => (key.ttlSeconds === undefined ? 0 : key.bytes),
      (key) => key.bytes,
    ) ?? { middle: 0 };
    return {
      seenKeys: of.length,
      keys: of.reduce((sum, { weight }) => sum + weight, 0),
      bytes: { ...bytes, ...(bytes.low === undefined ? {} : { low: Math.max(seenBytes, bytes.low) }) },
      averageBytes: ratio(
        of,
        (key) => key.bytes,
        () => 1,
      ) ?? { middle: 0 },
      // Of keys that all have an expiry, or none, the scatter says nothing.
      expiringBytesShare:
        hasExpiry.length === 0 || hasExpiry.length === of.length
          ? { middle: share.middle }
          : { ...share, ...(share.high === undefined ? {} : { high: Math.min(1, share.high) }) },
    };
  };
  const byType = [...Map.groupBy(members, ({ type }) => type)].map(([type, of]) => ({ type, ...describe(of) }));
  const total = { ...describe(members), keys };
  const seenShare = members.length / keys;
  return {
    at: sample.at,
    seconds: sample.seconds,
    takenFrom: sample.takenFrom,
    reason: sample.reason,
    wantedKeys: sample.wantedKeys,
    keysPerSecond: sample.keysPerSecond,
    isCut: sample.isCut,
    isComplete: strata.every(({ seenShare }) => seenShare >= 1) && sample.unseenKeys === 0,
    lostKeys: sample.lostKeys,
    unseenKeys: sample.unseenKeys,
    hasSlotTables: sample.hasSlotTables,
    ...total,
    missedShare: Math.max(0, 1 - seenShare),
    ...(seenShare < 1 ? { sureGroupKeys: Math.ceil(Math.log(1 - SURE) / Math.log(1 - seenShare)) } : {}),
    types: byType.toSorted((a, b) => b.bytes.middle - a.bytes.middle).slice(0, MOST_TYPES),
    prefixes: groupByPrefix(members.map(({ name, bytes, weight }) => ({ name, bytes: bytes * weight }))).map(
      ({ pattern, members: of }) => ({
        pattern,
        ...describe(of.map((index) => members[index] as Member)),
      }),
    ),
    largest: members
      .toSorted((a, b) => b.bytes - a.bytes)
      .slice(0, LARGEST_SHOWN)
      .map(({ name, type, bytes, database, ttlSeconds }) => ({
        name,
        type,
        bytes,
        database,
        ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
      })),
    ...compareWithDataset(sample, engine, total.bytes, keys),
  };
}

/** Whether the estimate is what INFO says of the data: the one check that a sample has. */
function compareWithDataset(
  { datasetBytes, unseenKeys }: KeyspaceSample,
  engine: Engine,
  bytes: Range,
  keys: number,
): Pick<KeyspaceSampleAnalysis, 'dataset'> {
  if (datasetBytes === undefined || unseenKeys > 0) return {};
  // Later versions keep smaller entries, or none, and how both commands count them differs.
  const isExact = isAtLeast(engine, { redis: '8.2', valkey: '8.0' }) === false;
  const mostBytes = datasetBytes + ENTRY_BYTES * keys;
  const leastBytes = isExact ? mostBytes : datasetBytes;
  const { low = bytes.middle, high = bytes.middle } = bytes;
  const play = BESIDE_KEYS_BYTES + BESIDE_KEYS_SHARE * mostBytes;
  const outcome = high + play < leastBytes ? 'less' : low - play > mostBytes ? 'more' : 'agrees';
  return { dataset: { bytes: datasetBytes, leastBytes, mostBytes, outcome } };
}
