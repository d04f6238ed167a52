import { GiB, MiB } from '../model/bytes.ts';

/**
 * Where settings are changed: on the server itself, in the values of its Helm chart beside that, or by the provider's own tool, since managed
 * services refuse CONFIG.
 */
export type SettingsDoor =
  | 'config'
  | 'helm-redis'
  | 'helm-valkey'
  | 'elasticache'
  | 'memorydb'
  | 'memorystore'
  | 'memorystore-cluster'
  | 'memorystore-valkey'
  | 'azure-cache'
  | 'closed';

/**
 * How settings of a node are changed.
 * @param offering - of the instance it runs on; absent: a server of one's own
 * @returns `closed` for services whose settings cannot be changed by a line that is known to be right
 */
export function findSettingsDoor(offering: string | undefined): SettingsDoor {
  if (offering === undefined || MACHINE_OFFERINGS.includes(offering)) return 'config';
  return DOORS.find(([prefix]) => offering.startsWith(prefix))?.[1] ?? 'closed';
}

const MACHINE_OFFERINGS: readonly string[] = ['ec2', 'compute-engine', 'virtual-machines', 'custom'];
/** By the beginning of the offering's name; the first that fits. */
const DOORS: readonly (readonly [string, SettingsDoor])[] = [
  ['elasticache-', 'elasticache'],
  ['memorydb-', 'memorydb'],
  ['memorystore-redis-cluster', 'memorystore-cluster'],
  ['memorystore-redis-', 'memorystore'],
  ['memorystore-valkey', 'memorystore-valkey'],
  ['azure-cache-redis-enterprise', 'closed'],
  ['azure-cache-redis-', 'azure-cache'],
];

/** Whether CONFIG is answered: the server is one's own, however it is started. */
export function isOwnServer(door: SettingsDoor): boolean {
  return door === 'config' || door === 'helm-redis' || door === 'helm-valkey';
}

export interface Setting {
  readonly name: string;
  readonly value: string;
}

/** Settings that a service lets its users change, where that is a short list; parameter groups take all of ours but maxmemory. */
const CHANGEABLE: Readonly<Partial<Record<SettingsDoor, readonly string[]>>> = {
  memorystore: ['activedefrag', 'maxmemory-policy', 'maxmemory-gb'],
  'memorystore-cluster': ['maxmemory-policy'],
  'memorystore-valkey': ['maxmemory-policy'],
  'azure-cache': ['maxmemory-policy'],
  closed: [],
};

/**
 * Lines that change settings, in the given order, ready to copy; names in capitals (PARAMETER_GROUP, INSTANCE, REGION …) are the user's own.
 * @returns lines for what can be changed there; none where nothing can
 */
export function settingCommands(door: SettingsDoor, settings: readonly Setting[]): string[] {
  const changeable = CHANGEABLE[door];
  const possible = changeable === undefined ? settings : settings.filter(({ name }) => changeable.includes(name));
  if (possible.length === 0) return [];
  const assigned = possible.map(({ name, value }) => `${name}=${value}`);
  switch (door) {
    case 'config':
    case 'helm-redis':
    case 'helm-valkey':
      return possible.map(({ name, value }) => `CONFIG SET ${name} ${/^[\w.%-]+$/.test(value) ? value : JSON.stringify(value)}`);
    case 'elasticache':
      return [
        `aws elasticache modify-cache-parameter-group --cache-parameter-group-name PARAMETER_GROUP --parameter-name-values ${parameterPairs(possible)}`,
      ];
    case 'memorydb':
      return [
        `aws memorydb update-parameter-group --parameter-group-name PARAMETER_GROUP --parameter-name-values ${parameterPairs(possible)}`,
      ];
    case 'memorystore':
      return assigned.map((pair) => `gcloud redis instances update INSTANCE --region=REGION --update-redis-config=${pair}`);
    case 'memorystore-cluster':
      return assigned.map((pair) => `gcloud redis clusters update CLUSTER --region=REGION --update-redis-config=${pair}`);
    case 'memorystore-valkey':
      return assigned.map((pair) => `gcloud memorystore instances update INSTANCE --location=REGION --update-engine-configs=${pair}`);
    case 'azure-cache':
      return assigned.map((pair) => `az redis update --name NAME --resource-group RESOURCE_GROUP --set redisConfiguration.${pair}`);
    case 'closed':
      return [];
  }
}

function parameterPairs(settings: readonly Setting[]): string {
  return settings.map(({ name, value }) => `"ParameterName=${name},ParameterValue=${value}"`).join(' ');
}

/** Lines that also keep the settings over a restart: in the server's configuration file, or in the values of the chart. */
export function keptSettingCommands(door: SettingsDoor, settings: readonly Setting[]): string[] {
  const lines = settingCommands(door, settings);
  if (lines.length === 0) return lines;
  switch (door) {
    case 'config':
      return [...lines, 'CONFIG REWRITE'];
    case 'helm-redis':
    case 'helm-valkey':
      return [...lines, helmLine(`--set-string ${helmPart(door)}.configuration=${shellText(settings)}`)];
    default:
      return lines;
  }
}

/** The part of Bitnami's charts that holds the server written to: `master` in the one for Redis, `primary` in the one for Valkey. */
function helmPart(door: 'helm-redis' | 'helm-valkey'): string {
  return door === 'helm-redis' ? 'master' : 'primary';
}

function helmLine(values: string): string {
  return `helm upgrade RELEASE CHART --reuse-values ${values}`;
}

/** Lines of a configuration file as one word of the shell. */
function shellText(settings: readonly Setting[]): string {
  const text = settings
    .map(({ name, value }) => `${name} ${value}`)
    .join('\\n')
    .replaceAll(',', '\\\\,');
  return settings.length > 1 ? `$'${text}'` : `'${text}'`;
}

/** The line that gives the container this much memory, as a limit and as what is kept free for it. */
export function containerMemoryCommands(door: SettingsDoor, bytes: number): string[] {
  if (door !== 'helm-redis' && door !== 'helm-valkey') return [];
  const part = helmPart(door);
  const size = `${Math.ceil(bytes / MiB)}Mi`;
  return [helmLine(`--set ${part}.resources.limits.memory=${size} --set ${part}.resources.requests.memory=${size}`)];
}

/**
 * Lines that set `maxmemory`.
 * @param fixedMaxmemoryBytes - the node type's fixed limit, on ElastiCache: there only the reserved share can be changed
 * @returns no lines where it cannot be set, or not to that value
 */
export function maxmemoryCommands(door: SettingsDoor, bytes: number, fixedMaxmemoryBytes?: number): string[] {
  if (isOwnServer(door)) return keptSettingCommands(door, [{ name: 'maxmemory', value: String(bytes) }]);
  switch (door) {
    case 'memorystore':
      return bytes < GiB ? [] : settingCommands(door, [{ name: 'maxmemory-gb', value: String(Math.floor(bytes / GiB)) }]);
    case 'elasticache': {
      if (fixedMaxmemoryBytes === undefined) return [];
      // Rounded up, so that the limit is not above what was asked; the hair allows for the division's own rounding.
      const percent = Math.ceil(100 * (1 - bytes / fixedMaxmemoryBytes) - 1e-9);
      return percent < 0 || percent > 100 ? [] : settingCommands(door, [{ name: 'reserved-memory-percent', value: String(percent) }]);
    }
    default:
      return [];
  }
}
