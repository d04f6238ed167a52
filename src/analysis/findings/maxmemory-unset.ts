import { maxmemoryCommands } from '../server-commands.ts';
import { clear, currentMaxmemory, type FindingRule, firstMaxmemory, notEnoughData, raised, settingsDoor } from './finding-rule.ts';

/** `maxmemory 0`: nothing stops the data from growing until the machine itself fails. */
export const maxmemoryUnset: FindingRule = {
  id: 'maxmemory-unset',
  needs: [],
  defaults: {},
  judge(context) {
    const { node } = context;
    const maxmemoryBytes = currentMaxmemory(context);
    // Some services do not report the limit: unknown is not unlimited.
    if (maxmemoryBytes === undefined) return notEnoughData('maxmemoryBytes');
    if (maxmemoryBytes > 0) return clear({ maxmemoryBytes });
    const { recommended, safeOnPresentMachine } = node.provisioning.maxmemoryBytes;
    const { ratioPeak, targetRatio } = node.systemMemory;
    const limitBytes = firstMaxmemory(context);
    return raised(
      ratioPeak !== undefined && ratioPeak > targetRatio ? 'critical' : 'warning',
      {
        usedMemoryBytes: node.peaks.usedMemoryBytes?.value,
        recommendedBytes: node.forecast.status === 'refused' ? undefined : recommended,
        safeBytes: safeOnPresentMachine,
      },
      limitBytes === undefined ? [] : maxmemoryCommands(settingsDoor(context), limitBytes, context.instance?.defaultMaxmemoryBytes),
    );
  },
};
