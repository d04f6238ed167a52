import type { DailyPeak } from '../../src/analysis/forecast/daily-peaks.ts';
import { DAY_MS } from '../../src/model/time.ts';
import type { Series } from './series.ts';

/** What a simulated memory series does; they take turns. */
export const KINDS = [
  'flat',
  'linear',
  'weekly',
  'compound',
  'step',
  'slope change',
  'plateau',
  'spikes',
  'decline',
  'growing weekly',
  'month end',
  'saturating',
  'flush',
  'restarts',
  'held at limit',
] as const;
type Kind = (typeof KINDS)[number];

const DAYS = 120;
const HOURS_A_DAY = 24;
const START_AT = Date.UTC(2026, 0, 5);

/** Uniform in [low, high). */
type Draw = (low: number, high: number) => number;

/**
 * Simulated memory of stores and caches, 120 days of hourly values: level of the day × daily rhythm × noise of the day × noise of the hour.
 * Every second round of kinds is a store (noise of the day 0.1–1 %, daily rhythm up to 3 %), the others caches (1–4 %, 3–15 %).
 * The noise of the day is independent and normal in 60 % of the series, drags on (first-order, 0.5–0.9) in 25 % and has heavy tails (Student, 3) in 15 %.
 * Levels, with everything drawn evenly within its range:
 * flat; linear +0.2–2 % of the start a day; weekly, weekends 10–40 % lower, on a growth of 0–0.3 %; compound +0.2–1.5 % a day;
 * step to 0.5–2.5 × the level on one day; slope change from one growth of 0–1 % to another of 0–2 %; plateau, a growth of 0.5–2 % that ends
 * on one day; spikes of 1.1–1.8 × for 1–6 hours on 2–10 % of the days; decline by 0.2–1 % of the start a day down to 0.2 of it;
 * growing weekly, weekends 10–40 % lower on a growth of 0.3–1.5 %; month end, 1.1–1.6 × on one or two days in 30; saturating, towards 1.5–4 × with a
 * time constant of 20–80 days; flush, a growth of 0.3–1.5 % that begins anew at 5–50 % of the start on one day; restarts, one to four days with 2–10
 * empty hours after which all is as before; held at limit, a growth of 0.5–2 % up to 1.1–1.8 × and no further. Days of change lie between day 15 and day 105.
 * @param seed - the same seed gives the same series
 */
export function simulate(seed: number, count: number): readonly Series[] {
  const draw = drawFrom(seed);
  return Array.from({ length: count }, (_, i) => {
    const kind = KINDS[i % KINDS.length] ?? 'flat';
    const isStore = Math.floor(i / KINDS.length) % 2 === 0;
    return simulateOne(`${kind} ${i + 1}`, kind, isStore, draw);
  });
}

function simulateOne(name: string, kind: Kind, isStore: boolean, draw: Draw): Series {
  const start = 2 ** draw(27, 35);
  const dailyNoise = isStore ? draw(0.001, 0.01) : draw(0.01, 0.04);
  const noiseOf = drawNoise(draw);
  const rhythm = isStore ? draw(0, 0.03) : draw(0.03, 0.15);
  const busiestHour = draw(0, HOURS_A_DAY);
  const { levelOf, limit } = drawLevel(kind, draw);
  const spikeShare = kind === 'spikes' ? draw(0.02, 0.1) : 0;
  const restarts = kind === 'restarts' ? Array.from({ length: 1 + Math.floor(draw(0, 4)) }, () => Math.floor(draw(2, DAYS))) : [];
  const hours = Array.from({ length: DAYS }, (_, day) => {
    const ofDay = start * levelOf(day) * Math.exp(dailyNoise * noiseOf());
    const spike = drawSpike(spikeShare, draw);
    const emptyHours = restarts.includes(day) ? draw(2, 10) : 0;
    return Array.from({ length: HOURS_A_DAY }, (_, hour) => {
      const ofHour = 1 + rhythm * Math.cos((2 * Math.PI * (hour - busiestHour)) / HOURS_A_DAY);
      const factor = spike !== undefined && hour >= spike.from && hour < spike.to ? spike.factor : 1;
      const at = START_AT + (day * HOURS_A_DAY + hour + 1) * (DAY_MS / HOURS_A_DAY);
      const isEmpty = hour >= 12 && hour < 12 + emptyHours;
      const value = Math.min(ofDay * ofHour * factor * Math.exp(0.002 * normal(draw)), start * limit);
      return { at, value: isEmpty ? 0.02 * start : value };
    });
  });
  return { name, kind, hours: hours.flat(), days: hours.map(peakOf), limit: start * limit };
}

