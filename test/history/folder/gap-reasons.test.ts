import { expect, it } from 'vitest';
import type { HistoryEvent } from '../../../src/history/folder/events.ts';
import { GapReasons } from '../../../src/history/folder/gap-reasons.ts';
import { buildNodeHistory, sampleEvery } from '../../helpers/node-history.ts';

const MINUTE = 60_000;
const start = (at: number): HistoryEvent => ({ at, kind: 'start', version: '0', everySeconds: 60, targets: [] });
const stop = (at: number): HistoryEvent => ({ at, kind: 'stop', why: 'signal' });
const lost = (at: number, node: string, reason: string): HistoryEvent => ({ at, kind: 'lost', node, reason, message: '' });

/** Reasons of one gap from minute 10 to minute 20 of node `a`. */
function reasonsOf(...events: HistoryEvent[]): readonly string[] | undefined {
  const history = {
    ...buildNodeHistory(sampleEvery(60, 3, () => ({ usedMemoryBytes: 1 }))),
    nodeId: 'a',
    gaps: [{ fromAt: 10 * MINUTE, toAt: 20 * MINUTE }],
  };
  return new GapReasons(events).explain(history).gaps[0]?.reasons;
}

it.each<[string, HistoryEvent[], readonly string[] | undefined]>([
  ['nothing noted', [start(0)], undefined],
  ['a failure', [start(0), lost(11 * MINUTE, 'a', 'refused')], ['refused']],
  [
    'a failure that changes',
    [start(0), lost(11 * MINUTE, 'a', 'closed'), lost(12 * MINUTE, 'a', 'refused'), lost(13 * MINUTE, 'a', 'closed')],
    ['closed', 'refused'],
  ],
  ['a failure of another node', [start(0), lost(11 * MINUTE, 'b', 'refused')], undefined],
  ['a failure before and one after', [start(0), lost(5 * MINUTE, 'a', 'timeout'), lost(30 * MINUTE, 'a', 'timeout')], undefined],
  ['a reason of a later version', [start(0), lost(11 * MINUTE, 'a', 'eclipse')], undefined],
  ['a collector that was stopped', [start(0), stop(10 * MINUTE + 5), start(19 * MINUTE)], ['collector-stopped']],
  ['a collector that was killed', [start(0), start(19 * MINUTE)], ['collector-killed']],
  ['a clock that was set forward', [start(0), { at: 20 * MINUTE, kind: 'clock', byMs: 9 * MINUTE }], ['clock-set']],
  ['a clock that was set back', [start(0), { at: 15 * MINUTE, kind: 'clock', byMs: -9 * MINUTE }], undefined],
  ['a full disk', [start(0), { at: 20 * MINUTE, kind: 'writable', droppedSamples: 3 }], ['not-written']],
  ['a full disk for a while', [start(0), { at: 20 * MINUTE, kind: 'writable', droppedSamples: 0 }], undefined],
  ['a node that left', [start(0), { at: 12 * MINUTE, kind: 'nodes', joined: ['b'], left: ['a'] }], ['not-listed']],
])('%s', (_, events, reasons) => {
  expect(reasonsOf(...events)).toEqual(reasons);
});
