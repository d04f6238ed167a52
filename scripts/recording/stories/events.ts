import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALLOCATOR_DECAY_MS, deleteKeys, waitForChild, writeKeys } from '../load.ts';
import { type Recording, readField } from '../recorder.ts';
import { goOn, HOUR_MS, keepKeys, MINUTE_MS, newestText, oneServerStory, type StoryRecorder, type Told } from '../story.ts';

const VALUE_BYTES = 1000;
const MACHINE = '512MiB';
const STORE = ['--maxmemory', '384mb'];
/** Save points are configured so that a clean stop saves; the number of changes keeps them from saving by themselves. */
const SAVES_AT_ITS_END = ['--save', '3600 100000000'];

async function openSocket({ server }: Recording): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => {}); // the server may drop it
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

async function send(socket: Socket, text: string): Promise<void> {
  if (!socket.write(text)) await new Promise((resolve) => socket.once('drain', resolve));
}

/** Asks for the large list again and again and does not read the answers. */
async function readNothing(socket: Socket): Promise<void> {
  socket.pause();
  for (let i = 0; i < 6; i += 1) await send(socket, 'LRANGE big 0 -1\r\n');
}

/** Sends a command of 90 MB but for its end: the server keeps what has come. */
async function sendHalfACommand(socket: Socket): Promise<void> {
  const argument = `$10000\r\n${'q'.repeat(10_000)}\r\n`;
  await send(socket, '*9002\r\n$5\r\nRPUSH\r\n');
  for (let i = 0; i < 9000; i += 1) await send(socket, argument);
}

/** Queues 90 MB of commands in a transaction that is never run. */
async function queueCommands(socket: Socket): Promise<void> {
  socket.resume();
  await send(socket, 'MULTI\r\n');
  for (let i = 0; i < 900; i += 1) await send(socket, `*3\r\n$3\r\nSET\r\n$1\r\nm\r\n$100000\r\n${'m'.repeat(100_000)}\r\n`);
}

/** Five quiet days with one sample in which a client holds much. */
const clientSpike = (name: string, what: string, misbehave: (socket: Socket) => Promise<void>): StoryRecorder =>
  oneServerStory(
    {
      name,
      story: `Five quiet days, and once ${what} for some minutes.`,
      config: [...STORE, '--client-query-buffer-limit', '512mb'],
      systemMemory: MACHINE,
    },
    async (recording) => {
      await writeKeys(recording.server, { prefixes: ['item:'], from: 0, to: 60_000 }, VALUE_BYTES);
      for (let megabyte = 0; megabyte < 20; megabyte += 1)
        await recording.server.command('EVAL', "for i=1,1000 do redis.call('RPUSH','big',string.rep('z',1000)) end return 1", 0);
      await recording.sample();
      await goOn(recording, 60);
      recording.advance(20 * MINUTE_MS);
      const socket = await openSocket(recording);
      await misbehave(socket);
      await sleep(600);
      const { at, text } = await recording.sample();
      socket.destroy();
      await sleep(300);
      recording.advance(40 * MINUTE_MS);
      await recording.sample();
      await goOn(recording, 60);
      return {
        clientSpike: { at, usedMemoryBytes: readField(text, 'used_memory'), normalClientBytes: readField(text, 'mem_clients_normal') },
      };
    },
  );

async function restartWithLoad(recording: Recording): Promise<Told> {
  const keys = keepKeys(recording, 'item:', VALUE_BYTES);
  await keys.goTo(120_000);
  await recording.sample();
  await goOn(recording, 48, (hour) => keys.goTo(120_000 + hour * 100));
  const lastSeenAt = recording.now();
  await recording.restart('SIGTERM', MINUTE_MS);
  recording.advance(MINUTE_MS);
  let loadingSamples = 0;
  let firstSeenAt: number | undefined;
  for (;;) {
    const { text, at } = await recording.sample();
    firstSeenAt ??= at;
    recording.advance(MINUTE_MS);
    if (readField(text, 'loading') !== 1) break;
    loadingSamples += 1;
  }
  await goOn(recording, 48, (hour) => keys.goTo(124_800 + hour * 100));
  return { restarts: [{ lastSeenAt, firstSeenAt }], loadingSamples };
}

