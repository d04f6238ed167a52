import { z } from 'zod';
import { analysisSchema } from './analysis.ts';

/**
 * The published JSON Schema (draft 2020-12) of the Analysis. Unknown fields pass at every level, so that an Analysis of a later release with
 * added fields is valid too; missing ones do not.
 */
export const analysisJsonSchema = z.toJSONSchema(analysisSchema, { io: 'input' });
