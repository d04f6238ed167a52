import type { Forecast, NodeAnalysis } from '../model/analysis.ts';

/** A limit of memory, and when the forecast reaches it. */
export interface LimitAhead {
  readonly id: 'machine' | 'maxmemory';
  readonly days: Forecast['daysToMaxmemory'];
  readonly probability: number | undefined;
}

/** The limit that may be reached first; where none is within the horizon the machine's, if that is known. One over its target comes before any. */
export function firstLimit({ forecast, systemMemory }: Pick<NodeAnalysis, 'forecast' | 'systemMemory'>): LimitAhead {
  const machine: LimitAhead = { id: 'machine', days: forecast.daysToSystemTarget, probability: forecast.probabilitySystemTarget };
  const maxmemory: LimitAhead = { id: 'maxmemory', days: forecast.daysToMaxmemory, probability: forecast.probabilityMaxmemory };
  if (systemMemory.episodes.length > 0) return machine;
  const early = ({ days }: LimitAhead): number => days?.p90 ?? Number.POSITIVE_INFINITY;
  return systemMemory.ratioPeak === undefined || early(maxmemory) < early(machine) ? maxmemory : machine;
}
