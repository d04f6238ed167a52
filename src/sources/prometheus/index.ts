/** History that a Prometheus, or a server that speaks its API, holds: read as the maxima of short steps, never as averages. */
import { InputError } from '../../model/errors.ts';
import { type InputReport, noteNodes, type SampleBatch } from '../../model/sample-batch.ts';
import { type PrometheusAccess, type PrometheusTarget, parsePrometheusUrl } from './address.ts';
import { Block } from './block.ts';
import { PrometheusClient, type Window } from './client.ts';
import { findMachineMemory } from './machine.ts';
import { findNodes } from './nodes.ts';
import { type MetricQuery, planQueries, queryText, SERVER_NAMES, selectorOf } from './plan.ts';

export { isPrometheusUrl, type PrometheusAccess } from './address.ts';

export interface PrometheusOptions {
  readonly access?: PrometheusAccess;
  /** Name for series that carry no label. */
  readonly nodeId?: string;
  /** Told, in a line, what is being read. */
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal;
}

const SECOND = 1000;
const DAY = 86_400 * SECOND;
/** What is read where no window is given. */
export const DEFAULT_DAYS = 30;
/** Samples of a node at most, but for the rounding up of the step: 30 days a minute. */
const MOST_SAMPLES = 45_000;
/** Steps in seconds; a window that needs longer ones gets whole hours. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
/** Prometheus refuses answers of more than 11,000 points a series. */
const MOST_POINTS = 10_000;
/** Points of one answer and rows of one batch, over all series. */
const MOST_ROWS = 150_000;
/** Requests at a time: a report must not get in the way of those who watch their dashboards. */
const AT_ONCE = 4;

/** The window that is read, where only a part of it is given: to now, and 30 days. Epoch milliseconds. */
export function windowOf(given: { readonly fromAt?: number; readonly toAt?: number }, now: number): Window {
  const toAt = Math.min(given.toAt ?? now, now);
  return { fromAt: given.fromAt ?? toAt - DEFAULT_DAYS * DAY, toAt };
}

/** How far apart samples are read, in milliseconds: a minute for 30 days, less for less. */
export function stepOf({ fromAt, toAt }: Window): number {
  const needed = (toAt - fromAt) / SECOND / MOST_SAMPLES;
  return SECOND * (STEPS.find((step) => step >= needed) ?? 3600 * Math.ceil(needed / 3600));
}

/**
 * Reads the history of every server that the address selects, a stretch of time at a time.
 * @param report - of this input; read again for another window it goes on counting
 * @throws InputError where there is nothing, ConfigError for a wrong address or selector, ConnectionError for a server that does not answer
 */
export async function* readPrometheus(
  url: string,
  window: Window,
  report: InputReport,
  options: PrometheusOptions = {},
): AsyncGenerator<SampleBatch> {
  const target = parsePrometheusUrl(url, options.access);
  if (window.fromAt >= window.toAt)
    throw new InputError(
      target.name,
      `the window begins at ${new Date(window.fromAt).toISOString()}, which is still to come. Give an earlier one.`,
    );
  const client = new PrometheusClient(target, options.signal);
  try {
    yield* read(client, target, window, report, options);
  } finally {
    client.close();
  }
}

/** The name of an address in reports. @throws ConfigError */
export function prometheusName(url: string): string {
  return parsePrometheusUrl(url).name;
}

