/** Separators of names, the first that a name has is the one it is split at. */
const SEPARATORS = [':', '/', '.', '-'] as const;
/** Parts of a name that are told apart; what follows stays together. */
const MOST_PARTS = 6;
/** Rows that a prefix tree may have. */
const MOST_ROWS = 30;
/** A prefix with less than this share of the bytes is lumped with its like. */
const SMALL_SHARE = 0.01;
/** Values of a part that are more than so many, each of fewer keys than so many, are ids; so are numbers, from three on. */
const MANY_VALUES = 12;
const FEW_KEYS_A_VALUE = 20;

/** Keys whose names begin alike, with the numbers of these keys. */
export interface PrefixRow {
  /** `user:*:cart`: `*` stands for any value, `…` at the end for the rest of what begins so. */
  readonly pattern: string;
  readonly members: readonly number[];
}

interface Branch extends PrefixRow {
  readonly depth: number;
  /** Longer patterns may follow. */
  readonly isOpen: boolean;
  readonly bytes: number;
}

/**
 * Sorts keys by how their names begin, into at most 30 rows that add up to all of them: the heaviest row is split further as long as that tells more.
 * @param keys - each with its weight in bytes
 */
export function groupByPrefix(keys: readonly { readonly name: string; readonly bytes: number }[]): PrefixRow[] {
  const parts = keys.map(({ name }) => splitName(name));
  const bytesOf = (members: readonly number[]): number => members.reduce((sum, member) => sum + (keys[member]?.bytes ?? 0), 0);
  const everyone = keys.map((_, index) => index);
  const all = bytesOf(everyone);
  let rows: Branch[] = [{ pattern: '', members: everyone, depth: 0, isOpen: true, bytes: all }];
  for (;;) {
    const heaviest = rows.filter(({ isOpen }) => isOpen).toSorted((a, b) => b.bytes - a.bytes)[0];
    if (heaviest === undefined) break;
    const branches = split(heaviest, parts, bytesOf, SMALL_SHARE * all);
    rows = rows.filter((row) => row !== heaviest);
    const isAffordable = branches.length > 0 && rows.length + branches.length <= MOST_ROWS;
    rows.push(
      ...(isAffordable ? branches : [{ ...heaviest, pattern: heaviest.depth === 0 ? '*' : `${heaviest.pattern}…`, isOpen: false }]),
    );
  }
  return rows
    .toSorted((a, b) => b.bytes - a.bytes || (a.pattern < b.pattern ? -1 : 1))
    .map(({ pattern, members }) => ({ pattern, members }));
}

/** `user:1:cart` → `user:`, `1:`, `cart`. */
export function splitName(name: string): string[] {
  const separator = SEPARATORS.find((sign) => name.includes(sign));
  if (separator === undefined) return [name];
  const parts: string[] = [];
  let from = 0;
  while (parts.length < MOST_PARTS - 1) {
    const at = name.indexOf(separator, from);
    if (at < 0) break;
    parts.push(name.slice(from, at + 1));
    from = at + 1;
  }
  // A name may end in its separator.
  return from < name.length ? [...parts, name.slice(from)] : parts;
}

function split(branch: Branch, parts: readonly string[][], bytesOf: (members: readonly number[]) => number, small: number): Branch[] {
  const { pattern, depth, members } = branch;
  const make = (text: string, of: readonly number[], isOpen: boolean): Branch => ({
    pattern: pattern + text,
    members: of,
    depth: depth + 1,
    isOpen,
    bytes: bytesOf(of),
  });
  const byEnd = Map.groupBy(members, (member) => (parts[member]?.length ?? 0) > depth + 1);
  const branches: Branch[] = [];
  for (const [goesOn, some] of byEnd) {
    const values = [...Map.groupBy(some, (member) => parts[member]?.[depth] ?? '')];
    const areNumbers = values.length >= 3 && values.every(([value]) => /^\d+[:/.-]?$/.test(value));
    const rare = areNumbers ? values : values.filter(([, of]) => of.length < FEW_KEYS_A_VALUE);
    const ids = areNumbers || rare.length > MANY_VALUES ? rare : [];
    if (ids.length > 0) {
      const ends = new Set(ids.map(([value]) => value.at(-1)));
      const [separator = ''] = ends.size === 1 && goesOn ? ends : [];
      branches.push(
        make(
          `*${separator}`,
          ids.flatMap(([, of]) => of),
          goesOn,
        ),
      );
    }
    const own = values.filter((value) => !ids.includes(value)).map(([value, of]) => make(value.replaceAll('*', '\\*'), of, goesOn));
    const rest = own.filter(({ bytes }) => bytes < small);
    branches.push(...own.filter((each) => rest.length < 2 || !rest.includes(each)));
    if (rest.length > 1)
      branches.push(
        make(
          '…',
          rest.flatMap((each) => each.members),
          false,
        ),
      );
  }
  return branches;
}
