// The first thing a newcomer runs: npm run demo. Makes an HTML and a PDF report of a recorded sample in ./headroom-report.
import { run } from '../src/cli/program.ts';

process.exitCode = await run([
  'report',
  'samples/steady-growth.csv',
  '--system-memory',
  '576MiB',
  '--provider',
  'aws',
  '--out',
  'headroom-report',
  '--format',
  'html,pdf,json,md',
]);
if (process.exitCode === 0) process.stderr.write('Open headroom-report/report.html or headroom-report/report.pdf.\n');
