/**
 * The library face of redis-headroom: `ingest → analyze → buildReport → render`, the four calls that the command makes.
 *
 * ```ts
 * const ingested = await ingest(['info-dumps/'], { timeZone: 'UTC' });
 * const analysis = await analyze(ingested, { systemMemoryBytes: 16 * 2 ** 30 });
 * const html = await render(buildReport(analysis, { language: 'en' }), 'html');
 * ```
 */
import { type AnalyzeOptions, analyzeHistories } from './analysis/index.ts';
import { catalogDates, loadCatalog, PROVIDER_NAMES } from './catalogs/index.ts';
import type { Aliases } from './model/aliases.ts';
import type { Analysis } from './model/analysis.ts';
import type { InputError } from './model/errors.ts';
import type { KeyspaceSample } from './model/keyspace-sample.ts';
import { mergeDescriptions, type NodeDescription } from './model/node-description.ts';
import type { NodeHistory } from './model/node-history.ts';
import type { InputReport, SampleBatch } from './model/sample-batch.ts';
import type { RenderOptions } from './render/index.ts';
import type { Report } from './report/blocks.ts';
import type { SampledKeyspace, SamplingOptions } from './sources/live/index.ts';
import type { PrometheusAccess } from './sources/prometheus/index.ts';
import type { ReadOptions } from './sources/source.ts';
import { toolVersion } from './version.ts';

export type { GroupDefinition } from './analysis/group-config.ts';
export type { AnalyzeOptions } from './analysis/index.ts';
export { Aliases, type AliasMapping } from './model/aliases.ts';
export type { Action, Analysis, BudgetLine, Finding, Forecast, Fragmentation, NodeAnalysis, Provisioning } from './model/analysis.ts';
export type { CatalogEntry } from './model/catalog.ts';
export { ConfigError, ConnectionError, HeadroomError, InputError } from './model/errors.ts';
export type { NodeDescription } from './model/node-description.ts';
export type { NodeHistory } from './model/node-history.ts';
export type { InputReport, SampleBatch } from './model/sample-batch.ts';
export type { RenderOptions } from './render/index.ts';
export type { Report } from './report/blocks.ts';
export { buildReport, type ReportOptions } from './report/index.ts';
export type { PrometheusAccess } from './sources/prometheus/index.ts';
export type { ReadOptions } from './sources/source.ts';

export interface IngestOptions extends ReadOptions {
  /** Force how inputs are read: `info-dump` or `csv`. */
  readonly inputKind?: string;
  /** Only samples of this window, epoch milliseconds UTC. */
  readonly fromAt?: number;
  readonly toAt?: number;
  /** Also the samples of an earlier window, read together with these: which one, told the instant of the newest sample of this window. */
  readonly earlier?: (latestAt: number) => { readonly fromAt?: number; readonly toAt?: number };
  /** How servers given by `redis://` and the like are sampled. */
  readonly live?: SamplingOptions;
  /** How a Prometheus given by `prometheus+https://` lets us in, where its address does not say it. */
  readonly prometheus?: PrometheusAccess;
  /** Told, in a line, what is being read, where that takes long. */
  readonly onProgress?: (text: string) => void;
  /** What you say of nodes, by their names; wins over what a history folder says. */
  readonly descriptions?: ReadonlyMap<string, NodeDescription>;
  readonly signal?: AbortSignal;
}

/** What was read: one bounded history a node, and how each input was understood. */
export interface Ingested {
  readonly histories: readonly NodeHistory[];
  readonly inputs: readonly InputReport[];
  /** The earlier window that was asked for. */
  readonly earlier?: { readonly histories: readonly NodeHistory[]; readonly inputs: readonly InputReport[] };
  /** Keys that were looked at by chance, a sample a shard; where it was asked for. */
  readonly keyspaceSamples?: readonly KeyspaceSample[];
  /** Why there is no such sample of a server, or only a part of it. */
  readonly keyspaceProblems?: readonly string[];
}

/**
 * Reads INFO dumps and CSV files, folders and globs (`-` is stdin), history folders of `collect` and what a Prometheus holds (`prometheus+https://…`; without
 * a window the last 30 days) into one history a node, and samples servers (`redis://…`) for a while.
 * @throws InputError when nothing in them is usable, or no sample lies in the window; ConnectionError when no server answers
 */
