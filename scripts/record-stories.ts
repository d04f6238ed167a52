/**
 * Records stories on a server of any build, for judging the tool by: a packed CSV and the truth of each.
 *
 *   npm run record:stories FOLDER BINARY [STORY…]     without a name: all (about fifteen minutes)
 *
 * BINARY is a redis-server or valkey-server; the last folder of its path names the build. Stories of several servers give one
 * recording for each. test/samples/stories.test.ts judges those that are kept in test/fixtures/recordings.
 */
import { basename, dirname } from 'node:path';
import { writeRecording } from './recording/sample-files.ts';
import { STORIES_FOR_ANY_BUILD } from './recording/stories/index.ts';

const [folder, binary, ...asked] = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in STORIES_FOR_ANY_BUILD));
if (folder === undefined || binary === undefined || unknown.length > 0) {
  console.error(`record-stories: FOLDER BINARY [STORY…]. Stories: ${Object.keys(STORIES_FOR_ANY_BUILD).join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const name of asked.length > 0 ? asked : Object.keys(STORIES_FOR_ANY_BUILD)) {
    for (const files of (await STORIES_FOR_ANY_BUILD[name]?.(binary)) ?? []) {
      console.log(writeRecording(files, folder, basename(dirname(binary))));
    }
  }
}
