// Preloaded by the bench: leaves the process's highest resident memory in a file.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const file = process.env.HEADROOM_BENCH_MEMORY;
  if (file !== undefined) writeFileSync(file, String(process.resourceUsage().maxRSS * 1024));
});
