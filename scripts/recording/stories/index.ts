import type { StoryRecorder } from '../story.ts';
import { EVENT_STORIES } from './events.ts';
import { FORK_STORIES } from './forks.ts';
import { GROWTH_STORIES } from './growth.ts';
import { LIMIT_STORIES } from './limits.ts';
import { REPLICA_STORIES } from './replicas.ts';
import { RESIDENT_STORIES } from './resident.ts';

/** Stories that can be recorded on a server of any build, by name. */
export const STORIES_FOR_ANY_BUILD: Readonly<Record<string, StoryRecorder>> = {
  ...GROWTH_STORIES,
  ...EVENT_STORIES,
  ...FORK_STORIES,
  ...LIMIT_STORIES,
  ...REPLICA_STORIES,
  ...RESIDENT_STORIES,
};
