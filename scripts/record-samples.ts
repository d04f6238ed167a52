/**
 * Records samples/ anew from real servers under scripted loads.
 *
 *   npm run record:samples                    all stories (about nine minutes, up to three servers at a time)
 *   npm run record:samples articles-story     only the stories named
 *
 * Needs `redis-server` on PATH (Debian's, for the words in samples/README.md). The stories `fragmentation` and `engines` need
 * servers that the scripts in scripts/engines/ make.
 */
import { findRedisServer } from '../test/helpers/redis-server.ts';
import { type StoryFiles, writeStory } from './recording/sample-files.ts';
import { recordArticlesStory } from './recording/stories/articles-story.ts';
import { recordCacheAtMaxmemory } from './recording/stories/cache-at-maxmemory.ts';
import { recordEngines } from './recording/stories/engines.ts';
import { recordFragmentation } from './recording/stories/fragmentation.ts';
import { recordRestartsWithAGap } from './recording/stories/restarts-with-a-gap.ts';
import { recordSaveWithWrites } from './recording/stories/save-with-writes.ts';
import { recordSmallIdle } from './recording/stories/small-idle.ts';
import { recordSteadyGrowth } from './recording/stories/steady-growth.ts';

/** Each story by its name, the longest first. */
const STORIES: Readonly<Record<string, () => Promise<StoryFiles[]>>> = {
  'steady-growth': recordSteadyGrowth,
  fragmentation: recordFragmentation,
  'cache-at-maxmemory': recordCacheAtMaxmemory,
  'articles-story': recordArticlesStory,
  'restarts-with-a-gap': recordRestartsWithAGap,
  'save-with-writes': recordSaveWithWrites,
  engines: recordEngines,
  'small-idle': recordSmallIdle,
};
const SERVERS_AT_A_TIME = 3;

async function recordAll(names: readonly string[]): Promise<void> {
  const waiting = [...names];
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const startedAt = performance.now();
      const stories = (await STORIES[name]?.()) ?? [];
      for (const story of stories) console.log(writeStory(story));
      console.log(`${name}: took ${Math.round((performance.now() - startedAt) / 1000)} s`);
    }
  };
  await Promise.all(Array.from({ length: SERVERS_AT_A_TIME }, worker));
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in STORIES));
if (unknown.length > 0) {
  console.error(`record-samples: no story is called ${unknown.join(', ')}. Stories: ${Object.keys(STORIES).join(', ')}.`);
  process.exitCode = 2;
} else if (!findRedisServer()) {
  console.error('record-samples: needs redis-server on PATH.');
  process.exitCode = 2;
} else {
  await recordAll(asked.length > 0 ? asked : Object.keys(STORIES));
}
