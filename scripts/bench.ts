// Prints the speed budgets beside what this machine takes. Every figure is a whole process, timed from outside: npm run bench
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const cli = join(root, 'dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'headroom-bench-'));
const MiB = 2 ** 20;
const START = Date.UTC(2026, 9, 1);

/** One run of a command as a whole process: wall seconds, processor seconds of all its threads and its highest resident memory. */
function timeRun(args: readonly string[]): { seconds: number; cpuSeconds: number; maxRssBytes: number } {
  const usageFile = join(folder, 'usage');
  const env = { ...process.env, HEADROOM_BENCH_USAGE: usageFile, NODE_OPTIONS: `--import=${join(root, 'scripts/note-usage.mjs')}` };
  const begin = process.hrtime.bigint();
  const done = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', env });
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  if (done.status !== 0) throw new Error(`${args.join(' ')} failed: ${done.stderr}`);
  const [maxRssBytes = Number.NaN, cpuSeconds = Number.NaN] = readFileSync(usageFile, 'utf8').split(' ').map(Number);
  return { seconds, cpuSeconds, maxRssBytes };
}

/** Median seconds of `runs` runs, and the highest memory of any. */
function time(args: readonly string[], runs = 5): { median: number; maxRssBytes: number } {
  const measured = Array.from({ length: runs }, () => timeRun(args));
  const seconds = measured.map((run) => run.seconds).toSorted((a, b) => a - b);
  return { median: seconds[Math.floor(runs / 2)] ?? Number.NaN, maxRssBytes: Math.max(...measured.map((run) => run.maxRssBytes)) };
}

function print(what: string, budget: string, measured: string): void {
  process.stdout.write(`${what.padEnd(58)} ${budget.padEnd(26)} ${measured}\n`);
}

const seconds = (value: number): string => `${value.toFixed(2)} s`;

/** Used memory of minute `i`: growth, a daily cycle and a little noise; the same every time. */
function usedAt(i: number, node: number): number {
  const day = (i % 1440) / 1440;
  const noise = ((i * 2654435761 + node * 40503) >>> 0) / 2 ** 32;
  return Math.round((900 + node + i * 0.004 + 120 * Math.sin(2 * Math.PI * day) + 20 * noise) * MiB);
}

async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const file = createWriteStream(path);
  for (const line of lines) if (!file.write(line)) await once(file, 'drain');
  file.end();
  await once(file, 'finish');
}

function* wideRows(nodes: number, minutes: number): Generator<string> {
  yield 'timestamp,node,used_memory,used_memory_rss,used_memory_peak,maxmemory,evicted_keys,connected_clients,uptime_in_seconds,total_system_memory\n';
  for (let i = 0; i < minutes; i += 1) {
    const stamp = new Date(START + i * 60_000).toISOString();
    let chunk = '';
    for (let node = 0; node < nodes; node += 1) {
      const used = usedAt(i, node);
      chunk += `${stamp},cache-${node},${used},${used + 40 * MiB},${used},${2048 * MiB},0,${100 + (i % 50)},${i * 60 + 1000},${4096 * MiB}\n`;
    }
    yield chunk;
  }
}

/** The fields that a 7.x server prints, padded to about 5 KB a dump with the sections that the tool skips. */
function* infoDumps(count: number): Generator<string> {
  const filler = Array.from(
    { length: 60 },
    (_, i) => `cmdstat_command${i}:calls=${i * 131},usec=${i * 977},usec_per_call=7.45,rejected_calls=0,failed_calls=0`,
  ).join('\r\n');
  for (let i = 0; i < count; i += 1) {
    const used = usedAt(i, 1);
    yield `${new Date(START + i * 60_000).toISOString()}\n# Server\r\nredis_version:7.2.5\r\nrun_id:${'a'.repeat(40)}\r\ntcp_port:6379\r\nuptime_in_seconds:${i * 60 + 9}\r\n\r\n# Clients\r\nconnected_clients:${100 + (i % 50)}\r\nmaxclients:10000\r\n\r\n# Memory\r\nused_memory:${used}\r\nused_memory_human:1G\r\nused_memory_rss:${used + 40 * MiB}\r\nused_memory_peak:${used}\r\nallocator_allocated:${used}\r\nallocator_active:${used + MiB}\r\nallocator_resident:${used + 30 * MiB}\r\nmaxmemory:${2048 * MiB}\r\nmaxmemory_policy:noeviction\r\nmem_fragmentation_ratio:1.04\r\nmem_not_counted_for_evict:0\r\nmem_allocator:jemalloc-5.3.0\r\n\r\n# Stats\r\ntotal_commands_processed:${i * 6000}\r\nevicted_keys:0\r\nkeyspace_hits:${i * 10}\r\nkeyspace_misses:${i}\r\n\r\n# Replication\r\nrole:master\r\n\r\n# Commandstats\r\n${filler}\r\n\r\n# Keyspace\r\ndb0:keys=${1_000_000 + i},expires=10,avg_ttl=0\r\n\n`;
  }
}

