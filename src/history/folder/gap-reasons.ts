import { GAP_REASONS, type GapReason } from '../../model/gap-reason.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import type { HistoryEvent } from './events.ts';

/** A failure may be noted some milliseconds after the instant of the sample before it, and a return with the next sample. */
const SLACK_MS = 1000;

/** A history whose gaps tell their reasons, as far as the collector noted them. */
export function explainGaps(history: NodeHistory, events: readonly HistoryEvent[]): NodeHistory {
  if (events.length === 0 || history.gaps.length === 0) return history;
  const gaps = history.gaps.map((gap) => {
    const reasons = reasonsWithin(history.nodeId, gap.fromAt - SLACK_MS, gap.toAt + SLACK_MS, events);
    return reasons.length === 0 ? gap : { ...gap, reasons };
  });
  return { ...history, gaps };
}

function reasonsWithin(nodeId: string, fromAt: number, toAt: number, events: readonly HistoryEvent[]): GapReason[] {
  const reasons = new Set<GapReason>();
  let running = false;
  for (const event of events) {
    // Whether the run before this start ended in order is told by what came last before it, inside the gap or not.
    const inside = event.at >= fromAt && event.at <= toAt;
    switch (event.kind) {
      case 'start':
        if (inside && running) reasons.add('collector-killed');
        running = true;
        break;
      case 'stop':
        if (inside) reasons.add('collector-stopped');
        running = false;
        break;
      case 'lost':
        if (inside && event.node === nodeId) {
          const reason = GAP_REASONS.find((known) => known === event.reason);
          if (reason) reasons.add(reason);
        }
        break;
      case 'nodes':
        if (inside && event.left.includes(nodeId)) reasons.add('not-listed');
        break;
      case 'clock':
        if (inside && event.byMs > 0) reasons.add('clock-set');
        break;
      case 'writable':
        if (event.droppedSamples > 0 && event.at >= fromAt && event.at - SLACK_MS <= toAt) reasons.add('not-written');
        break;
    }
  }
  return [...reasons];
}
