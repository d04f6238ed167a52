import { roundDownLimit } from '../limit-steps.ts';
import { maxmemoryCommands } from '../server-commands.ts';
import {
  canLowerTo,
  clear,
  countedPeakBytes,
  currentMaxmemory,
  type FindingRule,
  notApplicable,
  notEnoughData,
  raised,
  safeMaxmemory,
  safeWithoutHoles,
  settingsDoor,
} from './finding-rule.ts';

/** A limit that the machine cannot hold: data may fill the machine before `maxmemory` stops it. */
export const maxmemoryTooHigh: FindingRule<{ toleranceRatio: number }> = {
  id: 'maxmemory-too-high',
  needs: [],
  defaults: { toleranceRatio: 1.02 },
  judge(context, { toleranceRatio }) {
    const maxmemoryBytes = currentMaxmemory(context);
    const safeBytes = safeMaxmemory(context);
    if (maxmemoryBytes === undefined) return notEnoughData('maxmemoryBytes');
    if (maxmemoryBytes === 0) return notApplicable('maxmemory-unset');
    if (safeBytes === undefined) return notEnoughData('systemMemoryBytes');
    const peakBytes = countedPeakBytes(context);
    const { totalBytes, targetRatio, ratioPeak } = context.node.systemMemory;
    const evidence = { maxmemoryBytes, safeBytes, peakBytes, systemMemoryBytes: totalBytes, ratioPeak, targetRatio };
    if (maxmemoryBytes <= safeBytes * toleranceRatio) return clear(evidence);
    const limit = roundDownLimit(Math.max(0, safeBytes));
    // Below the present peak, or close to it in a store, the line would evict or refuse live data: then the machine is what must change.
    const isPossible = canLowerTo(context, limit);
    const withoutHolesBytes = safeWithoutHoles(context);
    const isForHoles = withoutHolesBytes !== undefined && maxmemoryBytes <= withoutHolesBytes;
    // Until resident memory has been over the target, the limit is a promise that the machine could not keep, not a danger of today.
    const wasOver = ratioPeak !== undefined && ratioPeak > targetRatio;
    return raised(
      wasOver ? 'critical' : 'warning',
      { ...evidence, withoutHolesBytes: isForHoles ? withoutHolesBytes : undefined },
      isPossible && !isForHoles ? maxmemoryCommands(settingsDoor(context), limit, context.instance?.defaultMaxmemoryBytes) : [],
    );
  },
};
