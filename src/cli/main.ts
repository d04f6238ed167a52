#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

enableCompileCache();
// An address may carry a password, and `ps` shows every argument: the title takes their place.
if (process.argv.some((argument) => argument.includes('@'))) process.title = `redis-headroom ${process.argv[2] ?? ''}`;
// A reader that has seen enough (`| head`) closes the pipe: no error of ours, and no exit code 1, which means findings.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
const { run } = await import('./program.ts');
process.exitCode = await run(process.argv.slice(2));
