import type { Analysis, BudgetLineId, InstanceChoice, NodeAnalysis } from '../model/analysis.ts';
import type { ComparedFigureId } from '../model/comparison.ts';

/** What stands in a cell: text and ids, a number in base units, an instant (epoch milliseconds UTC) or a yes or no; undefined is not known. */
export type Figure = string | number | boolean | undefined;

/** One column of the table of figures. Its name is a contract (docs/analysis-format.md): new ones come last, and none is renamed. */
export interface FigureColumn {
  readonly name: string;
  readonly type: 'text' | 'number' | 'instant' | 'boolean';
  readonly read: (node: NodeAnalysis, analysis: Analysis) => Figure;
}

type Read = FigureColumn['read'];
const text = (name: string, read: Read): FigureColumn => ({ name, type: 'text', read });
const number = (name: string, read: Read): FigureColumn => ({
  name,
  type: 'number',
  read: (node, analysis) => {
    const figure = read(node, analysis);
    // Fractions of a byte are an artefact of divisions, and noise in a cell.
    return typeof figure === 'number' && /_bytes(_per_day)?$/.test(name) ? Math.round(figure) : figure;
  },
});
const instant = (name: string, read: Read): FigureColumn => ({ name, type: 'instant', read });
const boolean = (name: string, read: Read): FigureColumn => ({ name, type: 'boolean', read });

const raised = (node: NodeAnalysis) => node.findings.filter(({ verdict }) => verdict === 'raised');
const countRaised = (node: NodeAnalysis, severity: string): number =>
  raised(node).filter((finding) => finding.severity === severity).length;
const list = (words: readonly string[]): string | undefined => (words.length === 0 ? undefined : words.join(' '));

/** The budget in its order, of which lines that are asked for now and then (`import`) come last. */
const BUDGET_COLUMNS: readonly BudgetLineId[] = [
  'peak-counted',
  'growth',
  'hash-table-step',
  'fill-margin',
  'not-counted',
  'allocator',
  'process-overhead',
  'copy-on-write',
  'page-tables',
  'operating-system',
  'headroom',
  'import',
];

