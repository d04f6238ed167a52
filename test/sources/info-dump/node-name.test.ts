import { describe, expect, it } from 'vitest';
import { nodeNameFromFolder } from '../../../src/sources/info-dump/node-name.ts';

describe('nodeNameFromFolder', () => {
  it.each([
    ['prod-a', 'prod-a'],
    ['redis-1', 'redis-1'],
    ['eu/cache-7/dumps', 'eu/cache-7'],
    ['cache-7/2026-10-01', 'cache-7'],
    ['2026-10-01', undefined],
    ['october', undefined],
    ['week-40/day2', undefined],
    ['dumps', undefined],
    ['2026/10/01', undefined],
    ['', undefined],
  ])('finds in "%s" the name %s', (folder, name) => {
    expect(nodeNameFromFolder(folder)).toBe(name);
  });
});
