import type { NodeAnalysis } from '../model/analysis.ts';
import type { Block } from './blocks.ts';
import { type Telling, text } from './telling.ts';

/** A peak this far above the median of used memory is one that an average would hide. */
const PEAK_TO_USUAL = 1.25;
/** Slopes of resident against used memory: up to here it hardly moved, from here on it moved along. */
const HARDLY = 0.2;
const ALONG = 0.8;

/** Diagnoses of memory that deletes left behind. */
const LEFT_BEHIND: ReadonlySet<NodeAnalysis['fragmentation']['diagnosis']> = new Set([
  'retained-after-peak',
  'external-fragmentation',
  'resident-unused',
]);

/** What the fragmentation section teaches: why RSS stayed up, and what a refill showed; only where this history shows it. */
export function residentLessons(telling: Telling): Block[] {
  const { node, locale, format, anchor } = telling;
  const words = locale.lessons;
  const { diagnosis, evidence } = node.fragmentation;
  if (!LEFT_BEHIND.has(diagnosis)) return [];
  const { deleteSlope, refillSlope } = evidence;
  const share = (slope: number): string => format.percent(Math.max(0, slope));
  return [
    ...(deleteSlope !== undefined && deleteSlope <= HARDLY
      ? [lesson(anchor('lesson-stays'), words.stays.title, words.stays.text(share(deleteSlope)))]
      : []),
    ...(refillSlope !== undefined && refillSlope <= HARDLY
      ? [lesson(anchor('lesson-reused'), words.reused.title, words.reused.text(share(refillSlope)))]
      : []),
    ...(refillSlope !== undefined && refillSlope >= ALONG && diagnosis === 'external-fragmentation'
      ? [lesson(anchor('lesson-not-reused'), words.notReused.title, words.notReused.text(share(refillSlope)))]
      : []),
  ];
}

/** What an action on fragmentation does and does not, where this report advises it. */
export function actionLessons({ node, locale, format, anchor }: Telling): Block[] {
  const words = locale.lessons;
  const { diagnosis, evidence, recoverableBytes } = node.fragmentation;
  const { externalBytes, activeToAllocated } = evidence;
  const isPurged = node.actions.some(({ id }) => id === 'memory-purge');
  return [
    ...(diagnosis === 'external-fragmentation' && externalBytes !== undefined && activeToAllocated !== undefined
      ? [
          lesson(
            anchor('lesson-defrag'),
            words.defrag.title,
            words.defrag.text(format.bytes(externalBytes), format.percent(activeToAllocated - 1)),
          ),
        ]
      : []),
    ...(isPurged && recoverableBytes.purge !== undefined
      ? [lesson(anchor('lesson-purge'), words.purge.title, words.purge.text(format.bytes(recoverableBytes.purge)))]
      : []),
  ];
}

/** Why the peak decides, where it stands well above the usual level and is not the end of growth. */
export function peakLesson({ node, locale, format, anchor }: Telling): Block[] {
  const { peaks, series, fragmentation } = node;
  const peak = peaks.usedMemoryBytes?.value;
  const used = series.usedMemoryBytes.filter((value): value is number => value !== null).sort((a, b) => a - b);
  const usual = used[Math.floor((used.length - 1) / 2)];
  if (peak === undefined || usual === undefined || peak < PEAK_TO_USUAL * usual) return [];
  if (peaks.cause?.kind === 'growth' || fragmentation.diagnosis === 'small-dataset') return [];
  const words = locale.lessons.peak;
  return [lesson(anchor('lesson-peak'), words.title, words.text(format.bytes(peak), format.bytes(usual)))];
}

/** What it means that the target was passed, and the first step out of it. */
export function pressureLesson({ node, locale, format, anchor }: Telling): Block[] {
  const { ratioPeak, targetRatio } = node.systemMemory;
  const [first] = node.actions;
  if (ratioPeak === undefined || ratioPeak <= targetRatio || first === undefined || first.id === 'nothing') return [];
  const words = locale.lessons.pressure;
  const step = locale.actions[first.id].title(first.values, format);
  return [lesson(anchor('lesson-pressure'), words.title(format.percent(targetRatio)), words.text(step))];
}

function lesson(id: string, title: string, body: string): Block {
  return { type: 'lesson', id, title, text: text(body) };
}
