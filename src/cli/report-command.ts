import { isHistoryFolder } from '../history/index.ts';
import type { AnalyzeOptions, GroupDefinition, Ingested } from '../index.ts';
import { type Aliases, analyze, anonymize, ingest } from '../index.ts';
import type { Analysis } from '../model/analysis.ts';
import { ConfigError } from '../model/errors.ts';
import { SEVERITIES, type Severity } from '../model/finding.ts';
import { type DescribedTarget, isLiveUrl, parseTarget } from '../sources/live/index.ts';
import { hidingNames, openAliases, saveAliases } from './anonymity.ts';
import { baselineOption, compareUnderNames } from './baseline.ts';
import { lookOptions, prometheusAccess } from './live-options.ts';
import { openMessages } from './messages.ts';
import {
  bytesOption,
  choiceOption,
  countOption,
  daysOption,
  engineOption,
  growthOption,
  policyOption,
  ratioOption,
  shardsOption,
} from './options.ts';
import { writeOutputs } from './output.ts';
import { outputOptions } from './output-options.ts';
import { comparedPeriodOption, periodOption } from './period.ts';
import { readOptions } from './read-options.ts';
import { withConfig } from './report-config.ts';
import { descriptionsByNode } from './servers-config.ts';

/**
 * `redis-headroom report INPUT…`
 * @param isGiven - whether an option stood on the command line: those win over the config file
 * @returns 0, or 1 when a finding reached `--fail-on`
 * @throws HeadroomError when there is no report
 */
export async function reportCommand(
  inputs: readonly string[],
  given: Readonly<Record<string, unknown>>,
  isGiven: (name: string) => boolean,
): Promise<number> {
  // The config file may ask for aliases too, but even what is wrong with it may name someone.
  const options = await hidingNames(await openAliases(given), inputs, () => withConfig(given, isGiven), given);
  const aliases = await openAliases(options);
  return hidingNames(aliases, inputs, () => makeReport(inputs, options, aliases), options);
}

async function makeReport(
  inputs: readonly string[],
  options: Readonly<Record<string, unknown>>,
  aliases: Aliases | undefined,
): Promise<number> {
  const text = (name: string): string | undefined => (options[name] === undefined ? undefined : String(options[name]));
  const reading = readOptions(options);
  const zone = reading.timeZone;
  const output = await outputOptions(options);
  const failOn =
    text('failOn') === undefined ? undefined : choiceOption('--fail-on', text('failOn') ?? '', ['warning', 'critical'] as const);
  const analyzing = analyzeOptions(text, options, zone);
  const period = periodOption(text, zone);
  const earlier = comparedPeriodOption(text, period, zone);
  const baselineFile = text('baseline');
  if (baselineFile !== undefined && earlier !== undefined)
    throw new ConfigError('--compare-to', text('compareTo') ?? '', 'either --baseline or --compare-to');
  const baseline = await baselineOption(baselineFile, aliases);

  const history = text('history');
  if (history !== undefined && !(await isHistoryFolder(history)))
    throw new ConfigError('--history', history, 'a folder that `redis-headroom collect` wrote');
  const configured = (options.servers ?? []) as readonly DescribedTarget[];
  if (inputs.length === 0 && configured.length === 0) throw new ConfigError('report', '', NO_INPUT);
  const { files, servers } = chooseServers(inputs, configured);
  const live = { ...(await lookOptions(options)), servers };
  if (live.keyspace !== undefined && servers.length === 0 && !files.some(isLiveUrl))
    throw new ConfigError('--keyspace-sample', text('keyspaceSample') ?? '', 'a server among the inputs, such as redis://host:6379');

  const messages = await openMessages({ quiet: options.quiet === true });
  try {
    messages.step(servers.length > 0 || files.some(isLiveUrl) ? `Sampling for ${text('for')}` : 'Reading');
    const descriptions = descriptionsByNode(configured);
    const ingested = await ingest(history === undefined ? files : [...files, history], {
      ...reading,
      ...period,
      earlier,
      live,
      prometheus: await prometheusAccess(options),
      onProgress: aliases === undefined ? messages.step : undefined,
      descriptions,
    });
    for (const { nodeId } of ingested.histories) aliases?.of('node', nodeId);
    for (const problem of ingested.keyspaceProblems ?? []) messages.note(aliases === undefined ? problem : aliases.inQuotingText(problem));
    messages.step('Judging');
    const judge = (read: Ingested) =>
      analyze(read, analyzing).catch((error: unknown) => {
        // What goes wrong with groups may quote labels; nowhere else are they words to be hidden.
        for (const { described } of read.histories) for (const value of Object.values(described?.labels ?? {})) aliases?.of('name', value);
        throw error;
      });
    const judged = await judge(ingested);
    const then = ingested.earlier === undefined ? baseline : await judge(ingested.earlier);
    const analysis =
      then === undefined
        ? aliases === undefined
          ? judged
          : await anonymize(judged, aliases)
        : await compareUnderNames(judged, then, aliases, {
            name: baselineFile ?? text('compareTo') ?? '',
            kind: baseline === undefined ? 'period' : 'baseline',
          });
    await saveAliases(aliases, text('anonymizeMap'));
    const written = await writeOutputs(analysis, output, messages);
    for (const input of analysis.inputs)
      if (input.rejectedRows > 0)
        messages.note(
          `${input.input}: ${input.rejectedRows === 1 ? '1 row' : `${input.rejectedRows} rows`} skipped; see data quality in the report.`,
        );
    for (const path of written) messages.note(`Wrote ${path}`);
    return failOn !== undefined && reaches(analysis, failOn) ? 1 : 0;
  } finally {
    messages.done();
  }
}

