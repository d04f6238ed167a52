import { isAtLeast } from '../../model/engine.ts';
import { type ActionContext, evidenceOf, infoLine, isRaised, known, numberOf, type Stage, type Step, step } from './action-context.ts';

/** From this share of its rise on, the Lua heap has made the peak. */
const MADE_THE_PEAK = 0.5;

/** The Lua heap, not the texts of scripts, is what is large: something keeps values in it. */
function isHeapLarge(context: ActionContext): boolean {
  const { luaBytes, cacheBytes, cachedScripts, evictedScripts } = evidenceOf(context, 'script-cache-high');
  const manyTexts = Math.max(Number(cachedScripts ?? 0), Number(evictedScripts ?? 0)) > MANY_TEXTS;
  // Libraries of functions, which may keep values, came with 7.0; before that only SCRIPT FLUSH empties the heap.
  const hasFunctions = isAtLeast(context.engine, { redis: '7.0', valkey: '7.2' }) === true;
  return hasFunctions && !manyTexts && Number(luaBytes ?? 0) > Number(cacheBytes ?? 0);
}

const MANY_TEXTS = 1000;

/** The rise to the peak, or the growth up to it, is that of the Lua heap. */
function hasHeapMadeThePeak({ node }: ActionContext): boolean {
  const part = node.peaks.cause?.parts.find(({ part }) => part === 'luaVm');
  return part !== undefined && part.share >= MADE_THE_PEAK;
}

/** What keeps values in the Lua heap, repaired: before a machine is bought for it, where it made the peak; else care. */
export function repairScripts(context: ActionContext): Step[] {
  if (!isRaised(context, 'script-cache-high') || !isHeapLarge(context)) return [];
  const evidence = evidenceOf(context, 'script-cache-high');
  const heapBytes = numberOf(evidence, 'nowBytes');
  const stage: Stage = hasHeapMadeThePeak(context) ? 'ladder' : 'care';
  return [
    step(stage, {
      id: 'repair-scripts',
      effort: 'project',
      findingIds: ['script-cache-high'],
      givesBytes: heapBytes !== undefined && heapBytes > 0 ? heapBytes : undefined,
      verify: infoLine(context, 'memory', ['used_memory_vm_eval', 'used_memory_vm_functions']),
      values: known({ heapBytes }),
    }),
  ];
}

/** Texts of scripts that fill the cache, dropped. */
export function flushScripts(context: ActionContext): Step[] {
  if (!isRaised(context, 'script-cache-high') || isHeapLarge(context)) return [];
  const evidence = evidenceOf(context, 'script-cache-high');
  const scriptBytes = numberOf(evidence, 'nowBytes');
  return [
    step('care', {
      id: 'flush-scripts',
      effort: 'command',
      findingIds: ['script-cache-high'],
      givesBytes: scriptBytes !== undefined && scriptBytes > 0 ? scriptBytes : undefined,
      commands: [...(context.findings.find(({ id }) => id === 'script-cache-high')?.commands ?? [])],
      verify: infoLine(context, 'memory', ['used_memory_scripts', 'used_memory_scripts_eval', 'number_of_cached_scripts']),
      values: known({ cachedScripts: numberOf(evidence, 'cachedScripts') }),
    }),
  ];
}
