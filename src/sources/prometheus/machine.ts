import type { MetricId } from '../../model/metrics.ts';
import { metricBounds } from '../metric-bounds.ts';
import { type Labels, type RangeSeries, readPoint } from './answer.ts';
import type { PrometheusClient, Window } from './client.ts';
import type { MetricQuery } from './plan.ts';

/** Memory that another exporter tells of the machine or container of a node. */
export interface MachineMemory {
  readonly nodeId: string;
  readonly metricId: MetricId;
  /** NaN where it is not known. */
  readonly valueAt: (at: number) => number;
}

const CONTAINER_METRICS = ['container_spec_memory_limit_bytes{', 'kube_pod_container_resource_limits{resource="memory",'];
const HOUR = 3_600_000;
/** Limits and machines change seldom: so many looks over the window. */
const LOOKS = 1000;
/** More pods or hosts make no query any more. */
const MOST_NAMES = 300;

/**
 * Memory of the containers and hosts in which the nodes run, only where labels leave no doubt: of a pod the limit of the one container beside that of
 * the exporter, and of a host that which node_exporter tells of the same host.
 * @param nodes - labels of a series by the name of its node
 */
export async function findMachineMemory(
  client: PrometheusClient,
  nodes: ReadonlyMap<string, Labels>,
  queries: readonly MetricQuery[],
  window: Window,
): Promise<{ readonly memories: readonly MachineMemory[]; readonly notes: readonly string[] }> {
  const stepMs = Math.max(HOUR, Math.ceil((window.toAt - window.fromAt) / LOOKS / HOUR) * HOUR);
  const ask = (query: string) =>
    client.range(query, { fromAt: Math.floor(window.fromAt / stepMs) * stepMs, toAt: Math.ceil(window.toAt / stepMs) * stepMs }, stepMs);
  const range = `[${stepMs}ms]`;
  const inPods = [...nodes].filter(([, { pod = '' }]) => pod !== '');
  const pods = Map.groupBy(inPods, ([, labels]) => podOf(labels));
  // Several servers behind one exporter: its pod is none of theirs.
  const own = [...pods.values()].flatMap(([only, ...others]) => (only && others.length === 0 ? [only] : []));
  const memories: MachineMemory[] = [];
  const notes: string[] = [];
  if (own.length > 0 && own.length <= MOST_NAMES) {
    const either = [...new Set(own.map(([, { pod = '' }]) => escapeRegex(pod)))].join('|');
    for (const metric of CONTAINER_METRICS) {
      if (memories.length > 0) break;
      const found = await ask(
        `max by (namespace,pod,container) (max_over_time(${metric}container!="",container!="POD",pod=~${JSON.stringify(either)}}${range}))`,
      );
      const unclear: string[] = [];
      for (const [nodeId, labels] of own) {
        const inPod = found.filter((series) => podOf(series.labels) === podOf(labels));
        const beside = inPod.filter(({ labels: { container } }) => container !== labels.container);
        const [only, ...others] = beside;
        if (labels.container !== undefined && only && others.length === 0)
          memories.push(memoryOf(nodeId, 'containerMemoryLimitBytes', only, stepMs));
        else if (inPod.length > 0) unclear.push(nodeId);
      }
      if (unclear.length > 0)
        notes.push(
          `The memory limit of a container is known for the pod of ${unclear[0]}${unclear.length > 1 ? ` and ${unclear.length - 1} more` : ''}, but not which container is the server's; --system-memory tells it.`,
        );
    }
  }
  const hosts = new Map(
    [...nodes].flatMap(([nodeId, labels]) =>
      labels.pod === undefined && hostOf(labels) !== undefined ? [[nodeId, hostOf(labels) ?? ''] as const] : [],
    ),
  );
  if (hosts.size > 0 && hosts.size <= MOST_NAMES && !queries.some(({ metricId }) => metricId === 'totalSystemMemoryBytes')) {
    const either = [...new Set([...hosts.values()].map(escapeRegex))].join('|');
    const found = await ask(
      `max by (instance) (max_over_time(node_memory_MemTotal_bytes{instance=~${JSON.stringify(`(${either})(:[0-9]+)?`)}}${range}))`,
    );
    for (const [nodeId, host] of hosts) {
      const [only, ...others] = found.filter(({ labels }) => hostOf(labels) === host);
      if (only && others.length === 0) memories.push(memoryOf(nodeId, 'hostMemoryBytes', only, stepMs));
    }
    const told = memories.find(({ metricId }) => metricId === 'hostMemoryBytes');
    if (told)
      notes.push(
        `Memory of the machine by node_memory_MemTotal_bytes of the same host, as for ${told.nodeId}; --system-memory where the server runs elsewhere.`,
      );
  }
  return { memories, notes };
}

/** The highest within each step counts up to its end; before the first and after the last it is not known. */
function memoryOf(nodeId: string, metricId: MetricId, { values }: RangeSeries, stepMs: number): MachineMemory {
  const { least, most } = metricBounds({ id: metricId, unit: 'bytes', kind: 'gauge' });
  const byStep = new Map<number, number>();
  for (const each of values) {
    const point = readPoint(each);
    if (point && point.value >= least && point.value <= most) byStep.set(Math.round(point.at / stepMs), point.value);
  }
  return { nodeId, metricId, valueAt: (at) => byStep.get(Math.ceil(at / stepMs)) ?? Number.NaN };
}

const podOf = ({ namespace = '', pod = '' }: Labels): string => `${namespace}/${pod}`;
const hostOf = ({ instance }: Labels): string | undefined => instance?.replace(/^[a-z]+:\/\//, '').replace(/:\d+$/, '');
const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
