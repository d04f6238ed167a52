import { type Dump, textOf } from './dump.ts';
import { slotOf } from './fields.ts';
import { cleanName, cleanNodeName, nodeNameFromFile, nodeNameFromFolder } from './node-name.ts';
import type { NamedDump } from './placement.ts';

const TCP_PORT = slotOf('tcp_port');
const RUN_ID = slotOf('run_id');

/**
 * Names the node of each dump: the address or name written beside it; else `--node`; else the telling part of the file's name, or of its folder (for every
 * port after the first, with the port); else `redis:` and the port, so that files named only by their time come together.
 */
export class NodeNaming {
  readonly #ownName: string | undefined;
  #firstPort: string | undefined;
  #lastPort: string | undefined;
  #started = false;
  /** Whether servers that share a name are told apart by their run id. */
  byRunId = false;

  /**
   * @param fileName - undefined for stdin
   * @param nodeId - `--node`
   * @param sharesFileName - whether a file in another folder has the same name
   * @param folder - the part of its path in which the file differs from the others
   */
  constructor(fileName: string | undefined, nodeId: string | undefined, folder?: string, sharesFileName = false) {
    this.#ownName = (nodeId === undefined ? undefined : cleanName(nodeId)) ?? nameFromPath(fileName, folder, sharesFileName);
  }

  /** Names the next dumps, in the order of the input. */
  name(dumps: readonly Dump[]): NamedDump[] {
    const named = dumps.map((dump) => ({ dump, nodeId: this.#nameOf(dump) }));
    if (!this.#started) this.byRunId = alternates(named);
    this.#started = this.#started || dumps.length > 0;
    if (!this.byRunId) return named;
    return named.map(({ dump, nodeId }) => {
      const runId = textOf(dump, RUN_ID);
      return { dump, nodeId: runId === undefined ? nodeId : `${nodeId}/${runId.slice(0, 8)}` };
    });
  }

  #nameOf(dump: Dump): string {
    const label = dump.label === undefined ? undefined : cleanNodeName(dump.label);
    if (label !== undefined) return label;
    const written = textOf(dump, TCP_PORT) ?? (dump.portHint === undefined ? undefined : String(dump.portHint));
    const port = written !== undefined && /^\d{1,5}$/.test(written) ? written : this.#lastPort;
    this.#lastPort = port;
    this.#firstPort ??= port;
    if (this.#ownName === undefined) return port === undefined ? 'redis' : `redis:${port}`;
    return port === undefined || port === this.#firstPort ? this.#ownName : `${this.#ownName}:${port}`;
  }
}

function nameFromPath(fileName: string | undefined, folder: string | undefined, sharesFileName: boolean): string | undefined {
  const own = fileName === undefined ? undefined : nodeNameFromFile(fileName);
  if (own !== undefined && !sharesFileName) return own;
  const of = folder === undefined ? undefined : nodeNameFromFolder(folder);
  return own === undefined || of === undefined ? (of ?? own) : `${of}/${own}`;
}

/** Whether under one name a run id comes back after another: a restart never brings the old one back, so these are several servers. */
function alternates(named: readonly NamedDump[]): boolean {
  const current = new Map<string, string>();
  const left = new Set<string>();
  for (const { dump, nodeId } of named) {
    const runId = textOf(dump, RUN_ID);
    if (runId === undefined) continue;
    const before = current.get(nodeId);
    if (before !== undefined && before !== runId) {
      left.add(`${nodeId}\n${before}`);
      if (left.has(`${nodeId}\n${runId}`)) return true;
    }
    current.set(nodeId, runId);
  }
  return false;
}
