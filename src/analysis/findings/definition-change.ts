import { compareVersions } from '../../model/engine.ts';
import { clear, type FindingRule, raised } from './finding-rule.ts';

/**
 * `allocator_frag_ratio` is active ÷ allocated up to Redis 7.2 and Valkey 7.2, and counts only small bins from Redis 7.4 and Valkey 8.0 on
 * (Redis source, zmalloc.c). No Valkey lies between, so one boundary serves both.
 */
const NEW_DEFINITION_SINCE = '7.4';

/** An upgrade inside the window changed what the fragmentation figures mean: an apparent fall is no improvement. */
export const definitionChange: FindingRule = {
  id: 'definition-change',
  needs: [],
  defaults: {},
  judge({ node }) {
    const isNew = (version: string) => compareVersions(version, NEW_DEFINITION_SINCE) >= 0;
    const change = node.quality.restarts.find(
      ({ fromVersion, toVersion }) => fromVersion !== undefined && toVersion !== undefined && isNew(fromVersion) !== isNew(toVersion),
    );
    if (change === undefined) return clear();
    return raised('info', { changedAt: change.at, fromVersion: change.fromVersion, toVersion: change.toVersion });
  },
};
