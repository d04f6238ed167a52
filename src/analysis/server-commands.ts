import { GiB, MiB } from '../model/bytes.ts';

/** Where settings are changed: on the server itself, or by the provider's own tool, since managed services refuse CONFIG. */
export type SettingsDoor = 'config' | 'elasticache' | 'memorystore' | 'closed';

/**
 * How settings of a node are changed.
 * @param offering - of the instance it runs on; absent: a server of one's own
 * @returns `closed` for services whose settings cannot be changed by a line that is known to be right
 */
export function findSettingsDoor(offering: string | undefined): SettingsDoor {
  if (offering === undefined || MACHINE_OFFERINGS.includes(offering)) return 'config';
  if (offering.startsWith('elasticache-')) return 'elasticache';
  return offering.startsWith('memorystore-redis-') && !offering.endsWith('-cluster') ? 'memorystore' : 'closed';
}

const MACHINE_OFFERINGS: readonly string[] = ['ec2', 'compute-engine', 'virtual-machines', 'custom'];

export interface Setting {
  readonly name: string;
  readonly value: string;
}

/**
 * Lines that change settings, in the given order, ready to copy; names in capitals (GROUP, INSTANCE, REGION) are the user's own.
 * @returns no lines when the door is closed
 */
export function settingCommands(door: SettingsDoor, settings: readonly Setting[]): string[] {
  if (settings.length === 0) return [];
  switch (door) {
    case 'config':
      return settings.map(({ name, value }) => `CONFIG SET ${name} ${/^[\w.%-]+$/.test(value) ? value : JSON.stringify(value)}`);
    case 'elasticache': {
      const pairs = settings.map(({ name, value }) => `"ParameterName=${name},ParameterValue=${value}"`);
      return [`aws elasticache modify-cache-parameter-group --cache-parameter-group-name GROUP --parameter-name-values ${pairs.join(' ')}`];
    }
    case 'memorystore':
      return settings.map(
        ({ name, value }) => `gcloud redis instances update INSTANCE --region=REGION --update-redis-config=${name}=${value}`,
      );
    case 'closed':
      return [];
  }
}

/** Lines that also keep the settings over a restart, where the server has a configuration file. */
export function keptSettingCommands(door: SettingsDoor, settings: readonly Setting[]): string[] {
  const lines = settingCommands(door, settings);
  return door === 'config' && lines.length > 0 ? [...lines, 'CONFIG REWRITE'] : lines;
}

/** The steps of the budget: 16 MiB below 1 GiB, 64 MiB below 8 GiB, 256 MiB above, never above `bytes`. */
export function roundDownLimit(bytes: number): number {
  const step = bytes <= GiB ? 16 * MiB : bytes <= 8 * GiB ? 64 * MiB : 256 * MiB;
  return Math.floor(bytes / step) * step;
}

/**
 * Lines that set `maxmemory`.
 * @param fixedMaxmemoryBytes - the node type's fixed limit, on ElastiCache: there only the reserved share can be changed
 * @returns no lines where it cannot be set, or not to that value
 */
export function maxmemoryCommands(door: SettingsDoor, bytes: number, fixedMaxmemoryBytes?: number): string[] {
  switch (door) {
    case 'config':
      return keptSettingCommands(door, [{ name: 'maxmemory', value: String(bytes) }]);
    case 'memorystore':
      return bytes < GiB ? [] : settingCommands(door, [{ name: 'maxmemory-gb', value: String(Math.floor(bytes / GiB)) }]);
    case 'elasticache': {
      if (fixedMaxmemoryBytes === undefined) return [];
      // Rounded up, so that the limit is not above what was asked; the hair allows for the division's own rounding.
      const percent = Math.ceil(100 * (1 - bytes / fixedMaxmemoryBytes) - 1e-9);
      return percent < 0 || percent > 100 ? [] : settingCommands(door, [{ name: 'reserved-memory-percent', value: String(percent) }]);
    }
    case 'closed':
      return [];
  }
}
