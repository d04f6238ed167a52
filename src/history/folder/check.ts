import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openDatabase } from '../database.ts';
import { sqlText } from '../sql-text.ts';
import { readDescriptions } from './descriptions.ts';
import { parseEvent } from './events.ts';
import { DESCRIPTIONS_FILE, EVENTS_FOLDER, listStoredFiles, namesIn } from './layout.ts';
import { isWhole, parseHeader } from './segment-row.ts';

/** Something in a history folder that is not as it was written. */
export interface HistoryProblem {
  readonly path: string;
  readonly line?: number;
  /** A `note` costs nothing: the last line of a file that is being written, or whose writer was killed. */
  readonly level: 'error' | 'note';
  readonly problem: string;
}

export interface HistoryCheck {
  readonly nodes: number;
  readonly files: number;
  readonly samples: number;
  readonly problems: readonly HistoryProblem[];
}

/** Verifies every line of every segment by its checksum, that compacted files can be read, and the events. */
export async function checkHistory(root: string): Promise<HistoryCheck> {
  const stored = await listStoredFiles(root);
  const files = [...stored.values()].flat();
  const problems: HistoryProblem[] = [];
  let samples = 0;
  const database = await openDatabase();
  try {
    for (const { path, kind } of files) {
      if (kind === 'segment') {
        problems.push(...(await checkSegment(path, (count) => (samples += count))));
        continue;
      }
      try {
        // Reading every value is what finds a damaged page.
        const rows = await database.connection.runAndReadAll(
          `SELECT count(*)::INTEGER, max(hash(columns(*))) FROM read_parquet(${sqlText(path)})`,
        );
        samples += Number(rows.getRows()[0]?.[0] ?? 0);
      } catch (error) {
        problems.push({
          path,
          level: 'error',
          problem: `cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
        });
      }
    }
  } finally {
    await database.close();
  }
  await readDescriptions(root).catch(() => {
    problems.push({
      path: join(root, DESCRIPTIONS_FILE),
      level: 'error',
      problem: 'is damaged; the next start of the collector writes it anew',
    });
  });
  for (const name of await namesIn(join(root, EVENTS_FOLDER))) {
    const path = join(root, EVENTS_FOLDER, name);
    const lines = (await readFile(path, 'utf8')).split('\n');
    lines.forEach((line, index) => {
      if (line === '' || parseEvent(line) !== undefined) return;
      const last = index === lines.length - 1;
      problems.push({
        path,
        line: index + 1,
        level: last ? 'note' : 'error',
        problem: last ? 'the last line is not finished' : 'is no event',
      });
    });
  }
  return { nodes: stored.size, files: files.length, samples, problems };
}

/**
 * Verifies one segment.
 * @param counted - gets the number of whole samples
 */
export async function checkSegment(path: string, counted?: (samples: number) => void): Promise<HistoryProblem[]> {
  const problems: HistoryProblem[] = [];
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: 0 });
  let number = 0;
  let samples = 0;
  for await (const line of lines) {
    number += 1;
    if (number === 1) {
      if (parseHeader(line) === undefined) problems.push({ path, line: 1, level: 'error', problem: 'is no header of a segment' });
    } else if (isWhole(line)) samples += 1;
    else problems.push({ path, line: number, level: 'error', problem: 'is damaged: its checksum does not fit' });
  }
  counted?.(samples);
  const last = problems.at(-1);
  if (last === undefined || last.line !== number) return problems;
  return [
    ...problems.slice(0, -1),
    { ...last, level: 'note', problem: 'the last line is not finished, or damaged; the next start of a collector cuts it off' },
  ];
}
