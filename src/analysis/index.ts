import { findEntry } from '../catalogs/index.ts';
import type { Analysis, AnalysisSettings, GroupAnalysis, NodeAnalysis, Provisioning } from '../model/analysis.ts';
import type { CatalogEntry } from '../model/catalog.ts';
import { type Engine, identifyEngine } from '../model/engine.ts';
import { ConfigError } from '../model/errors.ts';
import type { KeyspaceSample } from '../model/keyspace-sample.ts';
import { parseDatabaseMetricId, type TextFieldId } from '../model/metrics.ts';
import type { NodeHistory } from '../model/node-history.ts';
import type { InputReport } from '../model/sample-batch.ts';
import { recommendActions } from './actions/index.ts';
import { measureActivity, measurePersistence } from './activity.ts';
import { type BudgetQuestion, planMemory, planMemoryToday } from './budget.ts';
import { placeInClusters } from './cluster-topology.ts';
import type { NodeFigures } from './findings/finding-rule.ts';
import { judgeFindings } from './findings/index.ts';
import { describeFleet, sumFleet } from './fleet.ts';
import { forecastNode } from './forecast/index.ts';
import { diagnoseFragmentation } from './fragmentation/index.ts';
import type { GroupDefinition } from './group-config.ts';
import { judgeGroup } from './group-verdict.ts';
import { describeGroup, placeOf } from './groups.ts';
import { planHashTables } from './hash-tables.ts';
import { estimateKeyspace } from './keyspace-sample/index.ts';
import { hashPart, renameKeys } from './keyspace-sample/key-names.ts';
import { knownSettings } from './known-settings.ts';
import { findLimitChanges } from './limit-changes.ts';
import { findDataSets, findMemberships, mapMembership } from './membership.ts';
import { findPastTableSteps } from './past-table-steps.ts';
import { findLatest, findPeaks } from './peaks.ts';
import { findPlanNotes } from './plan-notes.ts';
import { assessQuality } from './quality.ts';
import { describeEngineChange, moveData } from './scenarios.ts';
import { buildSeries, findDailyPeaks, findHourlyPeaks } from './series.ts';
import { chooseInstance, findShortRatio } from './sizing.ts';
import { planSpread, spreadOver } from './spread.ts';
import { measureSystemMemory } from './system-memory.ts';
import { placeBelowLimit } from './table-room.ts';
import { decideVerdict } from './verdict.ts';
import { planWhatIfs, type ShardPlace } from './what-if.ts';

/** Resident memory plus everything a fork needs may fill this share of the machine (docs/methodology.md#the-two-conditions). */
const FORK_CEILING_RATIO = 0.95;
const DEFAULT_TARGET_RATIO = 0.8;
const DEFAULT_HORIZON_DAYS = 90;

/** What the user may decide. Everything has a default. */
export interface AnalyzeOptions {
  readonly title?: string;
  /** Epoch milliseconds UTC; default now. Passed in so that the same input gives the same bytes. */
  readonly generatedAt?: number;
  /** IANA zone in which instants are told; default UTC. */
  readonly timeZone?: string;
  /** Default 90. */
  readonly horizonDays?: number;
  /** Memory of the machine or container; wins over what INFO reports. */
  readonly systemMemoryBytes?: number;
  /** Share of the machine that resident memory may fill; default 0.8. */
  readonly targetRatio?: number;
  readonly providers?: readonly string[];
  /** Instance type it runs on now. */
  readonly instance?: string;
  /** Offering it is to move to. */
  readonly target?: string;
  /** Growth over the horizon instead of the forecast: 0.3 = 30 %. */
  readonly growthRatio?: number;
  /** Data of the same kind that will be loaded at once. */
  readonly importBytes?: number;
  /** What the keys are for, as it will be. */
  readonly policy?: 'cache' | 'store';
  /** Shards that the data will be spread over. */
  readonly shards?: number;
  /** Engine and version that it will run on. */
  readonly engine?: { readonly name: 'redis' | 'valkey'; readonly version: string };
  readonly replicas?: number;
  readonly persistence?: 'none' | 'rdb' | 'aof';
  /** `helm`: lines to copy also change the values of the server's chart. */
  readonly managedBy?: 'helm';
  /** Hashes in place of the parts of key names. */
  readonly hashKeys?: boolean;
  /** Groups as the user knows them; they win over what INFO shows. */
  readonly groups?: readonly GroupDefinition[];
}

interface Surroundings {
  readonly catalog: readonly CatalogEntry[];
  readonly catalogDates: Readonly<Record<string, string>>;
  readonly tool: { readonly name: string; readonly version: string };
  readonly keyspaceSamples?: readonly KeyspaceSample[];
}

