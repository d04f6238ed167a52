import { z } from 'zod';

/** Labels of a series, its `__name__` among them where the query keeps it. */
export type Labels = Readonly<Record<string, string>>;

/** A series of a range query: `values` are instants in seconds and numbers as text, in time order. */
export interface RangeSeries {
  readonly labels: Labels;
  readonly values: readonly unknown[];
}

const labelsSchema = z.record(z.string(), z.string());
/** What every answer of the API is wrapped in. */
const answerSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), data: z.unknown() }),
  z.object({ status: z.literal('error'), errorType: z.string().optional(), error: z.string().optional() }),
]);
const namesSchema = z.array(z.string());
const seriesSchema = z.array(labelsSchema);
const matrixSchema = z.object({
  resultType: z.literal('matrix'),
  // A native histogram has no `values`. Points are many: they are looked at one by one, as they are read.
  result: z.array(z.object({ metric: labelsSchema, values: z.array(z.unknown()).optional() })),
});
const vectorSchema = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ metric: labelsSchema, value: z.tuple([z.number(), z.string()]).optional() })),
});

export type Answer = z.infer<typeof answerSchema>;

/** The answer in a text; undefined where it is none of this API. */
export function readAnswer(text: string): Answer | undefined {
  try {
    return answerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Each gives undefined where the data has another form. */
export const readNames = (data: unknown): readonly string[] | undefined => namesSchema.safeParse(data).data;
export const readSeries = (data: unknown): readonly Labels[] | undefined => seriesSchema.safeParse(data).data;

export function readMatrix(data: unknown): readonly RangeSeries[] | undefined {
  return matrixSchema.safeParse(data).data?.result.map(({ metric, values = [] }) => ({ labels: metric, values }));
}

/** Numbers of an instant query; those that are not finite are left out. */
export function readVector(data: unknown): readonly { readonly labels: Labels; readonly value: number }[] | undefined {
  return vectorSchema.safeParse(data).data?.result.flatMap(({ metric, value }) => {
    const number = Number(value?.[1]);
    return Number.isFinite(number) ? [{ labels: metric, value: number }] : [];
  });
}

/** One point of a series: instant in epoch milliseconds, and its number; undefined for what is no point or no finite number. */
export function readPoint(point: unknown): { readonly at: number; readonly value: number } | undefined {
  if (!Array.isArray(point)) return undefined;
  const [seconds, text] = point as readonly unknown[];
  if (typeof seconds !== 'number' || typeof text !== 'string' || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) && Number.isFinite(seconds) ? { at: Math.round(seconds * 1000), value } : undefined;
}