try {
  if (!existsSync(cli)) execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'inherit' });
  const fleet = process.argv.includes('--fleet');
  process.stdout.write(`Node ${process.version}, medians of 5 runs unless said otherwise\n\n`);
  print('WHAT', 'BUDGET', 'HERE');

  const bare = time(['-e', '0'], 9);
  const help = time([cli, '--help'], 9);
  print('redis-headroom --help', '2 × node -e 0', `${seconds(help.median)} = ${(help.median / bare.median).toFixed(2)} ×`);

  const day30 = join(folder, 'one-node.csv');
  await writeLines(day30, wideRows(1, 43_200));
  const one = time([cli, 'report', day30, '--format', 'html,json', '--out', join(folder, 'one'), '--quiet']);
  print(`one node, 30 d × 1 min CSV (${Math.round(statSync(day30).size / MiB)} MiB) → HTML + JSON`, '1.2 s', seconds(one.median));

  const dumps = join(folder, 'dumps.txt');
  await writeLines(dumps, infoDumps(43_200));
  const dump = time([cli, 'report', dumps, '--format', 'json', '--out', join(folder, 'dumps'), '--quiet'], 3);
  print(`43,200 INFO dumps (${Math.round(statSync(dumps).size / MiB)} MiB) → JSON, of 3`, '5 s', seconds(dump.median));

  const html = join(folder, 'one/report.html');
  const pdf = time([cli, 'render', join(folder, 'one/analysis.json'), '--format', 'pdf', '--out', join(folder, 'pdf'), '--quiet'], 3);
  const alone = time([join(root, 'scripts/print-html.ts'), html, join(folder, 'alone.pdf')], 3);
  print('its PDF, of 3', '1.5 × printing that HTML', `${seconds(pdf.median)} = ${(pdf.median / alone.median).toFixed(2)} ×`);

  if (fleet) {
    for (const nodes of [50, 200]) {
      const path = join(folder, `fleet-${nodes}.csv`);
      await writeLines(path, wideRows(nodes, 43_200));
      const toolArgs = [cli, 'report', path, '--format', 'json', '--out', join(folder, 'fleet'), '--quiet'];
      // In turn, so that what else runs here slows both; the best of each. Processor time tells the ratio where the machine is busy all the time.
      const pairs = Array.from({ length: 3 }, () => ({
        tool: timeRun(toolArgs),
        bare: timeRun([join(root, 'scripts/bare-duckdb.ts'), path]),
      }));
      const best = (of: 'tool' | 'bare', what: 'seconds' | 'cpuSeconds') => Math.min(...pairs.map((pair) => pair[of][what]));
      const ratio = (what: 'seconds' | 'cpuSeconds') =>
        `${seconds(best('tool', what))} = ${(best('tool', what) / best('bare', what)).toFixed(2)} ×`;
      print(
        `fleet CSV, ${nodes} nodes (${Math.round(statSync(path).size / MiB)} MiB) → JSON, best of 3`,
        '2.0 × bare DuckDB, 1.5 GB',
        `${ratio('seconds')}, processor ${ratio('cpuSeconds')}, ${Math.round(Math.max(...pairs.map(({ tool }) => tool.maxRssBytes)) / MiB)} MiB`,
      );
      rmSync(path);
    }
  } else process.stdout.write('\nThe fleet of 200 nodes is measured with: npm run bench -- --fleet (1.1 GB of temporary files)\n');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
