import { describe, expect, it } from 'vitest';
import {
  containerMemoryCommands,
  findSettingsDoor,
  keptSettingCommands,
  maxmemoryCommands,
  settingCommands,
} from '../../src/analysis/server-commands.ts';
import { GiB, MiB } from '../../src/model/bytes.ts';

describe('the way settings are changed', () => {
  it.each([
    [undefined, 'config'],
    ['ec2', 'config'],
    ['custom', 'config'],
    ['elasticache-valkey', 'elasticache'],
    ['memorystore-redis-standard', 'memorystore'],
    ['memorystore-redis-cluster', 'memorystore-cluster'],
    ['memorystore-valkey', 'memorystore-valkey'],
    ['memorydb-redis', 'memorydb'],
    ['azure-cache-redis-premium', 'azure-cache'],
    ['azure-cache-redis-enterprise', 'closed'],
    ['azure-managed-redis', 'closed'],
    ['redis-cloud-pro', 'closed'],
  ] as const)('on %s is %s', (offering, door) => {
    expect(findSettingsDoor(offering)).toBe(door);
  });
});

describe('lines to copy', () => {
  it('set one value each on a server of one’s own, and keep them', () => {
    expect(keptSettingCommands('config', [{ name: 'maxmemory-policy', value: 'allkeys-lru' }])).toEqual([
      'CONFIG SET maxmemory-policy allkeys-lru',
      'CONFIG REWRITE',
    ]);
  });

  it('quote values with spaces', () => {
    expect(settingCommands('config', [{ name: 'save', value: '900 1' }])).toEqual(['CONFIG SET save "900 1"']);
  });

  it('are one call of the parameter group on ElastiCache', () => {
    const lines = settingCommands('elasticache', [
      { name: 'activedefrag', value: 'yes' },
      { name: 'active-defrag-cycle-max', value: '25' },
    ]);
    expect(lines).toEqual([
      'aws elasticache modify-cache-parameter-group --cache-parameter-group-name PARAMETER_GROUP --parameter-name-values "ParameterName=activedefrag,ParameterValue=yes" "ParameterName=active-defrag-cycle-max,ParameterValue=25"',
    ]);
  });

  it('go through the parameter group on MemoryDB', () => {
    expect(settingCommands('memorydb', [{ name: 'activedefrag', value: 'yes' }])).toEqual([
      'aws memorydb update-parameter-group --parameter-group-name PARAMETER_GROUP --parameter-name-values "ParameterName=activedefrag,ParameterValue=yes"',
    ]);
  });

  it('ask the other services only for what they let their users change', () => {
    const wanted = [
      { name: 'active-defrag-cycle-max', value: '25' },
      { name: 'activedefrag', value: 'yes' },
      { name: 'maxmemory-policy', value: 'allkeys-lru' },
    ];
    expect(settingCommands('memorystore', wanted)).toEqual([
      'gcloud redis instances update INSTANCE --region=REGION --update-redis-config=activedefrag=yes',
      'gcloud redis instances update INSTANCE --region=REGION --update-redis-config=maxmemory-policy=allkeys-lru',
    ]);
    expect(settingCommands('memorystore-cluster', wanted)).toEqual([
      'gcloud redis clusters update CLUSTER --region=REGION --update-redis-config=maxmemory-policy=allkeys-lru',
    ]);
    expect(settingCommands('memorystore-valkey', wanted)).toEqual([
      'gcloud memorystore instances update INSTANCE --location=REGION --update-engine-configs=maxmemory-policy=allkeys-lru',
    ]);
    expect(settingCommands('azure-cache', wanted)).toEqual([
      'az redis update --name NAME --resource-group RESOURCE_GROUP --set redisConfiguration.maxmemory-policy=allkeys-lru',
    ]);
  });

  it('change the running server and the values of its chart', () => {
    expect(maxmemoryCommands('helm-redis', GiB)).toEqual([
      `CONFIG SET maxmemory ${GiB}`,
      `helm upgrade RELEASE CHART --reuse-values --set-string master.configuration='maxmemory ${GiB}'`,
    ]);
    const two = [
      { name: 'active-defrag-cycle-max', value: '25' },
      { name: 'activedefrag', value: 'yes' },
    ];
    expect(keptSettingCommands('helm-valkey', two).at(-1)).toBe(
      "helm upgrade RELEASE CHART --reuse-values --set-string primary.configuration=$'active-defrag-cycle-max 25\\nactivedefrag yes'",
    );
    expect(containerMemoryCommands('helm-valkey', 1.5 * GiB)).toEqual([
      'helm upgrade RELEASE CHART --reuse-values --set primary.resources.limits.memory=1536Mi --set primary.resources.requests.memory=1536Mi',
    ]);
    expect(containerMemoryCommands('config', GiB)).toEqual([]);
  });

  it('are none where there is nothing to set or no way to set it', () => {
    expect(keptSettingCommands('config', [])).toEqual([]);
    expect(keptSettingCommands('closed', [{ name: 'activedefrag', value: 'yes' }])).toEqual([]);
    expect(maxmemoryCommands('closed', 8 * GiB)).toEqual([]);
  });

  it('lower the limit of ElastiCache by a larger reserve, and never raise it over the node’s own', () => {
    expect(maxmemoryCommands('elasticache', 7 * GiB, 10 * GiB).join()).toContain('ParameterName=reserved-memory-percent,ParameterValue=30');
    expect(maxmemoryCommands('elasticache', 11 * GiB, 10 * GiB)).toEqual([]);
    expect(maxmemoryCommands('elasticache', 7 * GiB)).toEqual([]);
  });

  it('give Memorystore whole gigabytes, rounded down', () => {
    expect(maxmemoryCommands('memorystore', 7.9 * GiB)[0]).toMatch(/--update-redis-config=maxmemory-gb=7$/);
    expect(maxmemoryCommands('memorystore', 100 * MiB)).toEqual([]);
  });
});
