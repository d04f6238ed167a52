import { z } from 'zod';
import { type Analysis, analysisSchema } from '../../src/model/analysis.ts';

/** The same schema, with every object closed: a key that it does not know is an error. */
function closeObjects(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries(schema.shape).map(([key, child]) => [key, closeObjects(child as z.ZodType)] as const);
    return z.strictObject(Object.fromEntries(shape));
  }
  if (schema instanceof z.ZodArray) return z.array(closeObjects(schema.element as z.ZodType));
  if (schema instanceof z.ZodOptional) return closeObjects(schema.unwrap() as z.ZodType).optional();
  return schema;
}

const strictSchema = closeObjects(analysisSchema);

/** Throws unless the Analysis is what the schema says, without a key that the schema does not have and without NaN or Infinity. */
export function strictlyValidate(analysis: Analysis): void {
  strictSchema.parse(JSON.parse(JSON.stringify(analysis)));
  strictSchema.parse(analysis);
}
