import { isHistoryFolder } from '../history/index.ts';
import { MiB } from '../model/bytes.ts';
import { InputError } from '../model/errors.ts';
import { plain } from './messages.ts';
import { secondsOption } from './options.ts';

/** `redis-headroom history check DIR`. @returns 0 when nothing is wrong, 2 otherwise. @throws InputError for what is no history */
export async function historyCheckCommand(root: string): Promise<number> {
  await expectHistory(root);
  const { checkHistory } = await import('../history/folder/check.ts');
  const { nodes, files, samples, problems } = await checkHistory(root);
  for (const { path, line, level, problem } of problems)
    process.stdout.write(`${plain(`${path}${line === undefined ? '' : `:${line}`}: ${level}: ${problem}`)}\n`);
  const errors = problems.filter(({ level }) => level === 'error').length;
  const verdict = errors === 0 ? 'all whole' : errors === 1 ? '1 error' : `${errors} errors`;
  process.stdout.write(`${plain(root)}: ${samples} samples of ${nodes} servers in ${files} files, ${verdict}.\n`);
  return errors === 0 ? 0 : 2;
}

/** `redis-headroom history compact DIR`. @throws InputError, ConfigError */
export async function historyCompactCommand(root: string, options: Readonly<Record<string, unknown>>): Promise<number> {
  await expectHistory(root);
  const olderThanMs = secondsOption('--older-than', String(options.olderThan)) * 1000;
  const { compactHistory } = await import('../history/folder/compact.ts');
  const { segments, bytesBefore, bytesAfter, left } = await compactHistory(root, Date.now() - olderThanMs);
  for (const path of left)
    process.stderr.write(`${plain(path)}: left as it is, since a line in it is damaged; see \`redis-headroom history check\`.\n`);
  process.stdout.write(
    segments === 0
      ? `${plain(root)}: nothing to compact.\n`
      : `${plain(root)}: ${segments} files compacted, ${(bytesBefore / MiB).toFixed(1)} → ${(bytesAfter / MiB).toFixed(1)} MiB.\n`,
  );
  return 0;
}

async function expectHistory(root: string): Promise<void> {
  if (!(await isHistoryFolder(root))) throw new InputError(root, 'is no history folder. Expected one that `redis-headroom collect` wrote.');
}
