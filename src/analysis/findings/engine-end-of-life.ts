import { compareVersions } from '../../model/engine.ts';
import { isOwnServer } from '../server-commands.ts';
import { clear, type FindingRule, notApplicable, notEnoughData, raised, settingsDoor } from './finding-rule.ts';

/** The security releases of this day went to 6.2, 7.2, 7.4, 8.0 and 8.2 only (docker-library/official-images, pull request 20011). */
const KNOWN_ON = '2025-10-03';
/** Redis lines that got no fixes by then: first version of the line, first version after it. */
const UNMAINTAINED = [
  { from: '0', before: '6.2' },
  { from: '7.0', before: '7.2' },
] as const;

/** A server line that gets no fixes any more. Managed services keep their own versions and are left out. */
export const engineEndOfLife: FindingRule = {
  id: 'engine-end-of-life',
  needs: [],
  defaults: {},
  judge(context) {
    const { name, version } = context.engine;
    if (name !== 'redis' || !isOwnServer(settingsDoor(context))) return notApplicable(name === 'redis' ? 'managed' : 'not-redis');
    if (version === undefined) return notEnoughData('redisVersion');
    const isOld = UNMAINTAINED.some(({ from, before }) => compareVersions(version, from) >= 0 && compareVersions(version, before) < 0);
    return isOld ? raised('info', { version, knownOn: KNOWN_ON }) : clear({ version, knownOn: KNOWN_ON });
  },
};
