import { dateLocale } from '../../model/date-fns.ts';
import type { Language } from '../language.ts';
import { isSingular } from './plural.ts';

export const language: Language = {
  tag: 'pt-BR',
  dateLocale: dateLocale('pt-BR'),
  datePatterns: {
    date: "d 'de' MMM'.' 'de' yyyy",
    dateTime: "d 'de' MMM'.' 'às' HH:mm",
    dateTimeWithYear: "d 'de' MMM'.' 'de' yyyy 'às' HH:mm",
    clock: 'HH:mm',
    dayMonth: 'dd/MM',
    monthYear: 'MMM/yyyy',
    week: 'dd/MM/yy',
  },
  units: {
    second: 's',
    minute: 'min',
    hour: 'h',
    day: 'd',
    days: (value, text) => `${text} ${isSingular(value) ? 'dia' : 'dias'}`,
    percent: (text) => `${text}%`,
    usdPerHour: (text) => `US$ ${text}/h`,
  },
};
