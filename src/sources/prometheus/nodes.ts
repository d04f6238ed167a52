import { withoutUserinfo } from '../../model/userinfo.ts';
import type { Labels } from './answer.ts';
import type { PrometheusClient, Window } from './client.ts';
import { selectorOf } from './plan.ts';

/** How series belong to servers. */
export interface NodeNaming {
  /** Names of the nodes, with the labels of a series of each. */
  readonly nodes: ReadonlyMap<string, Labels>;
  /** The node that labels tell of; undefined where it is none of these. */
  readonly nodeOf: (labels: Labels) => string | undefined;
  /** What the user should know of it. */
  readonly note?: string;
}

/** Labels that name a server. With several targets of one redis_exporter `instance` is the address of the server. */
const USUAL_LABELS = [['instance'], ['pod'], ['namespace', 'pod']];
/** Only where none of those is there. */
const OTHER_LABELS = [['addr'], ['redis_instance'], ['server'], ['hostname'], ['host'], ['node']];
/** Instants at which is looked whether two series were there at the same time. */
const LOOKS = 100;

/**
 * Finds the labels that tell servers apart: of those which never join two series of the same time the ones that make the fewest servers, so that a pod
 * which came back under another address stays one. Where none does, the labels that differ are added.
 * @param series - of used memory
 * @param nodeId - name for series that have no labels at all
 */
export async function findNodes(
  client: PrometheusClient,
  series: readonly Labels[],
  usedName: string,
  selectors: readonly string[],
  window: Window,
  nodeId: string,
): Promise<NodeNaming> {
  const distinct = (labels: readonly string[]) => new Set(series.map((each) => keyOf(each, labels))).size;
  const tellsApart = async (labels: readonly string[]): Promise<boolean> =>
    distinct(labels) === series.length || (await countAtOnce(client, labels, usedName, selectors, window)) <= 1;
  const all = [...new Set(series.flatMap((labels) => Object.keys(labels)))].filter((label) => label !== '__name__').sort();
  const varying = all.filter((label) => distinct([label]) > 1);
  const isEverywhere = (label: string): boolean => series.every((each) => (each[label] ?? '') !== '');
  const given = (sets: readonly (readonly string[])[]) => sets.filter((labels) => labels.every(isEverywhere));
  // Pods of one name in two namespaces are two servers, even one after the other.
  const usual = given(USUAL_LABELS).filter(([label, ...others]) => label !== 'pod' || others.length > 0 || distinct(['namespace']) === 1);
  const candidates = (usual.length > 0 ? usual : given(OTHER_LABELS)).sort((a, b) => distinct(a) - distinct(b));
  for (const labels of candidates) if (await tellsApart(labels)) return naming(series, labels, nodeId);
  const first = candidates.at(-1) ?? [];
  for (const label of varying.filter((each) => !first.includes(each))) {
    if (!(await tellsApart([...first, label]))) continue;
    const note =
      first.length === 0
        ? undefined
        : `Several series have the same ${first.join(' and ')}; they differ in ${label}, which therefore stands in the names of the servers.`;
    return naming(series, [...first, label], nodeId, note);
  }
  return naming(series, varying.length === 0 ? all.slice(0, 1) : varying, nodeId);
}

/** Most series that share these labels at any one time. */
async function countAtOnce(
  client: PrometheusClient,
  labels: readonly string[],
  usedName: string,
  selectors: readonly string[],
  { fromAt, toAt }: Window,
): Promise<number> {
  const range = Math.max(1, Math.ceil((toAt - fromAt) / 1000));
  const resolution = Math.max(1, Math.ceil(range / LOOKS));
  const series = selectors.map((selector) => selectorOf(usedName, selector)).join(' or ');
  const counts = await client.instant(`max(max_over_time((count by (${labels.join(',')}) (${series}))[${range}s:${resolution}s]))`, toAt);
  return counts[0]?.value ?? 0;
}

function naming(series: readonly Labels[], labels: readonly string[], nodeId: string, note?: string): NodeNaming {
  const nameByKey = new Map<string, string>();
  const nodes = new Map<string, Labels>();
  for (const each of series) {
    const key = keyOf(each, labels);
    const parts = labels.flatMap((label) => (each[label] === undefined ? [] : [withoutUserinfo(each[label])]));
    const name = parts.join('/') || nodeId;
    nameByKey.set(key, name);
    nodes.set(name, each);
  }
  return { nodes, nodeOf: (each) => nameByKey.get(keyOf(each, labels)), ...(note === undefined ? {} : { note }) };
}

const keyOf = (labels: Labels, names: readonly string[]): string => JSON.stringify(names.map((name) => labels[name] ?? ''));
