import type { Locale } from '../index.ts';
import { judgementWords } from './findings.ts';
import { language } from './language.ts';
import { readingMessages } from './reading.ts';
import { reportWords } from './report.ts';

/** Brazilian Portuguese. */
export const ptBr: Locale = { language, report: reportWords, reading: readingMessages, ...judgementWords };