/** Every column, in order. */
export const FIGURE_COLUMNS: readonly FigureColumn[] = [
  instant('generated_at', (_, { generatedAt }) => generatedAt),
  text('tool_version', (_, { tool }) => tool.version),
  instant('window_from', (_, { window }) => window.fromAt),
  instant('window_to', (_, { window }) => window.toAt),
  text('node_id', ({ id }) => id),
  text('group_id', ({ groupId }) => groupId),
  text('group_kind', ({ groupId }, { groups }) => groups.find(({ id }) => id === groupId)?.kind),
  text('engine', ({ engine }) => engine.name),
  text('engine_version', ({ engine }) => engine.version),
  text('role', ({ role }) => role),
  text('allocator', ({ allocator }) => allocator),
  text('maxmemory_policy', ({ maxmemoryPolicy }) => maxmemoryPolicy),
  text('verdict_level', ({ verdict }) => verdict.level),
  text('verdict', ({ verdict }) => verdict.id),
  number('findings_critical', (node) => countRaised(node, 'critical')),
  number('findings_warning', (node) => countRaised(node, 'warning')),
  text('findings', (node) => list(raised(node).map(({ id }) => id))),
  text('first_action', ({ actions }) => actions[0]?.id),
  text('first_action_effort', ({ actions }) => actions[0]?.effort),
  number('first_action_gives_bytes', ({ actions }) => actions[0]?.givesBytes),
  text('first_action_commands', ({ actions }) => actions[0]?.commands.join('; ') || undefined),
  text('actions', ({ actions }) => list(actions.map(({ id }) => id))),

  text('grade', ({ quality }) => quality.grade),
  text('grade_reasons', ({ quality }) => list(quality.reasons.map(({ id }) => id))),
  instant('history_from', ({ quality }) => quality.fromAt),
  instant('history_to', ({ quality }) => quality.toAt),
  number('history_seconds', ({ quality }) => quality.spanSeconds),
  number('samples', ({ quality }) => quality.samples),
  number('interval_seconds', ({ quality }) => quality.intervalSeconds),
  number('gap_seconds', ({ quality }) => quality.gapSeconds),
  number('restarts', ({ quality }) => quality.restarts.length),

  number('peak_used_bytes', ({ peaks }) => peaks.usedMemoryBytes?.value),
  instant('peak_used_at', ({ peaks }) => peaks.usedMemoryBytes?.at),
  boolean('peak_used_recovered', ({ peaks }) => peaks.usedMemoryBytes?.recovered),
  number('peak_counted_bytes', ({ peaks }) => peaks.countedBytes?.value),
  instant('peak_counted_at', ({ peaks }) => peaks.countedBytes?.at),
  number('peak_rss_bytes', ({ peaks }) => peaks.usedMemoryRssBytes?.value),
  instant('peak_rss_at', ({ peaks }) => peaks.usedMemoryRssBytes?.at),
  number('lifetime_peak_used_bytes', ({ peaks }) => peaks.lifetimeUsedMemoryBytes),
  number('latest_used_bytes', ({ latest }) => latest.usedMemoryBytes),
  number('latest_counted_bytes', ({ latest }) => latest.countedBytes),
  number('latest_rss_bytes', ({ latest }) => latest.usedMemoryRssBytes),

  number('maxmemory_current_bytes', ({ provisioning }) => provisioning.maxmemoryBytes.current),
  number('maxmemory_recommended_bytes', ({ provisioning }) => provisioning.maxmemoryBytes.recommended),
  number('maxmemory_safe_bytes', ({ provisioning }) => provisioning.maxmemoryBytes.safeOnPresentMachine),
  number('memory_needed_bytes', ({ provisioning }) => provisioning.memoryNeededBytes),
  text('memory_needed_bound_by', ({ provisioning }) => provisioning.binding),
  number('machine_bytes', ({ systemMemory }) => systemMemory.totalBytes),
  text('machine_source', ({ systemMemory }) => systemMemory.source),
  number('machine_target_ratio', ({ systemMemory }) => systemMemory.targetRatio),
  number('machine_now_ratio', ({ systemMemory }) => systemMemory.ratioNow),
  number('machine_peak_ratio', ({ systemMemory }) => systemMemory.ratioPeak),
  number('machine_above_target_seconds', ({ systemMemory }) => systemMemory.secondsAboveTarget),
  ...BUDGET_COLUMNS.map((line) =>
    number(`budget_${line.replaceAll('-', '_')}_bytes`, ({ provisioning }) => provisioning.budget.find(({ id }) => id === line)?.bytes),
  ),

  ...instanceColumns('current', ({ provisioning }) => provisioning.instance.current),
  ...instanceColumns('recommended', ({ provisioning }) => provisioning.instance.recommended),
  text('instance_direction', ({ provisioning }) => provisioning.instance.direction),

  text('diagnosis', ({ fragmentation }) => fragmentation.diagnosis),
  text('advice', ({ fragmentation }) => fragmentation.advice),
  number('waste_bytes', ({ fragmentation }) => fragmentation.wasteBytes),
  number('waste_ratio', ({ fragmentation }) => fragmentation.wasteShare),
  number('waste_growth_bytes_per_day', ({ fragmentation }) => fragmentation.trend.bytesPerDay),
  number('rss_to_used_ratio', ({ fragmentation }) => fragmentation.evidence.rssToUsed),
  number('recoverable_activedefrag_bytes', ({ fragmentation }) => fragmentation.recoverableBytes.activedefrag),
  number('recoverable_purge_bytes', ({ fragmentation }) => fragmentation.recoverableBytes.purge),
  number('recoverable_restart_bytes', ({ fragmentation }) => fragmentation.recoverableBytes.restart),
  text('activedefrag_supported', ({ fragmentation }) => fragmentation.activedefrag.supported),
  text('activedefrag_enabled', ({ fragmentation }) => fragmentation.activedefrag.enabled),

  text('forecast_status', ({ forecast }) => forecast.status),
  text('forecast_reason', ({ forecast }) => forecast.reason),
  text('forecast_confidence', ({ forecast }) => forecast.confidence),
  number('horizon_days', ({ forecast }) => forecast.horizonDays),
  number('growth_bytes_per_day', ({ forecast }) => forecast.growthBytesPerDay),
  ...quantileColumns('forecast_peak', '_bytes', ({ forecast }) => forecast.peak),
  ...quantileColumns('days_to_maxmemory', '', ({ forecast }) => forecast.daysToMaxmemory),
  ...quantileColumns('days_to_machine_target', '', ({ forecast }) => forecast.daysToSystemTarget),
  number('probability_maxmemory_ratio', ({ forecast }) => forecast.probabilityMaxmemory),
  number('probability_machine_target_ratio', ({ forecast }) => forecast.probabilitySystemTarget),
  number('backtest_p95_held_ratio', ({ forecast }) => forecast.backtest?.p95Held),
  number('hidden_demand_bytes_per_day', ({ forecast }) => forecast.hiddenDemand?.evictedBytesPerDay.middle),

  number('keys', ({ keyspace }) => sum(keyspace.databases.map(({ keys }) => keys))),
  number('keys_with_expiry', ({ keyspace }) => sum(keyspace.databases.map(({ expires }) => expires))),
  number('bytes_per_key', ({ keyspace }) => keyspace.bytesPerKey),
  number('evicted_keys', ({ activity }) => activity.evictedKeys),
  number('expired_keys', ({ activity }) => activity.expiredKeys),
  number('oom_errors', ({ activity }) => activity.oomErrors),
  number('rejected_connections', ({ activity }) => activity.rejectedConnections),
  number('full_syncs', ({ activity }) => activity.fullSyncs),
  number('hit_ratio', ({ activity }) => activity.hitRatio),
  number('ops_per_second_max', ({ activity }) => activity.opsPerSecondMax),
  number('connected_clients_max', ({ activity }) => activity.connectedClientsMax),
  number('main_thread_cpu_max_ratio', ({ activity }) => activity.mainThreadCpuMax),
  boolean('aof_enabled', ({ persistence }) => persistence.aofEnabled),
  number('cow_max_ratio', ({ persistence }) => persistence.cowRatioMax),
  text('labels', ({ labels = {} }) =>
    list(Object.entries(labels).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)),
  ),
  number('budget_slot_histograms_bytes', ({ provisioning }) => provisioning.budget.find(({ id }) => id === 'slot-histograms')?.bytes),

  // What moved since: empty without an earlier Analysis, so that the table has the same columns each month.
  text('baseline_kind', (_, { comparison }) => comparison?.kind),
  instant('baseline_generated_at', (_, { comparison }) => comparison?.generatedAt),
  text('baseline_node_id', ({ comparison }) => comparison?.earlierId),
  instant('baseline_history_from', ({ comparison }) => comparison?.fromAt),
  instant('baseline_history_to', ({ comparison }) => comparison?.toAt),
  text('change', ({ id, comparison }, whole) => comparison?.direction ?? (whole.comparison?.newNodeIds.includes(id) ? 'new' : undefined)),
  text('baseline_verdict_level', ({ comparison }) => comparison?.verdict.before.level),
  text('baseline_verdict', ({ comparison }) => comparison?.verdict.before.id),
  number('baseline_peak_used_bytes', (node) => compared(node, 'peak-used')?.before),
  number('peak_used_change_bytes', (node) => compared(node, 'peak-used')?.change),
  number('peak_used_change_ratio', (node) => compared(node, 'peak-used')?.changeRatio),
  number('baseline_machine_peak_ratio', (node) => compared(node, 'machine-ratio')?.before),
  number('baseline_maxmemory_current_bytes', (node) => compared(node, 'maxmemory')?.before),
  ...(['new', 'worse', 'better', 'gone'] as const).map((change) =>
    text(`findings_${change}`, ({ comparison }) =>
      list(comparison?.findings.filter((finding) => finding.change === change).map(({ id }) => id) ?? []),
    ),
  ),
  text('baseline_first_action', ({ comparison }) => comparison?.advice[0]?.id),
  text('baseline_first_action_became', ({ comparison }) => comparison?.advice[0]?.status),
  text('baseline_actions_became', ({ comparison }) => list(comparison?.advice.map(({ id, status }) => `${id}=${status}`) ?? [])),
  text('baseline_forecast_became', ({ comparison }) => comparison?.forecast.status),
  text('baseline_forecast_became_reason', ({ comparison }) => comparison?.forecast.reason),
  number('baseline_forecast_elapsed_days', ({ comparison }) => comparison?.forecast.elapsedDays),
  number('baseline_forecast_p95_bytes', ({ comparison }) => comparison?.forecast.p95),
  number('baseline_forecast_came_bytes', ({ comparison }) => comparison?.forecast.peak?.value),
];

