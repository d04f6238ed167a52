import { z } from 'zod';

const text = z.string().min(1).max(200);

/** Names and values, as the user chose them: `environment: production`. */
export const labelsSchema = z.record(text, text);

export const nodeDescriptionSchema = z.object({ instance: text.optional(), labels: labelsSchema.optional() });

/** What the user says of a node, and no server tells: the instance type it runs on, and labels. */
export interface NodeDescription {
  readonly instance?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Both together; of what both say, `newer` counts. */
export function mergeDescriptions(older: NodeDescription | undefined, newer: NodeDescription | undefined): NodeDescription | undefined {
  if (older === undefined || newer === undefined) return newer ?? older;
  const labels = { ...older.labels, ...newer.labels };
  return { ...older, ...newer, ...(Object.keys(labels).length > 0 ? { labels } : {}) };
}