/**
 * Histories → Analysis: every number and verdict, no words.
 * @throws ConfigError when `instance` or `target` is in no catalog, or `groups` do not fit the nodes
 */
export function analyzeHistories(
  histories: readonly NodeHistory[],
  inputs: readonly InputReport[],
  options: AnalyzeOptions & Surroundings,
): Analysis {
  const settings = settle(options);
  const generatedAt = options.generatedAt ?? Date.now();
  const instance = options.instance === undefined ? undefined : findEntry(options.catalog, options.instance);
  if (options.instance !== undefined && instance === undefined)
    throw new ConfigError('--instance', options.instance, 'a name that `redis-headroom catalog show` knows');
  if (options.target !== undefined && !options.catalog.some((entry) => entry.offering === options.target)) {
    throw new ConfigError('--target', options.target, 'an offering that `redis-headroom catalog list` shows');
  }
  // The keys of a shard are told once, of its primary where that is in the report.
  const known = new Set(histories.map(({ nodeId }) => nodeId));
  const sampleOf = new Map(options.keyspaceSamples?.map((sample) => [sample.nodeIds.find((id) => known.has(id)), sample]));
  const measured = new Map(
    histories.map((history) => [
      history,
      measureNode(history, inputs, settingsOf(history, settings), { ...options, generatedAt }, sampleOf.get(history.nodeId)),
    ]),
  );
  const found = findMemberships(histories, options.groups, placeInClusters(histories, inputs));
  const memberships = found.map((group) => mapMembership(group, (history) => measured.get(history) as MeasuredNode));
  const membershipOf = new Map(
    fleetsFirst(memberships).flatMap((group) => group.sets.flatMap((set) => set.nodes.map((node) => [node, group] as const))),
  );
  const planned = new Map(
    [...measured.values()].map((node) => [node, planNode(node, placeOf(node, membershipOf.get(node)), options.catalog)]),
  );
  const nodes = [...planned.values()];
  const groups = memberships.map((group) =>
    describeGroup(
      mapMembership(group, (node) => planned.get(node) as PlannedNode),
      {
        sizeGroup: (node, shards) => ({
          ...node.node.provisioning,
          instance: sizeInstance(node.question, node.settings, options.catalog, shards),
        }),
        planShare: (node, share, shards) =>
          planMemory(moveData(node.question, { engine: settings.engine, share, presentShards: shards * share })),
        ceilingRatio: settings.forkCeilingRatio,
      },
    ),
  );
  const groupOf = new Map(fleetsFirst(groups).flatMap((group) => group.nodeIds.map((id) => [id, group] as const)));
  const judged = nodes.map((node) => judgeNode(node, groupOf.get(node.history.nodeId)));
  return {
    schemaVersion: 1,
    tool: options.tool,
    generatedAt,
    title: options.title,
    window: {
      fromAt: Math.min(...histories.map((history) => history.fromAt)),
      toAt: Math.max(...histories.map((history) => history.toAt)),
    },
    settings,
    inputs: inputs.map(({ input, inputKind, dialect, samples, rejectedRows, rejections, notes, unusable }) => ({
      input,
      inputKind,
      dialect,
      samples,
      rejectedRows,
      rejections,
      notes: unusable === undefined ? notes : [...notes, unusable],
    })),
    nodes: judged,
    groups: groups.map((group, i) =>
      group.kind === 'fleet'
        ? { ...group, totals: sumFleet(found[i]?.sets ?? [], judged, groups) }
        : { ...group, ...judgeGroup(group, judged) },
    ),
    fleet: describeFleet(findDataSets(histories, found), judged, groups),
  };
}

/** Of a node that is in a fleet and in another group, the other one counts. */
function fleetsFirst<T extends { readonly kind: string }>(groups: readonly T[]): T[] {
  return groups.toSorted((a, b) => Number(b.kind === 'fleet') - Number(a.kind === 'fleet'));
}

function settle(options: AnalyzeOptions & Surroundings): AnalysisSettings {
  return {
    targetRatio: options.targetRatio ?? DEFAULT_TARGET_RATIO,
    forkCeilingRatio: FORK_CEILING_RATIO,
    horizonDays: options.horizonDays ?? DEFAULT_HORIZON_DAYS,
    timeZone: options.timeZone ?? 'UTC',
    systemMemoryBytes: options.systemMemoryBytes,
    providers: [...(options.providers ?? [])],
    instance: options.instance,
    target: options.target,
    growthRatio: options.growthRatio,
    importBytes: options.importBytes,
    policy: options.policy,
    shards: options.shards,
    engine: options.engine,
    replicas: options.replicas,
    persistence: options.persistence,
    managedBy: options.managedBy,
    catalogDates: options.catalogDates,
  };
}

