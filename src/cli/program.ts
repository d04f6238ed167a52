import { Command, CommanderError } from 'commander';
import { LANGUAGE_TAGS } from '../locales/tags.ts';
import { HeadroomError } from '../model/errors.ts';
import { toolVersion } from '../version.ts';
import { plain } from './messages.ts';

const COLLECT = (value: string, all: string[]): string[] => [...all, value];

const LANGUAGE_HELP = `language of the report: ${LANGUAGE_TAGS.join(', ')} (default: what LC_ALL, LC_MESSAGES or LANG asks for, else en)`;

/** The options about inputs, which `report` and `inspect` share. */
function withReadOptions(command: Command): Command {
  return command
    .option('--input-kind <kind>', 'force how inputs are read: info-dump or csv')
    .option('--node <name>', 'name for samples that carry none')
    .option('--node-column <name>', 'CSV: column with the node')
    .option('--time-column <name>', 'CSV: column with the time')
    .option('--time-format <form>', 'CSV: date-fns pattern, epoch-s or epoch-ms')
    .option('--map <metric=column>', 'CSV: usedMemoryBytes=mem_used:MiB; may be given several times', COLLECT, [])
    .option('--metric <metric>', 'CSV: what a plain timestamp,value file holds');
}

/** The options about servers, which `report` and `collect` share; named as redis-cli names them. A password is no option: it would show in `ps`. */
function withLiveOptions(command: Command): Command {
  return command
    .option('--user <name>', 'servers: ACL user, where the URL has none (the password comes from the URL or REDISCLI_AUTH)')
    .option('--cacert <file>', 'rediss:// and prometheus+https://: certificate of the authority to trust')
    .option('--cert <file>', 'rediss:// and prometheus+https://: client certificate')
    .option('--key <file>', 'rediss:// and prometheus+https://: key of the client certificate')
    .option('--sni <name>', 'rediss:// and prometheus+https://: server name to ask for and to check')
    .option(
      '--address-map <announced=reached>',
      'servers: where one is reached that a cluster or Sentinel calls otherwise: 10.0.0.7:6379=localhost:7001; may be given several times',
      COLLECT,
      [],
    )
    .option('--with-replicas', 'servers: also the replicas of a primary that is in no cluster')
    .option('--settings', 'servers: also ask for settings that INFO does not tell (CONFIG GET, by name)');
}

/** How long a look at servers takes, for `report` and `inspect`. */
function withLookOptions(command: Command, seconds: number): Command {
  return withLiveOptions(command)
    .option('--for <time>', 'servers: how long to sample them', `${seconds}s`)
    .option('--every <time>', 'servers: how often to sample them', '1s');
}