/** Noise of the day with a standard deviation of about 1. */
function drawNoise(draw: Draw): () => number {
  const which = draw(0, 1);
  if (which < 0.6) return () => normal(draw);
  if (which < 0.85) {
    const kept = draw(0.5, 0.9);
    let last = normal(draw);
    return () => {
      last = kept * last + Math.sqrt(1 - kept ** 2) * normal(draw);
      return last;
    };
  }
  return () => normal(draw) / Math.sqrt(normal(draw) ** 2 + normal(draw) ** 2 + normal(draw) ** 2);
}

function peakOf(hours: readonly DailyPeak[]): DailyPeak {
  return { at: hours.at(-1)?.at ?? 0, value: Math.max(...hours.map((hour) => hour.value)) };
}

/** Level of a day in units of the start. */
function drawLevel(kind: Kind, draw: Draw): { readonly levelOf: (day: number) => number; readonly limit: number } {
  if (kind === 'held at limit') {
    const pace = draw(0.005, 0.02);
    return { levelOf: (day) => 1 + pace * day, limit: draw(1.1, 1.8) };
  }
  return { levelOf: drawFreeLevel(kind, draw), limit: Number.POSITIVE_INFINITY };
}

function drawFreeLevel(kind: Exclude<Kind, 'held at limit'>, draw: Draw): (day: number) => number {
  const changeDay = Math.floor(draw(15, DAYS - 15));
  switch (kind) {
    case 'flat':
    case 'spikes':
    case 'restarts':
      return () => 1;
    case 'linear': {
      const pace = draw(0.002, 0.02);
      return (day) => 1 + pace * day;
    }
    case 'weekly':
    case 'growing weekly': {
      const weekend = draw(0.6, 0.9);
      const pace = kind === 'weekly' ? draw(0, 0.003) : draw(0.003, 0.015);
      return (day) => (1 + pace * day) * (day % 7 < 5 ? 1 : weekend);
    }
    case 'compound': {
      const pace = draw(0.002, 0.015);
      return (day) => (1 + pace) ** day;
    }
    case 'step': {
      const factor = draw(0.5, 2.5);
      return (day) => (day < changeDay ? 1 : factor);
    }
    case 'slope change': {
      const [before, after] = [draw(0, 0.01), draw(0, 0.02)];
      return (day) => 1 + before * Math.min(day, changeDay) + after * Math.max(0, day - changeDay);
    }
    case 'plateau': {
      const pace = draw(0.005, 0.02);
      return (day) => 1 + pace * Math.min(day, changeDay);
    }
    case 'month end': {
      const factor = draw(1.1, 1.6);
      const [first, length] = [Math.floor(draw(0, 28)), 1 + Math.floor(draw(0, 2))];
      return (day) => (day % 30 >= first && day % 30 < first + length ? factor : 1);
    }
    case 'saturating': {
      const [rise, slowness] = [draw(0.5, 3), draw(20, 80)];
      return (day) => 1 + rise * (1 - Math.exp(-day / slowness));
    }
    case 'flush': {
      const [pace, rest] = [draw(0.003, 0.015), draw(0.05, 0.5)];
      return (day) => (day < changeDay ? 1 + pace * day : rest + pace * (day - changeDay));
    }
    case 'decline': {
      const pace = draw(0.002, 0.01);
      return (day) => Math.max(0.2, 1 - pace * day);
    }
  }
}

interface Spike {
  readonly from: number;
  readonly to: number;
  readonly factor: number;
}

function drawSpike(share: number, draw: Draw): Spike | undefined {
  const isToday = draw(0, 1) < share;
  const from = Math.floor(draw(0, HOURS_A_DAY - 6));
  const spike = { from, to: from + 1 + Math.floor(draw(0, 6)), factor: draw(1.1, 1.8) };
  return isToday ? spike : undefined;
}

/** Standard normal (Box–Muller). */
function normal(draw: Draw): number {
  return Math.sqrt(-2 * Math.log(1 - draw(0, 1))) * Math.cos(2 * Math.PI * draw(0, 1));
}

/** Seeded draws (mulberry32, public domain). */
function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (low, high) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return low + (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * (high - low);
  };
}
