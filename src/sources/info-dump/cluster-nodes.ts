import type { ClusterNode } from '../../model/sample-batch.ts';

/** More nodes than a cluster can have shards for; a text with more is none. */
const NODE_LIMIT = 5000;

/** `07c3… 10.0.0.1:6379@16379,host-a master - 0 1426238316232 2 connected 5461-10922`, as CLUSTER NODES prints each node. */
const NODE_LINE =
  /^(?:\d{1,4}\) )?"?([0-9a-f]{40}) (\S{0,300}) ([a-z,!?]{3,80}) (-|[0-9a-f]{40}) \d{1,20} \d{1,20} \d{1,20} (?:dis)?connected(?: (\S.{0,200000}))?$/;
/** `10.0.0.1:6379@16379,host-a,shard-id=…` */
const ADDRESS = /^(.*):(\d{1,5})(?:@\d{1,5})?(?:,.*)?$/;

/** The nodes that texts of CLUSTER NODES (and, by `take`, of other commands) name; what a later text says of a node wins. */
export class ClusterNodes {
  readonly #nodes = new Map<string, ClusterNode>();
  #view = 0;
  #lastLine = Number.NaN;

  /** Takes a line of such a text; false for any other. Lines that follow each other are one text, which is of one cluster. */
  read(line: string, lineNumber: number): boolean {
    if (line.length < 60) return false;
    const match = NODE_LINE.exec(line);
    if (!match?.[1]) return false;
    if (lineNumber !== this.#lastLine + 1) this.startText();
    this.#lastLine = lineNumber;
    const [, id, place = '', flags = '', primary = '-', slots] = match;
    const words = flags.split(',');
    if (words.includes('handshake')) return true;
    const [, host = '', port = ''] = ADDRESS.exec(place) ?? [];
    this.take({
      id,
      ...(host === '' || words.includes('noaddr')
        ? {}
        : { address: `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`.toLowerCase() }),
      ...(primary === '-' ? {} : { primaryId: primary }),
      holdsSlots: slots !== undefined && /^\d/.test(slots),
      isSelf: words.includes('myself'),
      view: this.#view,
    });
    return true;
  }

  /** The number of a text that begins: one text is of one cluster. */
  startText(): number {
    this.#view += 1;
    return this.#view;
  }

  /** Keeps what is said of a node. */
  take(node: ClusterNode): void {
    if (this.#nodes.size < NODE_LIMIT || this.#nodes.has(node.id)) this.#nodes.set(node.id, node);
  }

  get nodes(): readonly ClusterNode[] {
    return [...this.#nodes.values()];
  }
}