async function* read(
  client: PrometheusClient,
  target: PrometheusTarget,
  window: Window,
  report: InputReport,
  options: PrometheusOptions,
): AsyncGenerator<SampleBatch> {
  const { selectors } = target;
  const queries = planQueries(
    await client.names(
      selectors.map((selector) => `{${selector || SERVER_NAMES}}`),
      window,
    ),
  );
  const used = queries.find(({ metricId }) => metricId === 'usedMemoryBytes');
  const series =
    used === undefined
      ? []
      : await client.series(
          selectors.map((selector) => selectorOf(used.name, selector)),
          window,
        );
  if (used === undefined || series.length === 0) throw await nothingFound(client, target, window, queries);

  const stepMs = stepOf(window);
  const rangeMs = (await includesStart(client, window.toAt)) ? stepMs - 1 : stepMs;
  const naming = await findNodes(client, series, used.name, selectors, window, options.nodeId ?? target.server);
  const nodeIds = [...naming.nodes.keys()].sort();
  const machine = await findMachineMemory(client, naming.nodes, queries, window);
  describe(report, queries, stepMs, [...(naming.note === undefined ? [] : [naming.note]), ...machine.notes]);

  const points = Math.max(1, Math.min(MOST_POINTS, Math.floor(MOST_ROWS / Math.max(nodeIds.length, series.length))));
  const first = Math.floor(window.fromAt / stepMs) * stepMs + stepMs;
  const last = Math.ceil(window.toAt / stepMs) * stepMs;
  let samples = 0;
  for (let fromAt = first; fromAt <= last; fromAt += points * stepMs) {
    const toAt = Math.min(last, fromAt + (points - 1) * stepMs);
    options.onProgress?.(`Reading ${target.server}: ${new Date(fromAt).toISOString().slice(0, 10)}, ${percent(fromAt, first, last)} %`);
    const block = new Block(nodeIds, fromAt, stepMs, Math.round((toAt - fromAt) / stepMs) + 1);
    const fetch = async (query: MetricQuery): Promise<number> => {
      const found = await client.range(queryText(query, selectors, rangeMs), { fromAt, toAt }, stepMs);
      block.put(query, found, naming.nodeOf, report);
      return found.length;
    };
    // Before the server was there, or longer ago than is kept, there is nothing else to ask for.
    if ((await fetch(used)) === 0) continue;
    await inParallel(
      queries.filter((query) => query !== used),
      fetch,
    );
    for (const { nodeId, metricId, valueAt } of machine.memories) block.fill(nodeId, metricId, valueAt);
    const batch = block.toBatch(report.input, window.toAt);
    if (batch === undefined) continue;
    samples += batch.count;
    report.samples += batch.count;
    noteNodes(report, batch.nodeIds);
    yield batch;
  }
  if (samples === 0) throw await nothingFound(client, target, window, queries);
  const scrapedEvery = await scrapeSeconds(client, used, selectors, window.toAt);
  if (scrapedEvery !== undefined && scrapedEvery * SECOND < stepMs * 0.9)
    note(
      report,
      `Scraped every ${scrapedEvery} s, read as the highest value of every ${stepMs / SECOND} s; a shorter window (--from, --to) is read finer.`,
    );
}

/** Whether `[1m]` also has the sample that is a minute old to the millisecond, as up to Prometheus 2: it would count twice. */
async function includesStart(client: PrometheusClient, at: number): Promise<boolean> {
  const [count] = await client.instant('count_over_time(vector(1)[1m:30s])', Math.floor(at / 60_000) * 60_000);
  return count?.value === 3;
}

/** Seconds between two scrapes at the end of the window; undefined where there is nothing near it. */
async function scrapeSeconds(
  client: PrometheusClient,
  used: MetricQuery,
  selectors: readonly string[],
  at: number,
): Promise<number | undefined> {
  const counts = selectors.map((selector) => `count_over_time(${selectorOf(used.name, selector)}[1h])`).join(' or ');
  const most = (await client.instant(`max(${counts})`, at))[0]?.value;
  return most === undefined || most < 2 ? undefined : Math.round(3600 / most);
}

function describe(report: InputReport, queries: readonly MetricQuery[], stepMs: number, notes: readonly string[]): void {
  report.timeSource = 'stamps';
  report.columns = queries.map(({ name, over, metricId, scale, where }) => ({
    name: `${over}(${name}${where === undefined ? '' : `{${where.join('=')}}`}[${stepMs / SECOND}s])`,
    ...(metricId === undefined ? { role: 'text' as const } : { role: 'metric' as const, metricId, scale }),
  }));
  for (const text of notes) note(report, text);
}

function note(report: InputReport, text: string): void {
  if (!report.notes.includes(text)) report.notes.push(text);
}

/** Says what there is instead. */
async function nothingFound(
  client: PrometheusClient,
  { name, selectors }: PrometheusTarget,
  window: Window,
  queries: readonly MetricQuery[],
): Promise<InputError> {
  const time = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  const when = `from ${time(window.fromAt)} to ${time(window.toAt)} UTC`;
  const asked = selectors.some((selector) => selector !== '');
  const others = asked ? await client.series([selectorOf('redis_memory_used_bytes')], window) : [];
  const jobs = [...new Set(others.map(({ job }) => job ?? ''))].sort();
  const shown = jobs.slice(0, 10).map((job) => JSON.stringify(job));
  const there =
    jobs.length > 0
      ? `Series of redis_exporter are there of ${jobs.length === 1 ? 'the job' : 'the jobs'} ${shown.join(', ')}${jobs.length > 10 ? ` and ${jobs.length - 10} more` : ''}; match={job=${shown[0]}} selects those.`
      : queries.length > 0
        ? `There are other metrics of it (${queries
            .slice(0, 3)
            .map((query) => query.name)
            .join(', ')}), but none of used memory.`
        : 'Nothing of redis_exporter is there in this window; --from and --to read another one.';
  return new InputError(name, `no series of used memory (redis_memory_used_bytes) ${asked ? 'matches' : 'is there'} ${when}. ${there}`);
}

const percent = (at: number, first: number, last: number): number => Math.floor((100 * (at - first)) / Math.max(1, last - first));

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
