import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names that stand in what `plantNames` writes, and that an anonymous report must not hold. */
export const PLANTED = [
  'acme-orders.internal',
  '10.66.77.88',
  'acme-invoices',
  'acme-dumps',
  'acme-memory.csv',
  'Acme quarterly review',
  'acme-noon',
  'acme-large',
  'acme-cloud',
  'acme intranet',
  'acme-shop',
  'acme-zone',
] as const;

/**
 * Writes a table of two nodes and a catalog in which every place for a name from outside is taken by a planted one.
 * @returns arguments of `report`, and the path of the table
 */
export function plantNames(folder: string): { readonly argv: readonly string[]; readonly table: string } {
  const inputs = join(folder, 'acme-invoices', 'acme-dumps');
  mkdirSync(inputs, { recursive: true });
  const table = join(inputs, 'acme-memory.csv');
  const MiB = 2 ** 20;
  const rows = Array.from({ length: 24 * 14 }, (_, hour) =>
    ['acme-orders.internal:6379', '10.66.77.88:6380'].map((node, i) =>
      [1_790_812_800 + hour * 3600, node, (300 + 200 * i + hour * 0.4) * MiB, (330 + 200 * i + hour * 0.45) * MiB, 700 * MiB].join(','),
    ),
  );
  const bad = 'acme-noon,acme-orders.internal:6379,1,1,1';
  writeFileSync(table, ['timestamp,node,used_memory,used_memory_rss,maxmemory', ...rows.flat(), bad].join('\n'));
  const catalog = join(inputs, 'acme-machines.csv');
  writeFileSync(catalog, 'provider,offering,name,memory_gib,price_usd_hour,source\nacme-cloud,acme-cloud,acme-large,4,0.1,acme intranet\n');
  const config = join(inputs, 'acme-groups.yaml');
  const zones = '{ "*internal*": acme-zone-1, "10.*": acme-zone-2 }';
  writeFileSync(config, `groups:\n  - { id: acme-shop, kind: cluster, nodes: "*", zones: ${zones}, labels: { owner: acme-shop } }\n`);
  return {
    argv: [
      table,
      '--config',
      config,
      '--title',
      'Acme quarterly review',
      '--catalog',
      catalog,
      '--provider',
      'acme-cloud',
      '--system-memory',
      '1GiB',
    ],
    table,
  };
}
