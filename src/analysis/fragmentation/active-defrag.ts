import type { DefragParameter, Fragmentation } from '../../model/analysis.ts';
import { MiB } from '../../model/bytes.ts';
import { type Engine, isAtLeast } from '../../model/engine.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import type { ServerSettings } from '../../model/server-settings.ts';
import { knownSettings, numberSetting } from '../known-settings.ts';
import { findAllocatorKind, hasSystemJemalloc } from './allocator.ts';

export interface DefragSettings {
  /** Fragmentation at which it starts and at which it works hardest, %. */
  readonly lowerPercent: number;
  readonly upperPercent: number;
  /** Effort at those, % of one core. */
  readonly cycleMinPercent: number;
  readonly cycleMaxPercent: number;
}

/**
 * CPU effort that active defragmentation aims for, in whole % of one core; 0 below the lower threshold, where it does not start.
 * @param fragmentationPercent - 100 × (active ÷ allocated − 1) before Redis 7.4 and Valkey 8.0, from there on 100 × (reported ratio − 1)
 * @remarks Redis source, defrag.c computeDefragCycles. From Redis 8.0 and Valkey 8.1 the server lowers it further after passes that moved
 * little. A lower threshold at or above the upper one divides by zero in servers before 8.10; here it gives the full effort.
 */
export function defragEffortPercent(fragmentationPercent: number, settings: DefragSettings): number {
  const { lowerPercent, upperPercent, cycleMinPercent, cycleMaxPercent } = settings;
  if (fragmentationPercent < lowerPercent) return 0;
  if (upperPercent <= lowerPercent) return cycleMaxPercent;
  const share = (fragmentationPercent - lowerPercent) / (upperPercent - lowerPercent);
  const effort = Math.trunc(cycleMinPercent + share * (cycleMaxPercent - cycleMinPercent));
  return Math.min(cycleMaxPercent, Math.max(cycleMinPercent, effort));
}

/** Effort in ElastiCache's own parameter groups, whatever the version (ElastiCache User Guide, "Redis OSS specific parameters"). */
const ELASTICACHE_CYCLES = [25, 75] as const;

/**
 * Defaults of that engine version; undefined where it has no active defragmentation or the version is unknown.
 * @param offering - of the instance it runs on: ElastiCache has defaults of its own
 */
export function defaultDefragSettings(engine: Engine, offering?: string): DefragSettings | undefined {
  if (isAtLeast(engine, { redis: '4.0', valkey: '7.2' }) !== true) return undefined;
  const [cycleMinPercent, cycleMaxPercent] = isElastiCache(offering)
    ? ELASTICACHE_CYCLES
    : isAtLeast(engine, { redis: '6.0', valkey: '7.2' })
      ? [1, 25]
      : isAtLeast(engine, { redis: '5.0' })
        ? [5, 75]
        : [25, 75];
  return { lowerPercent: 10, upperPercent: 100, cycleMinPercent, cycleMaxPercent };
}

function isElastiCache(offering: string | undefined): boolean {
  return offering?.startsWith('elasticache-') === true;
}

/** Whether active defragmentation can run here and whether it does. INFO shows no setting, only a run at work; where it was asked for, the setting tells. */
export function findDefragSupport(
  history: NodeHistory,
  engine: Engine,
): Pick<Fragmentation['activedefrag'], 'supported' | 'supportedReason' | 'enabled'> {
  if (wasDefragSeen(history)) return { supported: 'yes', supportedReason: 'seen-running', enabled: 'yes' };
  const { activedefrag } = knownSettings(history);
  // A build that cannot run it does not let it be switched on.
  if (activedefrag === 'yes') return { supported: 'yes', supportedReason: 'setting-on', enabled: 'yes' };
  const no = (supportedReason: string) => ({ supported: 'no', supportedReason, enabled: 'no' }) as const;
  if (findAllocatorKind(history) === 'other') return no('not-jemalloc');
  if (isAtLeast(engine, { redis: '4.0', valkey: '7.2' }) === false) return no('version-too-old');
  if (hasSystemJemalloc(history, engine)) return no('system-jemalloc');
  return { supported: 'unknown', enabled: activedefrag === 'no' ? 'no' : 'unknown' };
}

/** A run was seen at work, or its counters grew, inside the window. */
export function wasDefragSeen(history: NodeHistory): boolean {
  const running = history.metrics.get('activeDefragRunningPercent')?.max.value ?? 0;
  return running > 0 || (history.metrics.get('activeDefragHits')?.increase ?? 0) > 0;
}

/** Allocations examined below which the share moved says nothing about success. */
const MIN_EXAMINED = 100_000;

