import { randomInt } from 'node:crypto';

/** Keys that one draw asks SCAN for. More, and smaller, draws tell their own error better; each costs one SCAN. */
const KEYS_A_DRAW = 10;
/** With fewer draws the error of a database is not to be told. */
const MIN_DRAWS = 2;
/** Small databases get their least number of keys on top of what was wanted, up to this many times as many in all. */
const MOST_OVER = 1.5;
/** Bits of a cursor that are chosen by chance: more than any table has, and exact in a number. */
const CURSOR_BITS = 48;

/** One piece of work: read a database from beginning to end, or from one place on. */
export interface PlannedDraw {
  readonly database: number;
  /** Absent: the whole database. */
  readonly cursor?: number;
  readonly count: number;
}

export interface DrawPlan {
  readonly draws: readonly PlannedDraw[];
  /** Databases that get draws, the largest first. */
  readonly databases: readonly { readonly index: number; readonly keys: number }[];
  /** Keys of the databases that do not. */
  readonly unseenKeys: number;
}

/**
 * Shares `wanted` keys out over databases by their number of keys, and each share over places that are evenly spread over the table, the
 * first by chance. Databases that are read from beginning to end come first, the smallest at the head; the order of the others is by chance too, so
 * that a sample that is cut short is a smaller sample and no different one.
 * @param random - from 0 to below 1
 */
export function planDraws(
  databases: readonly { readonly index: number; readonly keys: number }[],
  wanted: number,
  random: () => number = () => randomInt(2 ** CURSOR_BITS - 1) / 2 ** CURSOR_BITS,
): DrawPlan {
  const all = databases.reduce((sum, { keys }) => sum + keys, 0);
  const filled = databases.filter(({ keys }) => keys > 0).toSorted((a, b) => b.keys - a.keys || a.index - b.index);
  const draws: PlannedDraw[] = [];
  const whole: PlannedDraw[] = [];
  let left = MOST_OVER * wanted;
  let taken = 0;
  for (const { index, keys } of filled) {
    const share = Math.max(MIN_DRAWS * KEYS_A_DRAW, Math.round((wanted * keys) / all));
    if (Math.min(share, keys) > left) break;
    taken += 1;
    left -= Math.min(share, keys);
    if (keys <= share) {
      whole.unshift({ database: index, count: KEYS_A_DRAW });
      continue;
    }
    const places = Math.max(MIN_DRAWS, Math.round(share / KEYS_A_DRAW));
    const first = random();
    for (let i = 0; i < places; i += 1) draws.push({ database: index, cursor: cursorAt((first + i) / places), count: KEYS_A_DRAW });
  }
  for (let i = draws.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [draws[i], draws[j]] = [draws[j] as PlannedDraw, draws[i] as PlannedDraw];
  }
  const unseenKeys = filled.slice(taken).reduce((sum, { keys }) => sum + keys, 0);
  return { draws: [...whole, ...draws], databases: filled.slice(0, taken), unseenKeys };
}

/**
 * The cursor at a place of the whole scan, 0 to below 1. SCAN counts the bits of a bucket's number from the wrong end, so that a table may
 * grow meanwhile: the first binary place is the lowest bit of the cursor, however large the table is (Redis source, dict.c dictScan).
 */
export function cursorAt(place: number): number {
  let rest = place;
  let cursor = 0;
  for (let bit = 0; bit < CURSOR_BITS; bit += 1) {
    rest *= 2;
    if (rest >= 1) {
      rest -= 1;
      cursor += 2 ** bit;
    }
  }
  return cursor;
}
