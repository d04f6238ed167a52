import type { Locale } from '../index.ts';
import { comparisonWords } from './comparison.ts';
import { explainWords } from './explain.ts';
import { judgementWords } from './findings.ts';
import { language } from './language.ts';
import { lessonWords } from './lessons.ts';
import { reportWords } from './report.ts';

/** English. */
export const en: Locale = {
  language,
  report: reportWords,
  explain: explainWords,
  lessons: lessonWords,
  comparison: comparisonWords,
  reading: [],
  ...judgementWords,
};