export async function ingest(paths: readonly string[], options: IngestOptions = {}): Promise<Ingested> {
  const [{ openInputs }, { readInputs }, { isLiveUrl, sampleServers }, { isPrometheusUrl }, { isHistoryFolder, openHistory }] =
    await Promise.all([
      import('./sources/open-inputs.ts'),
      import('./sources/index.ts'),
      import('./sources/live/index.ts'),
      import('./sources/prometheus/address.ts'),
      import('./history/index.ts'),
    ]);
  const urls = paths.filter(isLiveUrl);
  const stored = paths.filter(isPrometheusUrl);
  const local = paths.filter((path) => !isLiveUrl(path) && !isPrometheusUrl(path));
  const folders = (await Promise.all(local.map(async (path) => ((await isHistoryFolder(path)) ? [path] : [])))).flat();
  const files = local.filter((path) => !folders.includes(path));
  const history = await openHistory();
  try {
    const inputs: InputReport[] = [];
    let keyspace: SampledKeyspace | undefined;
    for (const folder of folders) inputs.push(await history.addFolder(folder));
    if (files.length > 0)
      for await (const { delivery } of readInputs(openInputs(files), options, inputs, options.signal)) await history.add(delivery);
    const readStored = stored.length === 0 ? undefined : await openPrometheus(stored, inputs, options);
    for await (const batch of readStored?.(options) ?? []) await history.add(batch);
    let sampled: Awaited<ReturnType<typeof sampleServers>> | undefined;
    if (urls.length > 0 || (options.live?.servers ?? []).length > 0) {
      sampled = await sampleServers(urls, options.live ?? {}, inputs, {
        needed: local.length + stored.length === 0,
        signal: options.signal,
      });
      for (const batch of sampled.batches) await history.add(batch);
      keyspace = sampled.keyspace;
    }
    const described = (each: NodeHistory): NodeHistory => {
      const given = mergeDescriptions(sampled?.descriptions.get(each.nodeId), options.descriptions?.get(each.nodeId));
      return given === undefined ? each : { ...each, described: mergeDescriptions(each.described, given) };
    };
    const histories = (await history.nodes({ fromAt: options.fromAt, toAt: options.toAt })).map(described);
    if (histories.length === 0) throw await noSamples(paths, options);
    const keys = keyspace === undefined ? {} : { keyspaceSamples: keyspace.samples, keyspaceProblems: keyspace.problems };
    if (options.earlier === undefined) return { histories, inputs, ...keys };
    // What is counted while the earlier window is read is no part of this one's report.
    const told = inputs.map((input) => ({ ...input }));
    const window = options.earlier(Math.max(...histories.map(({ toAt }) => toAt)));
    for await (const batch of readStored?.(window) ?? []) await history.add(batch);
    const earlier = (await history.nodes(window)).map(described);
    if (earlier.length === 0) throw await noSamples(paths, window);
    return { histories, inputs: told, ...keys, earlier: { histories: earlier, inputs } };
  } finally {
    await history.close();
  }
}

type GivenWindow = Pick<IngestOptions, 'fromAt' | 'toAt'>;

/** Reads one window after the other of each Prometheus; their reports are added to `inputs`. */
async function openPrometheus(
  urls: readonly string[],
  inputs: InputReport[],
  { prometheus: access, nodeId, onProgress, signal }: IngestOptions,
): Promise<(window: GivenWindow) => AsyncGenerator<SampleBatch>> {
  const [{ prometheusName, readPrometheus, windowOf }, { startInputReport }] = await Promise.all([
    import('./sources/prometheus/index.ts'),
    import('./model/sample-batch.ts'),
  ]);
  const reports = urls.map((url) => startInputReport(prometheusName(url), 'prometheus'));
  inputs.push(...reports);
  const now = Date.now();
  return async function* readAll(given) {
    for (const [index, url] of urls.entries())
      yield* readPrometheus(url, windowOf(given, now), reports[index] as InputReport, { access, nodeId, onProgress, signal });
  };
}

async function noSamples(paths: readonly string[], { fromAt, toAt }: GivenWindow): Promise<InputError> {
  const { InputError } = await import('./model/errors.ts');
  const input = paths[0] ?? 'input';
  if (fromAt === undefined && toAt === undefined) return new InputError(input, 'holds no sample that can be used.');
  const time = (at: number): string => new Date(at).toISOString();
  const window = [...(fromAt === undefined ? [] : [`from ${time(fromAt)}`]), ...(toAt === undefined ? [] : [`to ${time(toAt)}`])].join(' ');
  return new InputError(input, `no sample lies in the window ${window}. \`redis-headroom inspect\` shows the span of the input.`);
}

/**
 * Judges what was read.
 * @throws ConfigError for an instance, provider or offering that no catalog has
 */
export async function analyze(
  ingested: Ingested,
  options: AnalyzeOptions & { readonly catalogFiles?: readonly string[] } = {},
): Promise<Analysis> {
  const catalog = await loadCatalog({ files: options.catalogFiles });
  const known = new Set([...PROVIDER_NAMES, ...catalog.map(({ provider }) => provider)]);
  for (const provider of options.providers ?? []) {
    if (known.has(provider)) continue;
    const { ConfigError } = await import('./model/errors.ts');
    throw new ConfigError('--provider', provider, `one of ${PROVIDER_NAMES.join(', ')}`);
  }
  return analyzeHistories(ingested.histories, ingested.inputs, {
    ...options,
    keyspaceSamples: ingested.keyspaceSamples,
    catalog,
    catalogDates: catalogDates(catalog),
    tool: { name: 'redis-headroom', version: toolVersion() },
  });
}

