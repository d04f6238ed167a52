import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findDailyMaxima } from '../../src/analysis/forecast/daily-peaks.ts';
import { type IngestOptions, InputError, ingest } from '../../src/index.ts';
import { DAY_MS } from '../../src/model/time.ts';
import type { Series } from './series.ts';

const HOUR_MS = DAY_MS / 24;

/**
 * The series of a folder's CSV files, read as the command reads them: each node of a file is one.
 * @param columns - the first of them that a file has is its value column; a file without any must have one column of values
 * @param skip - told of files that hold no such series
 */
export async function readFolder(
  folder: string,
  columns: readonly string[],
  skip: (file: string, reason: string) => void,
): Promise<readonly Series[]> {
  const files = readdirSync(folder)
    .filter((file) => /\.csv(\.gz|\.zst)?$/.test(file))
    .toSorted();
  const series: Series[] = [];
  for (const file of files) {
    try {
      series.push(...(await readFile(folder, file, columns)));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      skip(file, 'no such column, or no single column of values');
    }
  }
  return series;
}

async function readFile(folder: string, file: string, columns: readonly string[]): Promise<readonly Series[]> {
  const ways: readonly IngestOptions[] = [
    ...columns.map((column) => ({ columnMap: [{ metricId: 'usedMemoryBytes', column, unit: 'bytes' }] })),
    { metric: 'used_memory' },
  ];
  let failure: unknown;
  for (const way of ways) {
    try {
      const { histories } = await ingest([join(folder, file)], { ...way, inputKind: 'csv' });
      return histories.map((history) => ({
        name: histories.length === 1 ? file : `${file} ${history.nodeId}`,
        kind: 'folder',
        hours: [...history.hours.at].flatMap((at, i) => {
          const value = history.hours.usedMemoryBytes[i] ?? Number.NaN;
          return value > 0 ? [{ at: at + HOUR_MS, value }] : [];
        }),
        days: findDailyMaxima(history, 'usedMemoryBytes'),
      }));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
