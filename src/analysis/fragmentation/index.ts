import type { Fragmentation } from '../../model/analysis.ts';
import type { Engine } from '../../model/engine.ts';
import type { NodeHistory } from '../../model/node-history.ts';
import { knownSettings } from '../known-settings.ts';
import { findDefragSupport, listDefragParameters, measureDefragHitShare } from './active-defrag.ts';
import { adviseOnFragmentation } from './advice.ts';
import { findAllocatorKind } from './allocator.ts';
import { measureDefragRun } from './defrag-run.ts';
import { judgeFragmentation } from './diagnosis.ts';
import { gatherEvidence, listEvidence } from './evidence.ts';
import { estimateRecoverable } from './recoverable.ts';
import { readTrack } from './track.ts';
import { fitFragmentationTrend } from './trend.ts';

export { type DefragSettings, defaultDefragSettings, defragEffortPercent } from './active-defrag.ts';

/**
 * Where resident memory that used memory does not account for sits, why, how it moves, and what would give it back.
 * Judged at the end of the window, with the whole window as context. Method: docs/methodology.md#fragmentation
 * @param offering - of the instance it runs on, whose parameters may have defaults of their own
 */
export function diagnoseFragmentation(history: NodeHistory, engine: Engine, offering?: string): Fragmentation {
  const track = readTrack(history);
  const state = gatherEvidence(history, track, engine);
  const judged = judgeFragmentation(state, findAllocatorKind(history));
  // However long the history gets: without resident memory nothing is decided.
  const judgement = history.metrics.has('usedMemoryRssBytes') ? judged : { ...judged, decidedBy: undefined };
  const support = findDefragSupport(history, engine);
  if (state === undefined) {
    const parameters = listDefragParameters(engine, support.enabled, {}, offering, knownSettings(history));
    return {
      ...judgement,
      recoverableBytes: {},
      trend: { significant: false },
      advice: 'none',
      evidence: {},
      activedefrag: { ...support, parameters },
    };
  }
  const { advice, defrag } = adviseOnFragmentation(judgement, state, history, engine, support.supported);
  const hitShare = measureDefragHitShare(history);
  const lastRun = measureDefragRun(history, engine, track);
  return {
    ...judgement,
    wasteBytes: state.wasteBytes,
    wasteShare: state.wasteBytes / state.now.rssBytes,
    recoverableBytes: estimateRecoverable(state, history, engine),
    trend: fitFragmentationTrend(history, track),
    advice,
    evidence: { ...listEvidence(state, history, engine), ...(hitShare === undefined ? {} : { defragHitShare: hitShare }) },
    activedefrag: {
      ...support,
      parameters: listDefragParameters(engine, support.enabled, defrag, offering, knownSettings(history)),
      ...(lastRun === undefined ? {} : { lastRun }),
    },
  };
}
