import { describe, expect, it } from 'vitest';
import { checkCatalog } from '../../src/catalogs/check.ts';

describe('checking a catalog', () => {
  it('finds nothing wrong with a sourced list', async () => {
    expect(await checkCatalog('name,memory_gib,source\na,8,invoice\nb,16,invoice\n')).toEqual([]);
  });

  it.each([
    ['name,memory_gib,source\na,0,s\n', 2, 'error', 'memory_gib is 0; leave the cell empty when it is not known'],
    ['name,memory_gib,usable_memory_gib,source\na,8,9,s\n', 2, 'error', 'usable_memory_gib is larger than memory_gib'],
    ['name,memory_gib,default_maxmemory_bytes,source\na,1,2000000000,s\n', 2, 'error', 'default_maxmemory_bytes is larger than memory_gib'],
    ['name,memory_gib,source\na,8,s\na,16,s\n', 3, 'error', '"a" is in line 2 already'],
    ['name,memory_gib,price_usd_hour,source\na,8,0.1,s\n', 2, 'warning', 'price_usd_hour without price_as_of'],
    ['name,memory_gib\na,8\n', 2, 'warning', 'source is empty'],
    ['name,family,memory_gib,source\na,m,8,s\nb,m,4,s\n', 3, 'warning', 'memory_gib falls inside the family "m"'],
    ['name,memory_gib\n', 1, 'error', 'no entry'],
  ] as const)('reports %j', async (text, line, level, problem) => {
    expect(await checkCatalog(text)).toContainEqual({ line, level, problem });
  });
});