async function crashWithLostKeys(recording: Recording): Promise<Told> {
  const keys = keepKeys(recording, 'item:', VALUE_BYTES);
  await keys.goTo(60_000);
  await recording.server.command('SAVE');
  await recording.sample();
  await goOn(recording, 60, (hour) => keys.goTo(60_000 + hour * 1500));
  const lastSeenAt = recording.now();
  await recording.restart('SIGKILL', MINUTE_MS);
  await waitForChild(recording.server);
  recording.advance(MINUTE_MS);
  await recording.sample();
  const firstSeenAt = recording.now();
  await goOn(recording, 60, (hour) =>
    writeKeys(recording.server, { prefixes: ['new:'], from: hour * 1500, to: (hour + 1) * 1500 }, VALUE_BYTES),
  );
  return { restarts: [{ lastSeenAt, firstSeenAt }] };
}

/** Fills a cache and keeps writing to it. */
async function writePages(recording: Recording, pagesAtATime: number): Promise<() => Promise<void>> {
  let written = 0;
  const write = async () => {
    await writeKeys(recording.server, { prefixes: ['page:'], from: written, to: written + pagesAtATime }, VALUE_BYTES);
    written += pagesAtATime;
  };
  while (written < 100_000) await write();
  await recording.sample();
  return write;
}

async function resetStatOften(recording: Recording): Promise<Told> {
  const write = await writePages(recording, 3000);
  const evictedNow = async () => readField(await recording.server.info('stats'), 'evicted_keys') ?? 0;
  let before = await evictedNow();
  let evictedKeys = 0;
  const statResets: { at: number }[] = [];
  await goOn(recording, 96, async (hour) => {
    if (hour % 24 === 12) {
      // Nothing is evicted between the last sample and this, so that the samples can tell all of it.
      evictedKeys += (await evictedNow()) - before;
      before = 0;
      await recording.server.command('CONFIG', 'RESETSTAT');
      statResets.push({ at: recording.now() });
    }
    await write();
  });
  return { statResets, increases: { evictedKeys: evictedKeys + (await evictedNow()) - before } };
}

async function lazyfreeBacklog(recording: Recording): Promise<Told> {
  await writeKeys(recording.server, { prefixes: ['item:'], from: 0, to: 20_000 }, VALUE_BYTES);
  const fill = "for i=1,20000 do redis.call('SADD',KEYS[1],ARGV[1]..':member:'..i) end";
  for (const set of ['set:0', 'set:1', 'set:2', 'set:3'])
    for (let part = 0; part < 20; part += 1) await recording.server.command('EVAL', fill, 1, set, part);
  await recording.sample();
  await goOn(recording, 40);
  recording.advance(HOUR_MS);
  await recording.server.command('UNLINK', 'set:0', 'set:1', 'set:2', 'set:3');
  const { text } = await recording.sample({ settle: false });
  await sleep(3000);
  await goOn(recording, 40);
  return { pendingObjects: readField(text, 'lazyfree_pending_objects') };
}

async function scriptsWithValues(recording: Recording): Promise<Told> {
  await writeKeys(recording.server, { prefixes: ['item:'], from: 0, to: 40_000 }, VALUE_BYTES);
  await recording.sample();
  await goOn(recording, 72, async (hour) => {
    for (let i = 0; i < 400; i += 1) await recording.server.command('EVAL', `return '${'s'.repeat(1500)}${hour}-${i}'`, 0);
  });
  return { cachedScripts: readField(newestText(recording), 'number_of_cached_scripts') };
}

async function maxmemoryChanged(recording: Recording): Promise<Told> {
  const write = await writePages(recording, 4000);
  await goOn(recording, 60, write);
  await recording.server.command('CONFIG', 'SET', 'maxmemory', '192mb');
  const at = recording.now();
  await goOn(recording, 60, write);
  return { changes: [{ at, maxmemoryBytes: 192 * 2 ** 20 }] };
}

async function clockSetBack(recording: Recording): Promise<Told> {
  const lateMilliseconds = 2.5 * HOUR_MS;
  const keys = keepKeys(recording, 'item:', VALUE_BYTES);
  await keys.goTo(80_000);
  await recording.sample();
  await goOn(recording, 142, (hour) => keys.goTo(80_000 + hour * 200));
  const samples = recording.samples.map((sample, i) => (i >= 73 && i < 83 ? { ...sample, at: sample.at - lateMilliseconds } : sample));
  return { samples, gaps: [{ fromAt: samples[82]?.at, toAt: samples[83]?.at }] };
}

