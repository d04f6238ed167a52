// Preloaded by the bench: leaves the process's highest resident memory, in bytes, and its processor seconds in a file.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const file = process.env.HEADROOM_BENCH_USAGE;
  if (file === undefined) return;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(file, `${maxRSS * 1024} ${(userCPUTime + systemCPUTime) / 1e6}`);
});
