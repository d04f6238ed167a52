import { compareVersions, type Engine } from '../../model/engine.ts';
import { clear, type FindingRule, notApplicable, notEnoughData, raised } from './finding-rule.ts';

/** Redis releases whose activedefrag can crash the server or use freed memory (release notes 7.4.2, 7.4.6, 8.0.4, 8.2.2). */
const DEFECTS = [
  { from: '7.4.0', fixedIn: '7.4.6' },
  { from: '8.0.0', fixedIn: '8.0.4' },
  { from: '8.2.0', fixedIn: '8.2.2' },
] as const;

/** The release that fixes this version's activedefrag; undefined when no defect is known. */
export function findDefragFix({ name, version }: Engine): string | undefined {
  if (name !== 'redis' || version === undefined) return undefined;
  return DEFECTS.find(({ from, fixedIn }) => compareVersions(version, from) >= 0 && compareVersions(version, fixedIn) < 0)?.fixedIn;
}

/** activedefrag is on, or is what would help, in a release where it can crash. */
export const defragCrashVersion: FindingRule = {
  id: 'defrag-crash-version',
  needs: [],
  defaults: {},
  judge({ engine, node }) {
    if (engine.name !== 'redis') return notApplicable('not-redis');
    if (engine.version === undefined) return notEnoughData('redisVersion');
    const fixedIn = findDefragFix(engine);
    if (fixedIn === undefined) return clear({ version: engine.version });
    const { activedefrag, advice } = node.fragmentation;
    const isEnabled = activedefrag.enabled === 'yes';
    if (!isEnabled && advice !== 'activedefrag') return notApplicable('activedefrag-off');
    return raised(isEnabled ? 'critical' : 'warning', { version: engine.version, fixedIn, isEnabled });
  },
};
