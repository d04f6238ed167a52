import type { Locale } from '../index.ts';
import { comparisonWords } from './comparison.ts';
import { explainWords } from './explain.ts';
import { judgementWords } from './findings.ts';
import { language } from './language.ts';
import { lessonWords } from './lessons.ts';
import { readingMessages } from './reading.ts';
import { reportWords } from './report.ts';

/** Brazilian Portuguese. */
export const ptBr: Locale = {
  language,
  report: reportWords,
  explain: explainWords,
  lessons: lessonWords,
  comparison: comparisonWords,
  reading: readingMessages,
  ...judgementWords,
};