const compared = ({ comparison }: NodeAnalysis, figure: ComparedFigureId) => comparison?.figures.find(({ id }) => id === figure);

function instanceColumns(which: string, choose: (node: NodeAnalysis) => InstanceChoice | undefined): readonly FigureColumn[] {
  return [
    text(`instance_${which}`, (node) => choose(node)?.name),
    text(`instance_${which}_offering`, (node) => choose(node)?.offering),
    number(`instance_${which}_memory_bytes`, (node) => choose(node)?.memoryBytes),
    number(`instance_${which}_usable_bytes`, (node) => choose(node)?.usableBytes),
    number(`instance_${which}_shards`, (node) => choose(node)?.shards),
    number(`instance_${which}_price_usd_per_hour`, (node) => choose(node)?.priceUsdHour),
    text(`instance_${which}_price_region`, (node) => choose(node)?.priceRegion),
    text(`instance_${which}_price_as_of`, (node) => choose(node)?.priceAsOf),
    number(`instance_${which}_fill_now_ratio`, (node) => choose(node)?.fillNow),
    number(`instance_${which}_fill_at_horizon_ratio`, (node) => choose(node)?.fillAtHorizon),
  ];
}

type Quantiles = NodeAnalysis['forecast']['peak'];

function quantileColumns(head: string, unit: string, choose: (node: NodeAnalysis) => Quantiles): readonly FigureColumn[] {
  return (['p50', 'p90', 'p95'] as const).map((quantile) => number(`${head}_${quantile}${unit}`, (node) => choose(node)?.[quantile]));
}

/** Of no databases: not known. */
function sum(counts: readonly number[]): number | undefined {
  return counts.length === 0 ? undefined : counts.reduce((total, count) => total + count, 0);
}
