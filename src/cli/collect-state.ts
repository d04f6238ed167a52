/** What a collector knows of one server. */
export interface ServerState {
  /** Of the newest sample, by the steady clock of `performance.now`; absent before the first. */
  readonly sampledAt?: number;
  /** Whether the newest try failed. */
  readonly failing: boolean;
}

/** How a collector fares, for its status line, its metrics and its health. */
export class CollectState {
  readonly everyMs: number;
  samples = 0;
  gaps = 0;
  connections = 0;
  /** Why the history cannot be written now: the system's code, or `stalled`. */
  unwritable: string | undefined;
  private readonly known = new Map<string, ServerState>();
  /** Those that a cluster, a Sentinel or an address that answered stands for. */
  private readonly listed = new Set<string>();

  constructor(everyMs: number) {
    this.everyMs = everyMs;
  }

  /** Servers, and addresses of which none has answered yet, by name. */
  get servers(): ReadonlyMap<string, ServerState> {
    return this.known;
  }

  get serverCount(): number {
    return this.listed.size;
  }

  get failingCount(): number {
    let count = 0;
    for (const { failing } of this.known.values()) if (failing) count += 1;
    return count;
  }

  sampled(nodeId: string): void {
    this.samples += 1;
    this.known.set(nodeId, { sampledAt: performance.now(), failing: false });
  }

  /** @returns whether a gap begins with it */
  failed(nodeId: string): boolean {
    const before = this.known.get(nodeId);
    this.known.set(nodeId, { ...before, failing: true });
    if (before?.failing) return false;
    this.gaps += 1;
    return true;
  }

  returned(nodeId: string): void {
    // An address that stands for others is no server itself.
    if (!this.listed.has(nodeId)) this.known.delete(nodeId);
    else this.known.set(nodeId, { ...this.known.get(nodeId), failing: false });
  }

  joined(nodeId: string): void {
    this.listed.add(nodeId);
    if (!this.known.has(nodeId)) this.known.set(nodeId, { failing: false });
  }

  left(nodeId: string): void {
    this.listed.delete(nodeId);
    this.known.delete(nodeId);
  }
}
