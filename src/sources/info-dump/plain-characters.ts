const ODD = /[\0\u00c2\u00e2\u00ef]/;
const BLANKS = /\u00c2\u00a0|\u00e2\u0080[\u0080-\u008a\u00af]/g;
const INVISIBLE = /\0|\u00c2\u00ad|\u00e2\u0080[\u008b-\u008f]|\u00e2\u0081\u00a0|\u00ef\u00bb\u00bf/g;
const SINGLE_QUOTES = /\u00e2\u0080[\u0098-\u009b]/g;
const DOUBLE_QUOTES = /\u00e2\u0080[\u009c-\u009f]/g;
const BARS = /\u00e2\u0094\u0082/g;

/**
 * A line without what chats, wikis and word processors put into pasted text: no-break and thin blanks become blanks, curly quotes straight
 * ones, drawn bars `|`; what has no width goes.
 * @param latin1 - UTF-8 read as Latin-1, one character a byte
 */
export function plainCharacters(latin1: string): string {
  if (!ODD.test(latin1)) return latin1;
  return latin1.replace(BLANKS, ' ').replace(INVISIBLE, '').replace(SINGLE_QUOTES, "'").replace(DOUBLE_QUOTES, '"').replace(BARS, '|');
}