/** Share of the examined allocations that were moved in the window, 0–1; absent when too few were examined. */
export function measureDefragHitShare(history: NodeHistory): number | undefined {
  const hits = history.metrics.get('activeDefragHits')?.increase ?? 0;
  const misses = history.metrics.get('activeDefragMisses')?.increase ?? 0;
  return hits + misses < MIN_EXAMINED ? undefined : hits / (hits + misses);
}

/** What the evidence asks to change; everything else stays at its default. */
export interface DefragPlan {
  /** `yes` where it would help, `no` where it runs without effect; absent: leave it as it is. */
  readonly activedefrag?: 'yes' | 'no';
  /** Start already at 5 %: 5–10 % of a large instance are many GiB. Gives used memory in bytes, for the least waste to start at. */
  readonly startEarlyForUsedBytes?: number;
}

/**
 * Every `active-defrag-*` parameter that this engine version has, and the thread that gives emptied pages back, with default and value to set.
 * @param offering - of the instance it runs on
 * @param settings - of this server, where they are known
 * @returns empty where the version has none; without defaults where the version is unknown
 */
export function listDefragParameters(
  engine: Engine,
  enabled: 'yes' | 'no' | 'unknown',
  plan: DefragPlan,
  offering?: string,
  settings: ServerSettings = {},
): DefragParameter[] {
  if (engine.name === 'dragonfly' || isAtLeast(engine, { redis: '4.0', valkey: '7.2' }) === false) return [];
  const defaults = defaultDefragSettings(engine, offering);
  const isOn = plan.activedefrag === 'yes';
  // 25–75 % of a core in slices of 25 ms and more was the old default, gentle ones came with 6.0.
  const atMost = (name: string, byDefault: number | undefined, most: number) =>
    isOn && (numberSetting(settings, name) ?? byDefault ?? 0) > most ? most : undefined;
  const gentleMin = atMost('active-defrag-cycle-min', defaults?.cycleMinPercent, 5);
  const gentleMax = atMost('active-defrag-cycle-max', defaults?.cycleMaxPercent, 25);
  // A threshold above the default would keep it from starting where it is to help.
  const usualLower = atMost('active-defrag-threshold-lower', defaults?.lowerPercent, 10);
  const usualBytes = atMost('active-defrag-ignore-bytes', 100 * MiB, 100 * MiB) === undefined ? undefined : '100mb';
  const early = plan.startEarlyForUsedBytes;
  // ElastiCache takes no more than its default here.
  const leastMiB = early === undefined || isElastiCache(offering) ? undefined : Math.max(100, Math.ceil((0.01 * early) / MiB));

  const parameter = (name: string, byDefault: number | string | undefined, recommended?: number | string): DefragParameter => {
    const current = name === 'active-defrag-ignore-bytes' ? bytesWord(settings[name]) : settings[name];
    return {
      name,
      ...(current === undefined ? {} : { current }),
      ...(byDefault === undefined ? {} : { default: String(byDefault) }),
      ...(recommended === undefined ? {} : { recommended: String(recommended) }),
      change: recommended !== undefined && String(recommended) !== (current ?? String(byDefault)),
    };
  };
  const known = defaults !== undefined;
  const parameters = [
    {
      ...parameter('activedefrag', known ? 'no' : undefined, plan.activedefrag),
      ...(enabled === 'yes' ? { current: 'yes' } : {}),
      change: plan.activedefrag !== undefined && plan.activedefrag !== enabled,
    },
    parameter('active-defrag-ignore-bytes', known ? '100mb' : undefined, leastMiB === undefined ? usualBytes : `${leastMiB}mb`),
    parameter('active-defrag-threshold-lower', defaults?.lowerPercent, early === undefined ? usualLower : 5),
    parameter('active-defrag-threshold-upper', defaults?.upperPercent),
    parameter('active-defrag-cycle-min', defaults?.cycleMinPercent, gentleMin),
    parameter('active-defrag-cycle-max', defaults?.cycleMaxPercent, gentleMax),
  ];
  if (isAtLeast(engine, { redis: '5.0', valkey: '7.2' }) !== false) {
    parameters.push(parameter('active-defrag-max-scan-fields', known ? 1000 : undefined));
  }
  if (isAtLeast(engine, { valkey: '8.1' }) === true) parameters.push(parameter('active-defrag-cycle-us', 500));
  if (isAtLeast(engine, { redis: '6.0', valkey: '7.2' }) !== false)
    parameters.push(parameter('jemalloc-bg-thread', known ? 'yes' : undefined));
  return parameters;
}

/** Bytes as the file of settings has them: `104857600` → `100mb`. */
function bytesWord(value: string | undefined): string | undefined {
  const bytes = Number(value);
  return value !== undefined && bytes > 0 && bytes % MiB === 0 ? `${bytes / MiB}mb` : value;
}
