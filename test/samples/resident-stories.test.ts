import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RESIDENT_STORIES } from '../../scripts/recording/stories/resident.ts';
import { analyze, ingest } from '../../src/index.ts';
import type { Diagnosis, NodeAnalysis } from '../../src/model/analysis.ts';
import { MiB, parseBytes } from '../../src/model/bytes.ts';

/** Recordings of scripts/recording/stories/resident.ts on several builds: how resident memory follows the data, judged at each moment of the story. */
const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'recordings');

interface Truth {
  readonly systemMemory: string;
  readonly moments: readonly { readonly name: string; readonly at: number; readonly vmRssBytes: number }[];
}

type Judged = readonly [diagnosis: Diagnosis | readonly Diagnosis[], also?: Diagnosis];

/** What an expert would say at that moment, of a server on jemalloc. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, Judged>>>> = {
  'deleted-and-refilled': {
    full: ['healthy'],
    deleted: ['retained-after-peak', 'external-fragmentation'],
    refilled: ['healthy'],
  },
  'deleted-side-by-side': { deleted: ['resident-unused'], 'given-back': ['healthy'] },
  'other-sizes': { deleted: ['retained-after-peak', 'external-fragmentation'], grown: ['external-fragmentation'] },
  'drifting-sizes': { drifted: ['external-fragmentation'] },
  // Some builds give back at once what FLUSHALL frees, others within ten seconds.
  'flushed-and-refilled': { flushed: [['small-dataset', 'resident-unused']], refilled: ['healthy'] },
  defragmented: {
    fragmented: ['external-fragmentation'],
    'switched-on': ['external-fragmentation'],
    refused: ['external-fragmentation'],
    end: [['healthy', 'external-fragmentation']],
  },
  swapped: { full: ['healthy'], swapped: ['swapping'], read: ['swapping'] },
  upgraded: { fragmented: ['external-fragmentation', 'retained-after-peak'], upgraded: ['healthy'], grown: ['healthy'] },
  'several-at-once': {
    fragmented: ['external-fragmentation'],
    stalled: ['external-fragmentation'],
    'near-limit': ['external-fragmentation'],
  },
  'large-values': { filled: ['healthy'], drifted: ['healthy'] },
  'few-data': { deleted: ['small-dataset'] },
};

const RECORDINGS = readdirSync(FOLDER).flatMap((file) => {
  const [, story = '', build = ''] = /^(.+)__(.+)\.truth\.json$/.exec(file) ?? [];
  if (!(story in RESIDENT_STORIES)) return [];
  const truth: Truth = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
  return truth.moments.map((moment) => ({ story, build, moment, systemMemory: truth.systemMemory }));
});

async function judge({ story, build, moment, systemMemory }: (typeof RECORDINGS)[number]): Promise<NodeAnalysis> {
  const ingested = await ingest([join(FOLDER, `${story}__${build}.csv.gz`)], { toAt: moment.at });
  const { nodes } = await analyze(ingested, { systemMemoryBytes: parseBytes(systemMemory), generatedAt: moment.at });
  return nodes[0] as NodeAnalysis;
}

describe.each(RECORDINGS)('$story on $build, $moment.name', (recording) => {
  const { story, build, moment } = recording;
  const isBundled = build.endsWith('-bundled');

  it('is judged as an expert would judge it', async () => {
    const { fragmentation } = await judge(recording);
    const { diagnosis, also, advice, activedefrag } = fragmentation;
    if (build.endsWith('-libc')) {
      // Its allocator figures are made up: the most that can be said is where a diagnosis would point.
      const judged = ['unknown-allocator', 'healthy', 'small-dataset'] as const;
      // Memory that goes while the data stay can only be swapped, whoever handed it out.
      const isSwapped = story === 'swapped' && moment.name !== 'full';
      expect(isSwapped ? ['swapping'] : judged).toContain(diagnosis);
      expect(activedefrag).toMatchObject({ supported: 'no', supportedReason: 'not-jemalloc' });
      return;
    }
    const [expected, other] = EXPECTED[story]?.[moment.name] ?? [];
    expect([expected].flat()).toContain(diagnosis);
    if (other !== undefined) expect(also).toContain(other);
    // A minute after a mass delete nothing is purged, nothing restarted for what the next fill may use again.
    if (diagnosis === 'swapping') expect(advice).toBe('more-memory');
    else if (diagnosis !== 'external-fragmentation') expect(advice).toBe('none');
    else expect(advice).toBe(isBundled ? 'activedefrag' : 'restart');
    if (!isBundled) expect(activedefrag.supported).toBe('no');
  });

  it('has the resident memory that the system tells of', async () => {
    const { latest } = await judge(recording);
    // The server refreshes its own figure ten times a second.
    expect(Math.abs((latest.usedMemoryRssBytes ?? 0) - moment.vmRssBytes)).toBeLessThan(12 * MiB);
  });
});

it('has every moment of every story on two builds or more', () => {
  for (const [story, moments] of Object.entries(EXPECTED)) {
    for (const moment of Object.keys(moments)) {
      const builds = RECORDINGS.filter((one) => one.story === story && one.moment.name === moment);
      expect([story, moment, builds.length]).toEqual([story, moment, expect.any(Number)]);
      expect(builds.length).toBeGreaterThanOrEqual(moment === 'refused' ? 1 : 2);
    }
  }
});