/** The newest value of each text field. */
function newestTexts(history: NodeHistory): Partial<Record<TextFieldId, string>> {
  return Object.fromEntries(
    Object.entries(history.texts).flatMap(([id, changes]) => (changes?.at(-1) === undefined ? [] : [[id, changes.at(-1)?.value]])),
  );
}

/** The settings as they hold for one node: what it is said to run on wins over what is said of all. */
function settingsOf({ described }: NodeHistory, settings: AnalysisSettings): AnalysisSettings {
  return described?.instance === undefined ? settings : { ...settings, instance: described.instance };
}

/** A node with its figures but the plan, and what they were computed from. */
interface MeasuredNode {
  readonly history: NodeHistory;
  readonly settings: AnalysisSettings;
  readonly question: BudgetQuestion;
  readonly instance: CatalogEntry | undefined;
  readonly node: Omit<NodeFigures, 'provisioning'>;
}

interface PlannedNode extends MeasuredNode {
  readonly node: NodeFigures;
}

function measureNode(
  history: NodeHistory,
  inputs: readonly InputReport[],
  settings: AnalysisSettings,
  options: AnalyzeOptions & Surroundings,
  keyspaceSample: KeyspaceSample | undefined,
): MeasuredNode {
  const texts = newestTexts(history);
  const engine: Engine = identifyEngine(texts, history.hasKeyDbFields);
  const instance = settings.instance === undefined ? undefined : findEntry(options.catalog, settings.instance, engine.name);
  if (settings.instance !== undefined && instance === undefined && findEntry(options.catalog, settings.instance) === undefined)
    throw new ConfigError(
      `instance of ${history.nodeId}`,
      settings.instance,
      'a name that `redis-headroom catalog show` knows, or one of --catalog',
    );
  const systemMemory = measureSystemMemory(history, {
    systemMemoryBytes: settings.systemMemoryBytes,
    instanceMemoryBytes: instance?.memoryBytes,
    targetRatio: settings.targetRatio,
  });
  const peaks = findPeaks(history, engine);
  const pastSteps = findPastTableSteps(history, engine);
  const forecast = forecastNode(history, {
    pastSteps,
    horizonDays: settings.horizonDays,
    mayShorten: options.horizonDays === undefined,
    systemTargetBytes: systemMemory.totalBytes === undefined ? undefined : systemMemory.totalBytes * settings.targetRatio,
  });
  const steps = planHashTables(history, engine);
  const question: BudgetQuestion = { history, engine, peaks, forecast, steps, settings, systemMemoryBytes: systemMemory.totalBytes };

  const estimated = keyspaceSample === undefined ? undefined : estimateKeyspace(keyspaceSample, engine);
  const sampled = estimated !== undefined && options.hashKeys === true ? renameKeys(estimated, hashPart) : estimated;

  const node = {
    id: history.nodeId,
    ...(history.described?.labels === undefined ? {} : { labels: { ...history.described.labels } }),
    engine,
    role: texts.role,
    allocator: texts.allocator,
    maxmemoryPolicy: texts.maxmemoryPolicy,
    ...(texts.settings === undefined ? {} : { settings: knownSettings(history) }),
    quality: assessQuality(history, inputs, {
      systemMemoryKnown: systemMemory.totalBytes !== undefined,
      generatedAt: options.generatedAt,
    }),
    peaks,
    latest: findLatest(history),
    systemMemory,
    fragmentation: diagnoseFragmentation(history, engine, instance?.offering),
    forecast,
    keyspace: {
      ...describeKeyspace(history, placeBelowLimit(steps, history, engine, { peaks, forecast, maxmemoryPolicy: texts.maxmemoryPolicy })),
      ...(pastSteps.length > 0 ? { pastSteps } : {}),
      ...(sampled === undefined ? {} : { sample: sampled }),
    },
    activity: measureActivity(history, countOwnHits(history, options.keyspaceSamples)),
    persistence: measurePersistence(history),
    series: buildSeries(history),
    dailyPeaks: findDailyPeaks(history),
    hourlyPeaks: findHourlyPeaks(history),
  };
  return { history, settings, question, instance, node };
}

/** TYPE and PTTL each count as a hit of the server that was asked. */
function countOwnHits({ nodeId }: NodeHistory, samples: readonly KeyspaceSample[] = []): number {
  const sample = samples.find(({ takenFrom }) => takenFrom === nodeId);
  if (sample === undefined) return 0;
  return 2 * sample.databases.reduce((sum, { draws }) => sum + draws.reduce((keys, draw) => keys + draw.length, 0), 0);
}

