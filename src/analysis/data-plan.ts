import type { BudgetLine, Forecast, HashTableStep } from '../model/analysis.ts';
import type { NodeHistory } from '../model/node-history.ts';
import type { BudgetQuestion } from './budget.ts';
import { line } from './budget-line.ts';
import { evictsNothing } from './evictable-keys.ts';
import { findBytesAboveLimit, hasHappened, isHeldAtLimit } from './forecast/held-at-limit.ts';
import { transitionWithin } from './hash-tables.ts';
import { roundUpLimit } from './limit-steps.ts';
import { SLOT_BYTES } from './slot-histograms.ts';

/** Full use of maxmemory is the normal state of a cache that evicts. */
const FILL_EVICTING = 1;
/** A cache that has not evicted yet: a little room before it begins to. */
export const FILL_CACHE = 0.95;
/** A store refuses writes at its limit: a fifth stays free. */
export const FILL_STORE = 0.8;

/** What the data ask for. */
export interface DataPlan {
  readonly lines: readonly BudgetLine[];
  readonly maxmemoryBytes: number;
  /** Before it is rounded up to a step that a person would set. */
  readonly unroundedBytes: number;
}

/** The lines that make maxmemory: whole bytes, so that they add up to it exactly. Undefined without used memory. */
export function planData(question: BudgetQuestion): DataPlan | undefined {
  const { history, peaks, settings, dataRatio = 1 } = question;
  const seen = peaks.countedBytes ?? peaks.usedMemoryBytes;
  if (seen === undefined || !(seen.value > 0)) return undefined;
  const limit = history.last.maxmemoryBytes ?? 0;
  const isHeld = isHeldAtLimit(history);
  const aboveLimit = isHeld ? findBytesAboveLimit(history) : undefined;
  const held = isHeld ? Math.min(seen.value, aboveLimit ?? limit) : seen.value;
  const peak = Math.ceil(held * dataRatio);
  const imported = Math.ceil((settings.importBytes ?? 0) * dataRatio);
  const start = peak + imported;

  const forecast = question.forecast && placeForecast(question.forecast, dataRatio, imported);
  const { growth, upper } = planGrowth(start, isHeld, forecast, settings.growthRatio);
  const factor = (start + growth.bytes) / start;
  const steps = (question.steps ?? []).map((step) => loadTable(step, start / peak));
  const appliesToKeys = settings.growthRatio !== undefined;
  // While a limit holds the data, evictions hold the number of keys too.
  const due = isHeld && !appliesToKeys && imported === 0 ? [] : steps;
  const transition = transitionWithin(due, settings.horizonDays, { factor, appliesToKeys });
  const step = Math.ceil(transition.bytes);

  const fill = findPlannedFill(question);
  const slots = question.slotHistogramBytes ?? 0;
  const data = start + growth.bytes + slots + step;
  // The demand behind a limit that is held cannot be seen: never advise less than what is full today.
  const keepsLimit = isHeld && dataRatio === 1 && data / fill <= limit;
  // Room for what is expected, or the bound of the forecast without room: both answer the same doubt, so the larger counts, never the sum.
  const unroundedBytes = keepsLimit ? limit : Math.max(data / fill, (upper ?? 0) + slots + step);
  const maxmemoryBytes = keepsLimit ? limit : roundUpLimit(unroundedBytes);
  const counted = peaks.countedBytes === undefined ? 'max(U)' : 'max(U − N)';
  const measured = isHeld ? `min(${counted}, ${aboveLimit === undefined ? 'M_now' : 'C_now'})` : counted;
  return {
    maxmemoryBytes,
    unroundedBytes,
    lines: [
      dataRatio === 1
        ? line('peak-counted', peak, 'measured', measured, { C_peak: seen.value })
        : line('peak-counted', peak, 'derived', `${measured} × d`, { C_peak: seen.value, d: dataRatio }),
      ...(imported === 0
        ? []
        : [line('import', imported, 'assumed', dataRatio === 1 ? 'I' : 'I × d', { I: settings.importBytes ?? 0, d: dataRatio })]),
      growth,
      ...(slots === 0 ? [] : [line('slot-histograms', slots, 'derived', 'slots × 2560 B', { slots: slots / SLOT_BYTES })]),
      line('hash-table-step', step, 'derived', 'Σ (1.5 × T_new − T_old × g)', {
        ...(transition.newBytes > 0 ? { T_new: transition.newBytes, T_old: transition.oldBytes } : {}),
        g: factor,
        horizonDays: settings.horizonDays,
      }),
      keepsLimit
        ? line('fill-margin', limit - data, 'assumed', 'M_now − (C + H)', { M_now: limit, C: start + growth.bytes + slots, H: step })
        : upper === undefined
          ? line('fill-margin', maxmemoryBytes - data, 'assumed', 'roundUp((C + H) / fill) − (C + H)', {
              fill,
              C: start + growth.bytes + slots,
              H: step,
            })
          : line(
              'fill-margin',
              maxmemoryBytes - data,
              upper + slots + step > data / fill ? 'derived' : 'assumed',
              'roundUp(max((C + H) / fill, C_upper + H)) − (C + H)',
              {
                fill,
                C: start + growth.bytes + slots,
                H: step,
                C_upper: upper + slots,
              },
            ),
    ],
  };
}

