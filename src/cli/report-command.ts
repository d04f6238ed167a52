import { isHistoryFolder } from '../history/index.ts';
import type { AnalyzeOptions, GroupDefinition } from '../index.ts';
import { type Aliases, analyze, anonymize, ingest } from '../index.ts';
import type { Analysis } from '../model/analysis.ts';
import { ConfigError } from '../model/errors.ts';
import { SEVERITIES, type Severity } from '../model/finding.ts';
import { isLiveUrl } from '../sources/live/index.ts';
import { hidingNames, openAliases, saveAliases } from './anonymity.ts';
import { readYaml } from './config-file.ts';
import { readGroups } from './groups-config.ts';
import { languageOption } from './language.ts';
import { lookOptions } from './live-options.ts';
import { logoOption } from './logo.ts';
import { openMessages } from './messages.ts';
import { nodePagesOption } from './node-pages.ts';
import {
  bytesOption,
  choiceOption,
  countOption,
  daysOption,
  engineOption,
  growthOption,
  listOption,
  policyOption,
  ratioOption,
  shardsOption,
} from './options.ts';
import { OUTPUT_FORMATS, writeOutputs } from './output.ts';
import { periodOption } from './period.ts';
import { readOptions } from './read-options.ts';

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
  const formats = listOption('--format', text('format') ?? '', OUTPUT_FORMATS);
  const language = languageOption(options.lang, process.env);
  const failOn =
    text('failOn') === undefined ? undefined : choiceOption('--fail-on', text('failOn') ?? '', ['warning', 'critical'] as const);
  const paper = choiceOption('--paper', (text('paper') ?? 'a4').toLowerCase(), ['a4', 'letter'] as const);
  const analyzing = analyzeOptions(text, options, zone);
  const period = periodOption(text, zone);
  const look = {
    paper,
    browserPath: text('browser'),
    logo: await logoOption(options),
    templateFolder: text('template'),
    nodePages: nodePagesOption(options.nodePages),
  };

  const history = text('history');
  if (history !== undefined && !(await isHistoryFolder(history)))
    throw new ConfigError('--history', history, 'a folder that `redis-headroom collect` wrote');
  const live = await lookOptions(options);

  const messages = await openMessages({ quiet: options.quiet === true });
  try {
    messages.step(inputs.some(isLiveUrl) ? `Sampling for ${text('for')}` : 'Reading');
    const ingested = await ingest(history === undefined ? inputs : [...inputs, history], { ...reading, ...period, live });
    for (const { nodeId } of ingested.histories) aliases?.of('node', nodeId);
    messages.step('Judging');
    const judged = await analyze(ingested, analyzing);
    const analysis = aliases === undefined ? judged : await anonymize(judged, aliases);
    await saveAliases(aliases, text('anonymizeMap'));
    const written = await writeOutputs(analysis, { out: text('out') ?? 'headroom-report', formats, language, ...look }, messages);
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

/** Adds the options of the config file under those of the command line. @throws ConfigError */
async function withConfig(
  given: Readonly<Record<string, unknown>>,
  isGiven: (name: string) => boolean,
): Promise<Readonly<Record<string, unknown>>> {
  if (typeof given.config !== 'string') return given;
  const settings = await readYaml(given.config);
  if (settings === null || typeof settings !== 'object' || Array.isArray(settings))
    throw new ConfigError('--config', given.config, 'YAML with option names and values');
  const merged: Record<string, unknown> = { ...given };
  for (const [key, value] of Object.entries(settings)) {
    const name = key.replace(/^--/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (!CONFIG_NAMES.has(name)) throw new ConfigError(`--config ${given.config}`, key, `one of ${[...CONFIG_NAMES].join(', ')}`);
    if (value === null) continue;
    if (name === 'groups') {
      merged.groups = readGroups(given.config, value);
      continue;
    }
    if ([value].flat().some((item) => item === null || typeof item === 'object'))
      throw new ConfigError(`--config ${given.config}`, key, 'a single value or a list of values behind it');
    // The period of the command line takes the place of the file's, however each is given.
    const isOverruled = name === 'month' ? isGiven('from') || isGiven('to') : (name === 'from' || name === 'to') && isGiven('month');
    if (!isGiven(name) && !isOverruled) merged[name] = LISTS.has(name) ? [value].flat() : Array.isArray(value) ? value.join(',') : value;
  }
  return merged;
}

const LISTS = new Set(['catalog', 'map', 'addressMap']);
const CONFIG_NAMES = new Set([
  'groups',
  'out',
  'format',
  'lang',
  'from',
  'to',
  'month',
  'tz',
  'horizon',
  'systemMemory',
  'targetRatio',
  'provider',
  'instance',
  'target',
  'catalog',
  'growth',
  'import',
  'replicas',
  'policy',
  'shards',
  'engine',
  'persistence',
  'managedBy',
  'title',
  'logo',
  'template',
  'nodePages',
  'anonymize',
  'anonymizeMap',
  'failOn',
  'browser',
  'paper',
  'inputKind',
  'node',
  'nodeColumn',
  'timeColumn',
  'timeFormat',
  'map',
  'metric',
  'quiet',
  'history',
  'for',
  'every',
  'user',
  'cacert',
  'cert',
  'key',
  'sni',
  'withReplicas',
  'addressMap',
]);
