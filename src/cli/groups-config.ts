import { z } from 'zod';
import type { GroupDefinition } from '../index.ts';
import { ConfigError } from '../model/errors.ts';

const name = z.string().min(1).max(200);
const groupsSchema = z
  .array(
    z
      .strictObject({
        id: name,
        kind: z.enum(['cluster', 'replication', 'fleet']),
        nodes: z.union([name.transform((pattern) => [pattern]), z.array(name).min(1)]).optional(),
        where: z.record(name, z.coerce.string().max(200)).optional(),
        zones: z.record(name, z.coerce.string().min(1).max(200)).optional(),
        labels: z.record(name, z.coerce.string().max(200)).optional(),
      })
      .refine(({ nodes, where }) => nodes !== undefined || where !== undefined, { message: 'nodes or where is missing' }),
  )
  .max(1000);

/** The `groups:` of a config file. @throws ConfigError naming the place and what belongs there */
export function readGroups(path: string, value: unknown): GroupDefinition[] {
  const result = groupsSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = ['groups', ...(issue?.path ?? [])].join('.');
  throw new ConfigError(
    `--config ${path}`,
    where,
    `a list of groups with id, kind (cluster, replication or fleet), nodes or where (labels of nodes), and if wanted zones and labels (${issue?.message ?? 'unknown'})`,
  );
}