const NO_INPUT =
  'INFO dumps, CSV files, folders, a history folder, a Prometheus such as prometheus+http://host:9090, servers such as redis://host:6379, or --config with servers:';

/** Which servers of the config file are sampled: without inputs all, else those that are named, which then are let in as the file says. */
function chooseServers(
  inputs: readonly string[],
  configured: readonly DescribedTarget[],
): { readonly files: readonly string[]; readonly servers: readonly DescribedTarget[] } {
  if (inputs.length === 0) return { files: [], servers: configured };
  const byName = new Map(configured.map((each) => [each.target.name, each]));
  const named = (input: string): DescribedTarget | undefined => (isLiveUrl(input) ? byName.get(parseTarget(input).name) : undefined);
  return { files: inputs.filter((input) => named(input) === undefined), servers: inputs.flatMap((input) => named(input) ?? []) };
}

function analyzeOptions(
  text: (name: string) => string | undefined,
  options: Readonly<Record<string, unknown>>,
  timeZone: string,
): AnalyzeOptions & { catalogFiles: readonly string[] } {
  const optional = <T>(name: string, flag: string, parse: (option: string, value: string) => T): T | undefined => {
    const value = text(name);
    return value === undefined ? undefined : parse(flag, value);
  };
  const catalogFiles = Array.isArray(options.catalog) ? options.catalog.map(String) : [];
  return {
    timeZone,
    title: text('title'),
    horizonDays: optional('horizon', '--horizon', daysOption),
    systemMemoryBytes: optional('systemMemory', '--system-memory', bytesOption),
    targetRatio: optional('targetRatio', '--target-ratio', ratioOption),
    providers: text('provider')
      ?.split(',')
      .map((word) => word.trim().toLowerCase())
      .filter((word) => word !== ''),
    instance: text('instance'),
    target: text('target'),
    growthRatio: optional('growth', '--growth', growthOption),
    importBytes: optional('import', '--import', bytesOption),
    replicas: optional('replicas', '--replicas', countOption),
    persistence: optional('persistence', '--persistence', (option, value) => choiceOption(option, value, ['none', 'rdb', 'aof'] as const)),
    policy: optional('policy', '--policy', policyOption),
    shards: optional('shards', '--shards', shardsOption),
    engine: optional('engine', '--engine', engineOption),
    managedBy: optional('managedBy', '--managed-by', (option, value) => choiceOption(option, value, ['helm'] as const)),
    hashKeys: options.hashKeys === true,
    generatedAt: generatedAt(),
    groups: options.groups as readonly GroupDefinition[] | undefined,
    catalogFiles,
  };
}

/** Now, or the instant that SOURCE_DATE_EPOCH (seconds) asks for, so that a report can be made again byte for byte. */
function generatedAt(): number {
  const epoch = process.env.SOURCE_DATE_EPOCH;
  return epoch !== undefined && /^\d{1,11}$/.test(epoch) ? Number(epoch) * 1000 : Date.now();
}

function reaches(analysis: Analysis, severity: Exclude<Severity, 'info'>): boolean {
  const from = SEVERITIES.indexOf(severity);
  return analysis.nodes.some((node) =>
    node.findings.some((finding) => finding.verdict === 'raised' && SEVERITIES.indexOf(finding.severity) >= from),
  );
}
