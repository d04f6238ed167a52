import { isHostMemory } from '../system-memory.ts';
import { evictionPressure } from './eviction-pressure.ts';
import {
  clear,
  type FindingRule,
  increaseOf,
  notApplicable,
  notEnoughData,
  raised,
  smallerMachineBytes,
  spanDays,
} from './finding-rule.ts';

/** More machine than the projected peak will ever use. */
export const oversized: FindingRule<{ raiseBelowShare: number; minDays: number; lookAheadDays: number; maxGrowthRatio: number }> = {
  id: 'oversized',
  needs: ['usedMemoryBytes'],
  // Without an instance type to compare: sizes come in doubles, so below half a whole size is unused.
  // A machine is chosen for longer than a week, so no fewer days speak for a smaller one: not every weekday has been seen, and a growth of 5 % a day
  // looks like chance in four daily maxima. Data or holes that grow by more than a tenth of the data in a month have to be seen to its end.
  defaults: { raiseBelowShare: 0.5, minDays: 7, lookAheadDays: 30, maxGrowthRatio: 0.1 },
  judge(context, { raiseBelowShare, minDays, lookAheadDays, maxGrowthRatio }) {
    const { node, history } = context;
    const { forecast, provisioning, systemMemory } = node;
    const { instance } = provisioning;
    if (forecast.status === 'refused' || node.quality.averaged) return notEnoughData('forecast');
    // A cache held at its limit needs no forecast for that, but days that show how it is used as well; writes that are refused are demand that nobody sees.
    if (spanDays(history) < minDays || increaseOf(history, 'oomErrors')) return notEnoughData('longer history');
    const { significant, bytesPerDay = 0 } = node.fragmentation.trend;
    const growthBytes = lookAheadDays * Math.max(forecast.growthBytesPerDay ?? 0, significant ? bytesPerDay : 0);
    if (forecast.horizonDays < lookAheadDays && growthBytes > maxGrowthRatio * (node.peaks.usedMemoryBytes?.value ?? 0))
      return notEnoughData('longer history');
    // What it does not use, a cache that is too small for its load can.
    if (evictionPressure.judge(context, evictionPressure.defaults).severity !== 'info') return notApplicable('starved');
    if (provisioning.memoryNeededBytes === undefined || systemMemory.totalBytes === undefined) return notEnoughData('systemMemoryBytes');
    const memoryNeededBytes = smallerMachineBytes(provisioning.memoryNeededBytes);
    // What may fill the present machine is no load for a smaller one.
    if (forecast.daysToSystemTarget?.p90 !== undefined) return clear({ memoryNeededBytes });
    const { current, recommended, direction } = instance;
    // INFO tells the memory of the host, which other processes may share: no reason to call it too large.
    if (direction === undefined && isHostMemory(systemMemory)) return notEnoughData('instance');
    const evidence = {
      memoryNeededBytes,
      systemMemoryBytes: systemMemory.totalBytes,
      shareNeeded: memoryNeededBytes / systemMemory.totalBytes,
      from: current?.name,
      to: direction === 'down' ? recommended?.name : undefined,
      savedUsdHour: direction === 'down' ? savedUsdHour(current, recommended) : undefined,
    };
    // A retired type can have a successor that is smaller and costs as much: that is a reason to move, not a waste.
    const isCheaper = (evidence.savedUsdHour ?? Number.POSITIVE_INFINITY) > 0;
    const isOversized = direction === undefined ? evidence.shareNeeded < raiseBelowShare : direction === 'down' && isCheaper;
    return isOversized ? raised('info', evidence) : clear(evidence);
  },
};

type Priced = { readonly priceUsdHour?: number; readonly shards: number } | undefined;

function savedUsdHour(current: Priced, recommended: Priced): number | undefined {
  if (current?.priceUsdHour === undefined || recommended?.priceUsdHour === undefined) return undefined;
  return current.priceUsdHour * current.shards - recommended.priceUsdHour * recommended.shards;
}