/**
 * Runs one command line.
 * @returns the exit code: 0 a report, 1 a report whose findings reached `--fail-on`, 2 no report
 */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const asJson = argv.includes('--json-errors');
  const program = new Command('redis-headroom')
    .description('Capacity reports for Redis and Valkey: how much memory, until when, and what to set, with the reason for every figure.')
    .version(toolVersion(), '-V, --version')
    .exitOverride()
    .configureOutput(asJson ? { writeErr: () => {} } : {})
    .showHelpAfterError('Run redis-headroom --help to see what there is.')
    .option('--json-errors', 'errors as one line of JSON on stderr');

  const report = program
    .command('report')
    .description('read memory history and write a capacity report')
    .argument(
      '[input...]',
      'INFO dumps, CSV files (gz and zst too), folders, globs, - for stdin, a Prometheus: prometheus+http://host:9090?match={job="redis"}, or servers: redis://host:6379',
    )
    .option('--out <dir>', 'folder for the files; - prints one text format to stdout', 'headroom-report')
    .option('--format <list>', 'html, pdf, md, jira, json, csv, xlsx', 'html,pdf,json')
    .option('--lang <tag>', LANGUAGE_HELP)
    .option('--from <date>', 'ignore samples before')
    .option('--to <date>', 'ignore samples after; a date without a time means to the end of that day')
    .option('--month <month>', 'only that month: 2026-10')
    .option('--baseline <analysis.json>', 'what moved since that saved report; see docs/methodology.md#comparison')
    .option('--compare-to <period>', 'the same since an earlier period of this input: previous, 2026-09, or 2026-09-01..2026-09-30')
    .option('--tz <zone>', 'time zone of the report, and of stamps without an offset', 'UTC')
    .option('--horizon <days>', 'how far to look ahead: 90d, 12w, 1y (default: 90d, less where the history is short)')
    .option('--system-memory <size>', 'memory of the machine or container: 16GiB')
    .option('--target-ratio <share>', 'how full the machine may get: 0.8 or 80%', '0.8')
    .option('--provider <list>', 'whose instances to choose from: aws, gcp, azure, vm, …')
    .option('--instance <name>', 'the instance type it runs on now: cache.r7g.large')
    .option('--target <offering>', 'where it is to move: elasticache-valkey, memorystore-redis-standard, …')
    .option('--catalog <file>', 'own instance catalog (CSV); may be given several times', COLLECT, [])
    .option('--growth <share>', 'growth over the horizon instead of the forecast: 30%')
    .option('--replicas <count>', 'replicas each primary will have')
    .option('--persistence <mode>', 'none, rdb or aof, as it will be')
    .option('--import <size>', 'data of the same kind that will be loaded at once: 20GiB')
    .option('--policy <word>', 'store or cache (or noeviction, allkeys-…), as it will be')
    .option('--shards <count>', 'shards that the data will be spread over')
    .option('--engine <version>', 'engine it will run on: redis-8.2, valkey-8.1')
    .option('--managed-by <tool>', 'helm: commands also for the values of the chart')
    .option(
      '--node-pages <how>',
      'several nodes: inline, each told in the report; files, each in a report beside it; none (default: by their number)',
    )
    .option('--title <text>', 'title of the report')
    .option('--logo <file>', 'PNG, JPEG, WebP or SVG for the head of the page and the PDF')
    .option('--template <dir>', 'own templates and styles in place of ours of the same name; see docs/templates.md')
    .option('--anonymize', 'nodes, inputs and addresses as node-1, input-1, host-1, everywhere; no title')
    .option(
      '--anonymize-map <file>',
      'with --anonymize: who is who, in a file for this user alone; names that stand in it keep their alias',
    )
    .option('--fail-on <severity>', 'exit with 1 when a finding is at least warning or critical')
    .option('--config <file>', 'YAML with the same options (names without --), groups: and servers:')
    .option('--browser <path>', 'Chrome or Chromium for the PDF')
    .option('--paper <size>', 'a4 or letter', 'a4')
    .option('--history <dir>', 'servers: a history folder of them to read as well')
    .option('--keyspace-sample <keys>', 'servers: look at so many keys drawn by chance, on a replica where there is one: 10000')
    .option('--keyspace-rate <keys>', 'servers: keys a second of that sample, of each server', '500')
    .option('--hash-keys', 'servers: hashes in place of the parts of key names')
    .option('--quiet', 'no messages');
  withReadOptions(withLookOptions(report, 60)).action(async (inputs: string[], options: Record<string, unknown>, command: Command) => {
    const { reportCommand } = await import('./report-command.ts');
    exitCode = await reportCommand(inputs, options, (name) => command.getOptionValueSource(name) === 'cli');
  });

  const inspect = program
    .command('inspect')
    .description('show how inputs are understood, without judging them')
    .argument('<input...>', 'as for report')
    .option('--from <date>', 'ignore samples before')
    .option('--to <date>', 'ignore samples after')
    .option('--tz <zone>', 'time zone of stamps without an offset', 'UTC')
    .option('--json', 'as JSON');
  withReadOptions(withLookOptions(inspect, 3)).action(async (inputs: string[], options: Record<string, unknown>) => {
    const { inspectCommand } = await import('./inspect-command.ts');
    exitCode = await inspectCommand(inputs, options);
  });

  program
    .command('render')
    .description('draw a saved analysis.json again')
    .argument('<analysis.json>', 'a JSON report; - for stdin')
    .option('--out <dir>', 'folder for the files; - prints one text format to stdout', 'headroom-report')
    .option('--format <list>', 'html, pdf, md, jira, json, csv, xlsx', 'html,pdf')
    .option('--lang <tag>', LANGUAGE_HELP)
    .option('--browser <path>', 'Chrome or Chromium for the PDF')
    .option('--paper <size>', 'a4 or letter', 'a4')
    .option('--baseline <analysis.json>', 'as for report')
    .option('--managed-by <tool>', 'helm: commands also for the values of the chart')
    .option('--node-pages <how>', 'as for report')
    .option('--title <text>', 'another title')
    .option('--logo <file>', 'as for report')
    .option('--template <dir>', 'as for report')
    .option('--anonymize', 'as for report')
    .option('--anonymize-map <file>', 'as for report')
    .option('--quiet', 'no messages')
    .action(async (file: string, options: Record<string, unknown>) => {
      const { renderCommand } = await import('./render-command.ts');
      exitCode = await renderCommand(file, options);
    });

  const collect = program
    .command('collect')
    .description('sample servers into a history folder, for as long as it runs; `report FOLDER` reads it at any time')
    .argument('[url...]', 'redis://host:6379, rediss://…, unix:///path, redis+sentinel://host,host/name')
    .option('--history <dir>', 'the history folder', 'headroom-history')
    .option('--every <time>', 'how often to sample', '60s')
    .option('--for <time>', 'end after that time: 24h (default: until it is stopped)')
    .option('--once', 'one sample of each server, for cron')
    .option('--keep <time>', 'keep the newest days with samples and remove older files: 400d (default: keep all)')
    .option('--config <file>', 'YAML with servers:, how they let us in, what they run on, and labels')
    .option('--metrics-port <port>', 'serve its own metrics for Prometheus and its health: /metrics, /healthz, /livez; 0: any that is free')
    .option('--metrics-host <address>', 'where --metrics-port listens (default: 127.0.0.1)')
    .option('--explain-commands', 'every command that is sent, with when, why and what it costs')
    .option('--quiet', 'no messages');
  withLiveOptions(collect).action(async (urls: string[], options: Record<string, unknown>) => {
    const { collectCommand } = await import('./collect-command.ts');
    exitCode = await collectCommand(urls, options);
  });

  const history = program.command('history').description('look after a history folder');
  history
    .command('check')
    .description('verify every sample by its checksum')
    .argument('<dir>', 'the history folder')
    .action(async (dir: string) => {
      const { historyCheckCommand } = await import('./history-command.ts');
      exitCode = await historyCheckCommand(dir);
    });
  history
    .command('compact')
    .description('pack the days that are over into Parquet, a file a server and month; may run while a collector writes')
    .argument('<dir>', 'the history folder')
    .option('--older-than <time>', 'leave the newest days alone', '2d')
    .action(async (dir: string, options: Record<string, unknown>) => {
      const { historyCompactCommand } = await import('./history-command.ts');
      exitCode = await historyCompactCommand(dir, options);
    });

  program
    .command('acl')
    .description('the ACL rule for a user with which servers can be sampled, and no more')
    .option('--engine-version <version>', 'of the servers: 6.0, 7.2, valkey-8.1', '7.0')
    .option('--user <name>', 'name of the user', 'headroom')
    .option('--sentinel', 'for Sentinels instead')
    .option('--keyspace-sample', 'for report --keyspace-sample as well')
    .option('--settings', 'for report --settings and collect --settings as well')
    .option('--explain-commands', 'every command that is sent, with when, why and what it costs')
    .action(async (options: Record<string, unknown>) => {
      const { aclCommand } = await import('./acl-command.ts');
      exitCode = await aclCommand(options);
    });

  const catalog = program.command('catalog').description('the instance figures behind the recommendations');
  catalog
    .command('list')
    .description('offerings with their date and number of entries')
    .option('--provider <list>', 'only these providers')
    .action(async (options: Record<string, unknown>) => {
      const { catalogListCommand } = await import('./catalog-command.ts');
      exitCode = await catalogListCommand(options);
    });
  catalog
    .command('show')
    .description('entries of an offering, or one entry')
    .argument('<name>', 'offering, provider or instance name')
    .option('--catalog <file>', 'own catalog as well', COLLECT, [])
    .action(async (name: string, options: Record<string, unknown>) => {
      const { catalogShowCommand } = await import('./catalog-command.ts');
      exitCode = await catalogShowCommand(name, options);
    });
  catalog
    .command('check')
    .description('check an own catalog file')
    .argument('<file>', 'CSV')
    .action(async (file: string) => {
      const { catalogCheckCommand } = await import('./catalog-command.ts');
      exitCode = await catalogCheckCommand(file);
    });

  try {
    await program.parseAsync(argv as string[], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error, asJson);
    if (error.exitCode === 0) return 0;
    if (asJson) process.stderr.write(`${JSON.stringify({ kind: 'config', message: error.message.replace(/^error: /, '') })}\n`);
    return 2;
  }
}

/** One line for what the user can mend; the stack for what is our bug. Always exit code 2. */
function reportError(error: unknown, asJson: boolean): number {
  if (asJson) {
    const kind = error instanceof HeadroomError ? error.kind : 'internal';
    process.stderr.write(`${JSON.stringify({ kind, message: error instanceof Error ? error.message : String(error) })}\n`);
  } else if (error instanceof HeadroomError) {
    process.stderr.write(`redis-headroom: ${plain(error.message)}\n`);
  } else {
    process.stderr.write(
      `redis-headroom: this is a bug, please report it.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  }
  return 2;
}
