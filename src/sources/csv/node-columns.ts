import { InputError } from '../../model/errors.ts';
import type { ReadOptions } from '../source.ts';
import { squashName } from './column-names.ts';
import type { Dialect } from './dialects/dialect.ts';
import { findColumn, listColumns } from './find-column.ts';

/** Column names that hold the node, the most telling first. */
const NODE_NAMES = [
  'node',
  'nodeid',
  'node_id',
  'node_name',
  'instance',
  'redis_instance',
  'addr',
  'address',
  'endpoint',
  'pod',
  'pod_name',
  'host',
  'hostname',
  'host_name',
  'server',
  'cache_cluster_id',
  'cache_node',
  'instance_id',
  'instance_name',
  'cluster_id',
  'resource',
  'resource_name',
  'resource_id',
];
/** Of columns with a host beside one with a port; a collector's own host stands in `host` where the server's stands in `server`. */
const HOST_NAMES = ['server', 'redis_host', 'addr', 'address', 'host', 'hostname', 'host_name'];

/** Columns that say whose a row is. */
export interface NodeColumns {
  readonly nodeIndex?: number;
  readonly portIndex?: number;
}

/**
 * Finds the columns that say whose a row is.
 * @throws InputError when the one that `--node-column` names is not there
 */
export function findNodeColumns(header: readonly string[], dialect: Dialect, options: ReadOptions, name: string): NodeColumns {
  if (options.nodeColumn !== undefined) {
    const index = findColumn(header, options.nodeColumn);
    if (index < 0) {
      throw new InputError(name, `there is no column "${options.nodeColumn}", as --node-column says. Columns: ${listColumns(header)}.`);
    }
    return { nodeIndex: index };
  }
  const squashed = header.map(squashName);
  const find = (candidates: readonly string[]) =>
    candidates.map((candidate) => squashed.indexOf(squashName(candidate))).find((index) => index >= 0);
  const port = squashed.indexOf('port');
  const host = port < 0 ? undefined : find(HOST_NAMES);
  if (dialect.nodeColumn === undefined && host !== undefined) return { nodeIndex: host, portIndex: port };
  const nodeIndex = find(dialect.nodeColumn === undefined ? NODE_NAMES : [dialect.nodeColumn, ...NODE_NAMES]);
  return nodeIndex === undefined ? {} : { nodeIndex };
}
