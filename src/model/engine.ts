import type { TextFieldId } from './metrics.ts';

export type EngineName = 'redis' | 'valkey' | 'keydb' | 'dragonfly' | 'unknown';

/** Server family and its own version, e.g. `{ name: 'valkey', version: '8.1.1' }`. */
export interface Engine {
  readonly name: EngineName;
  /** Dotted version; undefined when the input does not say. */
  readonly version: string | undefined;
}

/**
 * Which server this is. `redis_version` alone is not enough: every Valkey reports 7.2.4 there (Valkey source, version.h).
 * @param hasKeyDbFields - INFO carried `server_threads`, `mvcc_depth` or `long_lock_waits`
 */
export function identifyEngine(texts: Partial<Record<TextFieldId, string>>, hasKeyDbFields = false): Engine {
  if (texts.valkeyVersion !== undefined || texts.serverName === 'valkey') return { name: 'valkey', version: texts.valkeyVersion };
  if (texts.dragonflyVersion !== undefined) return { name: 'dragonfly', version: texts.dragonflyVersion.replace(/^df-v?/, '') };
  if (hasKeyDbFields || texts.serverName === 'keydb') return { name: 'keydb', version: texts.redisVersion };
  return texts.redisVersion === undefined ? { name: 'unknown', version: undefined } : { name: 'redis', version: texts.redisVersion };
}

/** Name and version as options have them: `valkey-8.1.1`. */
export function engineLabel({ name, version }: Engine): string {
  return version === undefined ? name : `${name}-${version}`;
}

/** Negative, 0 or positive as `a` is older than, the same as, or newer than `b`, number by number. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const right = b.split('.').map((part) => Number.parseInt(part, 10) || 0);
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether the engine is at least this Redis version or that Valkey version. KeyDB counts as Redis 6.2; undefined when the version is unknown. */
export function isAtLeast(engine: Engine, since: { readonly redis?: string; readonly valkey?: string }): boolean | undefined {
  if (engine.name === 'keydb') return since.redis !== undefined && compareVersions('6.2', since.redis) >= 0;
  if (engine.version === undefined) return undefined;
  if (engine.name === 'redis') return since.redis !== undefined && compareVersions(engine.version, since.redis) >= 0;
  if (engine.name === 'valkey') return since.valkey !== undefined && compareVersions(engine.version, since.valkey) >= 0;
  return undefined;
}