/**
 * The same Analysis with what moved since an earlier one: figures, findings, what became of its advice, and whether its forecast held.
 * @param name - of the earlier one, for errors
 * @param kind - `period` where both were made of one input with the same options
 * @throws ConfigError where no node is in both, the earlier one is the later one, or only one of them has aliases for names
 */
export async function compare(
  analysis: Analysis,
  earlier: Analysis,
  { name = 'earlier analysis', kind = 'baseline' }: { readonly name?: string; readonly kind?: 'baseline' | 'period' } = {},
): Promise<Analysis> {
  const { compareAnalyses } = await import('./analysis/comparison/index.ts');
  return compareAnalyses(analysis, earlier, { kind, option: kind === 'baseline' ? '--baseline' : '--compare-to', value: name });
}

/** Whether the names in an Analysis are aliases, as `anonymize` gives them. */
export async function isAnonymous(analysis: Analysis): Promise<boolean> {
  return (await import('./analysis/comparison/index.ts')).isAnonymous(analysis);
}

/**
 * The same Analysis with nodes, groups, inputs, addresses and names of own catalogs called by aliases (`node-1`), and without a title.
 * @param aliases - those of an earlier run, so that names keep theirs; holds the mapping afterwards
 */
export async function anonymize(analysis: Analysis, aliases: Aliases): Promise<Analysis> {
  const { anonymizeAnalysis } = await import('./analysis/anonymize.ts');
  const builtIn = await loadCatalog();
  const publicNames = new Set([...PROVIDER_NAMES, ...builtIn.flatMap(({ provider, offering, name }) => [provider, offering, name])]);
  return anonymizeAnalysis(analysis, aliases, publicNames);
}

/** Formats that a Report can be rendered in. (The JSON output is the Analysis itself.) */
export type RenderFormat = 'html' | 'pdf' | 'md' | 'jira';

/** Formats of the table of figures. */
export type FiguresFormat = 'csv' | 'xlsx';

/**
 * A Report as text (HTML, Markdown, Jira's markup) or bytes (PDF); writes nothing.
 * @throws ConfigError for another format, or when no browser can be started for the PDF
 */
export async function render(report: Report, format: RenderFormat, options: RenderOptions = {}): Promise<string | Uint8Array> {
  const [{ RENDERERS }, { ConfigError }] = await Promise.all([import('./render/index.ts'), import('./model/errors.ts')]);
  const renderer = RENDERERS.find(({ id }) => id === format);
  if (!renderer) throw new ConfigError('format', format, `one of ${RENDERERS.map(({ id }) => id).join(', ')}`);
  return renderer.render(report, options);
}

/**
 * All figures of an Analysis as a table, a row a node: text (CSV) or bytes (XLSX). Its columns are a contract, docs/analysis-format.md; writes nothing.
 * @throws ConfigError for another format
 */
export async function renderFigures(analysis: Analysis, format: FiguresFormat): Promise<string | Uint8Array> {
  const { renderFigures: draw } = await import('./render/figures.ts');
  return draw(analysis, format);
}

/**
 * An Analysis that was saved as JSON.
 * @throws InputError where the text is no Analysis of this schema version
 */
export async function readAnalysis(text: string, name: string): Promise<Analysis> {
  const [{ analysisSchema }, { InputError }] = await Promise.all([import('./model/analysis.ts'), import('./model/errors.ts')]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(name, 'is not JSON. Expected an analysis.json that `redis-headroom report --format json` wrote.', { cause });
  }
  const result = analysisSchema.safeParse(value);
  if (result.success) return result.data;
  const { version, writer } = findOrigin(value);
  if (version !== undefined && version !== 1)
    throw new InputError(
      name,
      `is an Analysis of schema version ${version}${writer === undefined ? '' : `, which redis-headroom ${writer} wrote`}; this redis-headroom (${toolVersion()}) reads version 1. Use a release that reads it, or make it again with this one.`,
    );
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the document' : issue.path.join('.');
  const { compareVersions } = await import('./model/engine.ts');
  const isNewer = writer !== undefined && compareVersions(writer, toolVersion()) > 0;
  throw new InputError(
    name,
    `is no Analysis of schema version 1: ${where}: ${issue?.message ?? 'unknown'}. Expected an analysis.json that \`redis-headroom report --format json\` wrote${isNewer ? `; this one is of redis-headroom ${writer}, newer than this ${toolVersion()}` : ''}.`,
  );
}

/** What a document says of its form, where it says it. */
function findOrigin(value: unknown): { readonly version?: number; readonly writer?: string } {
  if (typeof value !== 'object' || value === null) return {};
  const { schemaVersion, tool } = value as { readonly schemaVersion?: unknown; readonly tool?: { readonly version?: unknown } | null };
  return {
    ...(typeof schemaVersion === 'number' ? { version: schemaVersion } : {}),
    ...(typeof tool?.version === 'string' && tool.version.length < 40 ? { writer: tool.version } : {}),
  };
}
