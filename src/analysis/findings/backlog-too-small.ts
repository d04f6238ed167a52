import { MiB } from '../../model/bytes.ts';
import { bucketRates } from '../bucket-rates.ts';
import { keptSettingCommands } from '../server-commands.ts';
import { clear, type FindingRule, increaseOf, notApplicable, notEnoughData, raised, settingsDoor } from './finding-rule.ts';

/** A replica that is away for this long should be able to come back without copying everything. */
const WANTED_SECONDS = 120;

/** The replication backlog covers so little time that a short break costs a full copy, and each full copy is a fork. */
export const backlogTooSmall: FindingRule<{ minSeconds: number; maxShareOfUsed: number }> = {
  id: 'backlog-too-small',
  needs: ['replBacklogSizeBytes', 'masterReplOffsetBytes'],
  defaults: { minSeconds: 60, maxShareOfUsed: 0.1 },
  judge(context, { minSeconds, maxShareOfUsed }) {
    const { history, node } = context;
    if (history.metrics.get('connectedReplicas')?.max.value === 0) return notApplicable('no-replicas');
    const rates = (bucketRates(history, 'masterReplOffsetBytes') ?? new Float64Array()).filter(Number.isFinite);
    const backlogBytes = history.last.replBacklogSizeBytes;
    if (rates.length === 0 || backlogBytes === undefined) return notEnoughData('masterReplOffsetBytes');
    const writeBytesPerSecond = Math.max(...rates);
    const coveredSeconds = writeBytesPerSecond === 0 ? undefined : backlogBytes / writeBytesPerSecond;
    const fullCopies = increaseOf(history, 'partialSyncFailures') ?? 0;
    const evidence = { backlogBytes, writeBytesPerSecond, coveredSeconds, fullCopies };
    if (coveredSeconds === undefined || coveredSeconds >= minSeconds) return clear(evidence);
    const wantedBytes = Math.ceil((writeBytesPerSecond * WANTED_SECONDS) / (16 * MiB)) * 16 * MiB;
    // The backlog counts as used memory: one that takes a tenth of the data is no cure.
    const isAffordable = wantedBytes <= maxShareOfUsed * (node.peaks.usedMemoryBytes?.value ?? 0);
    return raised(
      fullCopies > 0 ? 'warning' : 'info',
      { ...evidence, wantedBytes: isAffordable ? wantedBytes : undefined },
      isAffordable ? keptSettingCommands(settingsDoor(context), [{ name: 'repl-backlog-size', value: String(wantedBytes) }]) : [],
    );
  },
};
