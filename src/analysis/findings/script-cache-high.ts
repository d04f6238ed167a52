import { MiB } from '../../model/bytes.ts';
import { isAtLeast } from '../../model/engine.ts';
import { isLuaInside } from '../used-parts.ts';
import { clear, type FindingRule, increaseOf, notEnoughData, raised } from './finding-rule.ts';

/**
 * Scripts take memory from the data: each text that EVAL was given is kept until SCRIPT FLUSH, and compiled in the Lua heap. From Redis 7.4 and
 * Valkey 8.0 on those of EVAL are kept to 500, the others evicted; those of SCRIPT LOAD stay (Redis source, eval.c). A thousand of them is where
 * MEMORY DOCTOR speaks up: values were written into the text.
 */
export const scriptCacheHigh: FindingRule<{ minShare: number; minBytes: number; manyScripts: number }> = {
  id: 'script-cache-high',
  needs: ['usedMemoryBytes'],
  defaults: { minShare: 0.05, minBytes: 16 * MiB, manyScripts: 1000 },
  judge({ history, engine }, { minShare, minBytes, manyScripts }) {
    const cache = history.metrics.get('scriptCacheBytes');
    const lua = history.metrics.get('luaVmBytes');
    const scripts = history.metrics.get('cachedScripts');
    if (cache === undefined && lua === undefined) return notEnoughData('scriptCacheBytes');
    const usedBytes = history.metrics.get('usedMemoryBytes')?.max.value ?? 0;
    const evictions = increaseOf(history, 'evictedScripts') ?? 0;
    const scriptBytes = (cache?.max.value ?? 0) + (lua?.max.value ?? 0);
    const evidence = {
      scriptBytes,
      cacheBytes: cache?.max.value,
      luaBytes: lua?.max.value,
      isHeapInside: isLuaInside(engine),
      cachedScripts: scripts?.max.value,
      evictedScripts: evictions > 0 ? evictions : undefined,
      shareOfUsed: usedBytes > 0 ? scriptBytes / usedBytes : 0,
      nowBytes: (cache?.last.value ?? 0) + (lua?.last.value ?? 0),
    };
    const isLarge = scriptBytes >= Math.max(minBytes, minShare * usedBytes);
    const isMany = (scripts?.max.value ?? 0) > manyScripts;
    if (!isLarge && !isMany && evictions <= manyScripts) return clear(evidence);
    const command = isAtLeast(engine, { redis: '6.2', valkey: '7.2' }) === true ? 'SCRIPT FLUSH ASYNC' : 'SCRIPT FLUSH';
    return raised(isLarge ? 'warning' : 'info', evidence, isMany ? [command] : []);
  },
};