/** The budget of the node under the settings, and under others. */
function planNode(measured: MeasuredNode, place: ShardPlace, catalog: readonly CatalogEntry[]): PlannedNode {
  const { settings } = measured;
  const question = placeQuestion(measured.question, place, settings);
  const memory = planMemory(question);
  const engineChange = describeEngineChange(question);
  const notes = findPlanNotes(question, place);
  const changes = findLimitChanges(measured.history);
  const provisioning: Provisioning = {
    ...memory,
    maxmemoryBytes: { ...memory.maxmemoryBytes, ...(changes.length > 0 ? { changes: [...changes] } : {}) },
    whatIf: memory.memoryNeededBytes === undefined ? undefined : [...planWhatIfs(question, place)],
    ...(typeof engineChange === 'object' ? { engineChange } : {}),
    ...planShards(question, place, settings, catalog),
    ...(notes.length > 0 ? { notes } : {}),
    instance: sizeInstance(question, settings, catalog),
  };
  return { ...measured, question, node: { ...measured.node, provisioning } };
}

/** The question for the engine that was asked for, now that it is known of how many shards the node is one. */
function placeQuestion(question: BudgetQuestion, { shards }: ShardPlace, { engine }: AnalysisSettings): BudgetQuestion {
  return engine === undefined ? question : moveData(question, { engine, presentShards: shards });
}

/** The plan for the number of shards that was asked for; nothing where none was, or where it is not known of how many this is one. */
function planShards(
  question: BudgetQuestion,
  place: ShardPlace,
  settings: AnalysisSettings,
  catalog: readonly CatalogEntry[],
): Pick<Provisioning, 'spread'> {
  if (settings.shards === undefined || place.shards === undefined || settings.shards === place.shards) return {};
  const plan = spreadOver(question, place.shards, settings.shards);
  const spread = planSpread(plan);
  if (spread === undefined) return {};
  return { spread: { ...spread, instance: sizeInstance(plan.question, settings, catalog, plan.shards) } };
}

function judgeNode(measured: PlannedNode, group: GroupAnalysis | undefined): NodeAnalysis {
  const { history, settings, instance, question } = measured;
  const node = { ...measured.node, groupId: group?.id };
  const context = { history, engine: question.engine, node, settings, instance, group };
  const findings = judgeFindings(context);
  const { actions, wouldNotHelp } = recommendActions({ ...context, findings });
  return { ...node, findings, actions, wouldNotHelp, verdict: decideVerdict({ node, findings, actions }) };
}

/**
 * What the node could run on, at the horizon and (for the fill of today) for the peak so far.
 * @param shards - of a cluster whose every shard needs as much
 */
function sizeInstance(
  question: BudgetQuestion,
  settings: AnalysisSettings,
  catalog: readonly CatalogEntry[],
  shards?: number,
): NodeAnalysis['provisioning']['instance'] {
  const today = planMemoryToday(question);
  const { memoryNeededBytes, residentBytes, maxmemoryBytes } = planMemory(question);
  if (memoryNeededBytes === undefined || residentBytes === undefined || maxmemoryBytes.recommended === undefined)
    return { alternatives: [], rejected: [] };
  // What has been too much already is short by any amount.
  const wasOver =
    (question.peaks.usedMemoryRssBytes?.value ?? 0) > settings.targetRatio * (question.systemMemoryBytes ?? Number.POSITIVE_INFINITY);
  return chooseInstance({
    need: {
      memoryNeededBytes,
      maxmemoryBytes: maxmemoryBytes.recommended,
      residentBytes,
      nowMemoryNeededBytes: today.memoryNeededBytes,
      nowMaxmemoryBytes: today.maxmemoryBytes.recommended,
      nowResidentBytes: today.residentBytes,
    },
    catalog,
    providers: settings.providers,
    currentName: settings.instance,
    target: settings.target,
    engineName: question.engine.name,
    shards,
    targetRatio: settings.targetRatio,
    shortRatio: wasOver ? 1 : findShortRatio(question.forecast?.confidence),
  });
}

/** Keys and keys with a TTL of each database at the end of the window. */
function describeKeyspace(history: NodeHistory, steps: NodeAnalysis['keyspace']['steps']): NodeAnalysis['keyspace'] {
  const databases = Object.entries(history.last).flatMap(([id, keys]) => {
    const parsed = parseDatabaseMetricId(id);
    return parsed?.part === 'Keys' && keys !== undefined
      ? [{ index: parsed.index, keys, expires: history.last[`db${parsed.index}Expires`] ?? 0 }]
      : [];
  });
  const keys = databases.reduce((sum, database) => sum + database.keys, 0);
  const dataset = history.last.usedMemoryDatasetBytes;
  const used = history.last.usedMemoryBytes;
  const bytesPerKey = keys > 0 && dataset !== undefined && used !== undefined && dataset <= used ? dataset / keys : undefined;
  return { databases: databases.toSorted((a, b) => a.index - b.index), steps, bytesPerKey };
}
