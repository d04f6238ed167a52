import type { Locale } from '../index.ts';
import { judgementWords } from './findings.ts';
import { language } from './language.ts';
import { reportWords } from './report.ts';

/** Brazilian Portuguese. */
export const ptBr: Locale = { language, report: reportWords, ...judgementWords };
