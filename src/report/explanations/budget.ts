import type { BudgetLine } from '../../model/analysis.ts';
import type { Explanation } from '../blocks.ts';
import { type Telling, text } from '../telling.ts';

/** What the formula of a line of the budget can be opened to: why the line is there, and each symbol in words; basis and source stand in its row. */
export function explainBudgetLine(telling: Telling, line: BudgetLine): Explanation {
  const words = telling.locale.explain;
  const symbols = new Set([...symbolsOf(line.formula), ...Object.keys(line.inputs)]);
  return {
    why: text(words.line[line.id]),
    inputs: [...symbols].flatMap((symbol) => {
      const meaning = words.symbol[symbol];
      const value = line.inputs[symbol];
      if (meaning === undefined) return [];
      return [{ symbol, meaning, ...(value === undefined ? {} : { value: inputText(telling, symbol, value) }) }];
    }),
  };
}

/** The names in a formula: symbols, functions and units. */
export function symbolsOf(formula: string): readonly string[] {
  return [...new Set(formula.match(/[A-Za-z][A-Za-z_0-9]*/g))];
}

/** Symbols of sizes (docs/methodology.md#words-and-symbols), quantiles of them, and names with their unit; all others are counts, rates, factors. */
const SIZE_NAME = /^[A-Z]|^p\d+$|Bytes$/;
/** A symbol may also be a small number: below this it is shown as one. */
const SMALLEST_SIZE = 65_536;

/** The value of an input: sizes as bytes, all else as plain numbers. */
export function inputText({ format }: Pick<Telling, 'format'>, symbol: string, value: number): string {
  const isSize = SIZE_NAME.test(symbol) && (value === 0 || Math.abs(value) >= SMALLEST_SIZE);
  return isSize ? format.bytes(value) : format.number(value, value >= 1000 ? 0 : 4);
}
