import { GAP_REASONS, type GapReason } from '../../model/gap-reason.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import type { HistoryEvent } from './events.ts';

/** A failure may be noted some milliseconds after the instant of the sample before it, and a return with the next sample. */
const SLACK_MS = 1000;

/** What the collector noted, as reasons for the gaps of each node. */
export class GapReasons {
  /** Events that concern one node only, by its id. */
  private readonly ofNode = new Map<string, { readonly at: number; readonly reason: GapReason }[]>();
  /** Reasons that concern all nodes. */
  private readonly ofAll: { readonly at: number; readonly reason: GapReason }[] = [];

  /** @param events - of one collector after the other, in the order in which they were noted */
  constructor(events: readonly HistoryEvent[]) {
    let running = false;
    for (const event of events) {
      const { at } = event;
      if (event.kind === 'start') {
        if (running) this.ofAll.push({ at, reason: 'collector-killed' });
        running = true;
      } else if (event.kind === 'stop') {
        this.ofAll.push({ at, reason: 'collector-stopped' });
        running = false;
      } else if (event.kind === 'clock') {
        if (event.byMs > 0) this.ofAll.push({ at, reason: 'clock-set' });
      } else if (event.kind === 'writable') {
        if (event.droppedSamples > 0) this.ofAll.push({ at, reason: 'not-written' });
      } else if (event.kind === 'lost') {
        const reason = GAP_REASONS.find((known) => known === event.reason);
        if (reason) this.add(event.node, at, reason);
      } else if (event.kind === 'nodes') {
        for (const node of event.left) this.add(node, at, 'not-listed');
      }
    }
  }

  /** The history with the reasons of its gaps, as far as they were noted. */
  explain(history: NodeHistory): NodeHistory {
    if (history.gaps.length === 0) return history;
    const noted = [...this.ofAll, ...(this.ofNode.get(history.nodeId) ?? [])].sort((a, b) => a.at - b.at);
    if (noted.length === 0) return history;
    const gaps = history.gaps.map((gap) => {
      const within = noted.filter(({ at }) => at >= gap.fromAt - SLACK_MS && at <= gap.toAt + SLACK_MS);
      return within.length === 0 ? gap : { ...gap, reasons: [...new Set(within.map(({ reason }) => reason))] };
    });
    return { ...history, gaps };
  }

  private add(nodeId: string, at: number, reason: GapReason): void {
    const known = this.ofNode.get(nodeId);
    if (known) known.push({ at, reason });
    else this.ofNode.set(nodeId, [{ at, reason }]);
  }
}
