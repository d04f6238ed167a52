import { describe, expect, it } from 'vitest';
import { countFailedSaves, countTurnsToFailure } from '../../src/analysis/failed-saves.ts';
import { buildNodeHistory, sampleEvery } from '../helpers/node-history.ts';

/** Samples of `rdb_saves`, the instant of the last good save, whether a child runs, and whether the status is good. */
function samplesOf(rows: readonly (readonly [saves: number | undefined, goodAt: number, runs: 0 | 1, status: 'ok' | 'err'])[]) {
  return sampleEvery(7, rows.length, (i) => {
    const [rdbSaves, goodAt, rdbBgsaveInProgress, rdbLastBgsaveStatus] = rows[i] ?? [0, 0, 0, 'ok'];
    return {
      ...(rdbSaves === undefined ? {} : { rdbSaves }),
      rdbLastSaveTimeSeconds: 1_795_761_000 + goodAt,
      rdbBgsaveInProgress,
      texts: { rdbLastBgsaveStatus },
    };
  });
}

describe('countFailedSaves', () => {
  // As Redis 7.0.15 told it while the folder of its snapshots was gone: 16 saves begun, the first two good, and "error" 14 times in its log.
  const recorded = samplesOf([
    [0, 690, 0, 'ok'],
    [1, 692, 0, 'ok'],
    [2, 694, 0, 'ok'],
    [4, 694, 0, 'err'],
    [5, 694, 0, 'err'],
    [6, 694, 0, 'err'],
    [7, 694, 0, 'err'],
    [9, 694, 1, 'err'],
    [10, 694, 0, 'err'],
    [11, 694, 0, 'err'],
    [12, 694, 0, 'err'],
    [13, 694, 0, 'err'],
    [14, 694, 0, 'err'],
    [16, 694, 0, 'err'],
  ]);

  it('counts every save that ended while the last good one stayed the same, and leaves out the one that still runs', () => {
    expect(countFailedSaves(buildNodeHistory(recorded))).toEqual({ atLeast: 14, atMost: 14 });
    expect(countFailedSaves(buildNodeHistory(recorded.slice(0, 8)))).toEqual({ atLeast: 6, atMost: 6 });
  });

  it('gives a range where good and failed saves fall between the same samples', () => {
    const rows = samplesOf([
      [10, 0, 0, 'ok'],
      [15, 5, 0, 'err'],
      [18, 5, 0, 'err'],
      [22, 20, 0, 'ok'],
      [25, 27, 0, 'ok'],
    ]);
    // 1 to 4 of the first five, all of the next three, 0 to 3 of the four after them.
    expect(countFailedSaves(buildNodeHistory(rows))).toEqual({ atLeast: 4, atMost: 10 });
  });

  it('knows no upper bound where the server does not count its saves, and then counts those that samples saw running and failing', () => {
    const rows = samplesOf([
      [undefined, 0, 0, 'ok'],
      [undefined, 0, 0, 'err'],
      [undefined, 0, 1, 'err'],
      [undefined, 0, 0, 'err'],
      [undefined, 0, 0, 'err'],
    ]);
    expect(countFailedSaves(buildNodeHistory(rows))).toEqual({ atLeast: 2 });
  });

  it('does not take the child of a synchronisation for a save', () => {
    const rows = samplesOf([
      [1, 0, 0, 'ok'],
      [2, 0, 0, 'err'],
      [2, 0, 1, 'err'],
      [2, 0, 0, 'err'],
    ]);
    expect(countFailedSaves(buildNodeHistory(rows))).toEqual({ atLeast: 1, atMost: 1 });
  });

  it('finds none where all were good', () => {
    const rows = samplesOf([
      [1, 0, 0, 'ok'],
      [2, 7, 1, 'ok'],
      [3, 14, 0, 'ok'],
    ]);
    expect(countFailedSaves(buildNodeHistory(rows))).toEqual({ atLeast: 0, atMost: 0 });
  });
});

it('countTurnsToFailure counts how often the status of an append-only file turned bad', () => {
  const samples = sampleEvery(60, 6, (i) => ({ texts: { aofLastWriteStatus: i === 1 || i === 2 || i === 4 ? 'err' : 'ok' } }));
  expect(countTurnsToFailure(buildNodeHistory(samples), 'aofLastWriteStatus')).toEqual({ atLeast: 2 });
});