async function writtenTwice(recording: Recording): Promise<Told> {
  const keys = keepKeys(recording, 'item:', VALUE_BYTES);
  await keys.goTo(80_000);
  await recording.sample();
  await goOn(recording, 96, (hour) => keys.goTo(80_000 + hour * 200));
  const samples = recording.samples.flatMap((sample, i) => (i % 3 === 0 ? [sample, sample] : [sample]));
  return { samples, duplicates: samples.length - recording.samples.length };
}

async function growInAContainer(recording: Recording): Promise<Told> {
  const keys = keepKeys(recording, 'item:', VALUE_BYTES);
  await keys.goTo(80_000);
  await recording.sample();
  await goOn(recording, 120, (hour) => keys.goTo(80_000 + hour * 600));
  return {};
}

async function bulkDelete(recording: Recording): Promise<Told> {
  await writeKeys(recording.server, { prefixes: ['item:'], from: 0, to: 200_000 }, VALUE_BYTES);
  await recording.sample();
  await goOn(recording, 48);
  await deleteKeys(recording.server, { prefixes: ['item:'], from: 0, to: 120_000 });
  await sleep(ALLOCATOR_DECAY_MS);
  await goOn(recording, 72);
  return {};
}

const storeStory = (name: string, story: string, tell: (recording: Recording) => Promise<Told>, config: readonly string[] = STORE) =>
  oneServerStory({ name, story, config, systemMemory: MACHINE }, tell);

/** Things that happen to a server and to its history. */
export const EVENT_STORIES: Readonly<Record<string, StoryRecorder>> = {
  'restart-with-load': storeStory(
    'restart-with-load',
    'A store is restarted on day 2 and sampled each minute while it loads its file.',
    restartWithLoad,
    [...STORE, ...SAVES_AT_ITS_END, '--key-load-delay', '10'],
  ),
  'crash-with-lost-keys': storeStory(
    'crash-with-lost-keys',
    'A growing store crashes and comes back with what it held two and a half days before.',
    crashWithLostKeys,
    [...STORE, ...SAVES_AT_ITS_END],
  ),
  'resetstat-often': storeStory('resetstat-often', 'A full cache whose statistics are reset once a day.', resetStatOften, [
    '--maxmemory',
    '64mb',
    '--maxmemory-policy',
    'allkeys-lru',
  ]),
  'spike-of-output-buffer': clientSpike('spike-of-output-buffer', 'a reader that did not read its answers', readNothing),
  'spike-of-query-buffer': clientSpike('spike-of-query-buffer', 'a command of 90 MB that never came to its end', sendHalfACommand),
  'spike-of-multi': clientSpike('spike-of-multi', 'a transaction with 90 MB of queued commands', queueCommands),
  'lazyfree-backlog': storeStory(
    'lazyfree-backlog',
    'Four sets of 400,000 members are unlinked; the sample after sees them being freed.',
    lazyfreeBacklog,
  ),
  'scripts-with-values': storeStory(
    'scripts-with-values',
    'A client sends each script with its values written into it: 400 new scripts an hour.',
    scriptsWithValues,
  ),
  'maxmemory-changed': storeStory(
    'maxmemory-changed',
    'A full cache; half-way its maxmemory is doubled, and it fills up again.',
    maxmemoryChanged,
    ['--maxmemory', '96mb', '--maxmemory-policy', 'allkeys-lru'],
  ),
  'clock-set-back': storeStory('clock-set-back', 'The clock of the collector is two and a half hours late for ten samples.', clockSetBack),
  'written-twice': storeStory('written-twice', 'Every third sample was written twice.', writtenTwice),
  'container-smaller-than-host': oneServerStory(
    {
      name: 'container-smaller-than-host',
      story: 'A growing store without maxmemory, in a container of 256 MiB on a host of many GiB.',
      config: ['--maxmemory', '0'],
      systemMemory: '256MiB',
    },
    growInAContainer,
  ),
  'bulk-delete': storeStory('bulk-delete', 'A store of 200,000 values of which the first 120,000 are deleted for good.', bulkDelete),
};
