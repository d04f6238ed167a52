import { maxmemoryCommands, roundDownLimit } from '../server-commands.ts';
import {
  clear,
  countedPeakBytes,
  currentMaxmemory,
  type FindingRule,
  notApplicable,
  notEnoughData,
  raised,
  safeMaxmemory,
  settingsDoor,
} from './finding-rule.ts';

/** A limit that the machine cannot hold: data may fill the machine before `maxmemory` stops it. */
export const maxmemoryTooHigh: FindingRule<{ toleranceRatio: number; criticalAtRatio: number }> = {
  id: 'maxmemory-too-high',
  needs: [],
  defaults: { toleranceRatio: 1.02, criticalAtRatio: 0.95 },
  judge(context, { toleranceRatio, criticalAtRatio }) {
    const maxmemoryBytes = currentMaxmemory(context);
    const safeBytes = safeMaxmemory(context);
    if (maxmemoryBytes === undefined) return notEnoughData('maxmemoryBytes');
    if (maxmemoryBytes === 0) return notApplicable('maxmemory-unset');
    if (safeBytes === undefined) return notEnoughData('systemMemoryBytes');
    const peakBytes = countedPeakBytes(context);
    const evidence = { maxmemoryBytes, safeBytes, peakBytes, systemMemoryBytes: context.node.systemMemory.totalBytes };
    if (maxmemoryBytes <= safeBytes * toleranceRatio) return clear(evidence);
    const limit = roundDownLimit(Math.max(0, safeBytes));
    // Below the present peak the line would evict or refuse live data: then the machine is what must change.
    const isPossible = limit > 0 && peakBytes !== undefined && limit >= peakBytes;
    const isClose = peakBytes !== undefined && peakBytes >= criticalAtRatio * safeBytes;
    return raised(
      isClose ? 'critical' : 'warning',
      evidence,
      isPossible ? maxmemoryCommands(settingsDoor(context), limit, context.instance?.defaultMaxmemoryBytes) : [],
    );
  },
};