/** The forecast of the same data on the planned machine, with what is loaded on top. */
function placeForecast(forecast: Forecast, ratio: number, importedBytes: number): Forecast {
  const place = (value: number | undefined) => (value === undefined ? undefined : value * ratio + importedBytes);
  const { peak } = forecast;
  return { ...forecast, peak: peak && { p50: place(peak.p50), p90: place(peak.p90), p95: place(peak.p95) } };
}

/** The same table after a load that makes the data `factor` times as large: nearer to its doubling, at the pace that it grew with, or past it. */
function loadTable(step: HashTableStep, factor: number): HashTableStep {
  const { entries, threshold, daysUntil } = step;
  const room = threshold - entries;
  const share = room > 0 ? Math.max(0, threshold - entries * factor) / room : 0;
  return { ...step, entries: entries * factor, daysUntil: daysUntil === undefined ? undefined : daysUntil * share };
}

const WEEK_DAYS = 7;

interface GrowthPlan {
  readonly growth: BudgetLine;
  /** What the peak at the horizon stays below with little doubt; undefined where nothing is known of the doubt. */
  readonly upper?: number;
}

/**
 * Growth up to the horizon: as assumed in the settings, else what the forecast expects (p50), else none. Never below the peak so far.
 * The bound is p95; where confidence is low that is a rule of thumb, and p90 is taken; under a week of history there is none.
 */
function planGrowth(peak: number, isHeld: boolean, forecast: Forecast | undefined, growthRatio: number | undefined): GrowthPlan {
  if (growthRatio !== undefined) {
    const growth = line('growth', Math.max(0, Math.ceil(peak * growthRatio)), 'assumed', 'C_peak × growth', {
      C_peak: peak,
      growth: growthRatio,
    });
    return { growth };
  }
  const { p50, p90, p95 } = (forecast?.status === 'ok' && !isHeld && forecast.peak) || {};
  if (forecast === undefined || p50 === undefined) return { growth: line('growth', 0, 'assumed', '0', {}) };
  const expected = Math.max(peak, Math.round(p50));
  const inputs = { p50, C_peak: peak, horizonDays: forecast.horizonDays };
  const formula = 'max(0, p50 − C_peak)';
  // Under a week, one odd day makes the bound twice the peak: then only what is expected counts, with the room that the fill leaves.
  const [name, bound] = forecast.confidence === 'low' ? (['p90', p90] as const) : (['p95', p95] as const);
  if (forecast.historyDays < WEEK_DAYS || bound === undefined)
    return { growth: line('growth', expected - peak, 'derived', formula, inputs) };
  const upper = Math.max(expected, Math.round(bound));
  return { growth: line('growth', expected - peak, 'derived', formula, { ...inputs, [name]: bound }, upper - expected), upper };
}

/**
 * How full maxmemory may be: 1 for a cache that evicts, 0.95 for one that may evict any key but has not, 0.8 for a store. `volatile-*` that has
 * evicted all there was to evict is a store.
 */
export function findTargetFill(history: NodeHistory): number {
  const policy = history.texts.maxmemoryPolicy?.at(-1)?.value;
  if (evictsNothing(history, policy) === true) return FILL_STORE;
  if (hasHappened(history, 'evictedKeys')) return FILL_EVICTING;
  return policy?.startsWith('allkeys-') ? FILL_CACHE : FILL_STORE;
}

/** The fill that the plan is made for: as asked for, else {@link findTargetFill}. A cache that has evicted may be full. */
export function findPlannedFill({ history, settings, targetFill }: BudgetQuestion): number {
  if (targetFill !== undefined) return targetFill;
  if (settings.policy === 'store') return FILL_STORE;
  return settings.policy === 'cache' ? Math.max(FILL_CACHE, findTargetFill(history)) : findTargetFill(history);
}
