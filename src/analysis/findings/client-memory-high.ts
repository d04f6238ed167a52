import { MiB } from '../../model/bytes.ts';
import { isAtLeast } from '../../model/engine.ts';
import { keptSettingCommands } from '../server-commands.ts';
import { clear, type FindingRule, raised, settingsDoor } from './finding-rule.ts';

/** From this share of its rise on, a part has made the peak. */
const MADE_THE_PEAK = 0.5;

/** Buffers of ordinary clients take memory from the data: they count against `maxmemory` and push keys out. */
export const clientMemoryHigh: FindingRule<{ minShare: number; minBytes: number }> = {
  id: 'client-memory-high',
  needs: ['normalClientBytes', 'usedMemoryBytes'],
  defaults: { minShare: 0.1, minBytes: 100 * MiB },
  judge(context, { minShare, minBytes }) {
    const { history, engine, node } = context;
    const peak = history.metrics.get('normalClientBytes')?.max;
    const clientBytes = peak?.value ?? 0;
    const usedBytes = history.metrics.get('usedMemoryBytes')?.max.value ?? 0;
    const clients = history.metrics.get('connectedClients')?.max.value;
    const ofPeak = node.peaks.cause?.parts.find(({ part }) => part === 'normalClients');
    const evidence = { clientBytes, peakAt: peak?.at, clients, shareOfUsed: clientBytes / usedBytes, shareOfRise: ofPeak?.share };
    // A smaller share matters as well where it is what the machine is sized by.
    const madeThePeak = ofPeak !== undefined && ofPeak.share >= MADE_THE_PEAK;
    if (clientBytes < Math.max(minBytes, madeThePeak ? 0 : minShare * usedBytes)) return clear(evidence);
    const canLimit = isAtLeast(engine, { redis: '7.0', valkey: '7.2' }) === true;
    const commands = canLimit ? keptSettingCommands(settingsDoor(context), [{ name: 'maxmemory-clients', value: '5%' }]) : [];
    return raised('warning', evidence, commands);
  },
};
