import { dateLocale } from '../../model/date-fns.ts';
import type { Language } from '../language.ts';

export const language: Language = {
  tag: 'en',
  dateLocale: dateLocale('en-GB'),
  datePatterns: {
    date: 'd MMM yyyy',
    dateTime: 'd MMM HH:mm',
    dateTimeWithYear: 'd MMM yyyy HH:mm',
    clock: 'HH:mm',
    dayMonth: 'd MMM',
    monthYear: 'MMM yyyy',
    week: 'd MMM yy',
  },
  units: {
    second: 's',
    minute: 'min',
    hour: 'h',
    day: 'd',
    days: (value, text) => `${text} ${value === 1 ? 'day' : 'days'}`,
    percent: (text) => `${text} %`,
    usdPerHour: (text) => `$${text}/h`,
  },
};
