import { settingCommands } from '../server-commands.ts';
import { clear, type FindingRule, negligibleBytes, notEnoughData, raised, settingsDoor } from './finding-rule.ts';

/** activedefrag is on although there is next to nothing to gain. */
export const activedefragNotNeeded: FindingRule = {
  id: 'activedefrag-not-needed',
  needs: [],
  defaults: {},
  judge(context) {
    const { fragmentation } = context.node;
    const gainBytes = fragmentation.recoverableBytes.activedefrag;
    const running = context.history.metrics.get('activeDefragRunningPercent');
    // Whether it is on or off, it did not run: there is nothing to save.
    if (fragmentation.activedefrag.enabled === 'unknown')
      return running === undefined ? notEnoughData('activeDefragRunningPercent') : clear({ gainBytes });
    if (fragmentation.activedefrag.enabled === 'no') return clear({ gainBytes });
    // Switched on and idle it costs nothing, and is there when it is needed.
    if (fragmentation.activedefrag.supportedReason === 'setting-on') return clear({ gainBytes });
    if (gainBytes === undefined) return notEnoughData('allocatorActiveBytes');
    // While it works, a small remainder is its success: only a server that it never had to touch does without it.
    const hasWorked = (running?.max.value ?? 0) > 0;
    if (hasWorked || gainBytes >= negligibleBytes(context)) return clear({ gainBytes });
    return raised('info', { gainBytes }, settingCommands(settingsDoor(context), [{ name: 'activedefrag', value: 'no' }]));
  },
};
