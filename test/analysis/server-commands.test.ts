import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findSettingsDoor,
  keptSettingCommands,
  maxmemoryCommands,
  roundDownLimit,
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
    ['memorystore-redis-cluster', 'closed'],
    ['azure-managed-redis', 'closed'],
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
      'aws elasticache modify-cache-parameter-group --cache-parameter-group-name GROUP --parameter-name-values "ParameterName=activedefrag,ParameterValue=yes" "ParameterName=active-defrag-cycle-max,ParameterValue=25"',
    ]);
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

describe('rounding a limit', () => {
  it('gives 13.5 GiB from 13.553', () => {
    expect(roundDownLimit(13.553240741 * GiB)).toBe(14_495_514_624);
  });

  it('never goes above, never loses more than a step, and stays where it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 45 }), (bytes) => {
        const rounded = roundDownLimit(bytes);
        expect(rounded).toBeLessThanOrEqual(bytes);
        expect(bytes - rounded).toBeLessThan(256 * MiB);
        expect(roundDownLimit(rounded)).toBe(rounded);
      }),
    );
  });
});
