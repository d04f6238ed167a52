/** A string as an SQL literal. */
export function sqlText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A column name as an SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A finite number as an SQL double, every bit of it. */
export function sqlDouble(value: number): string {
  return `'${value}'::DOUBLE`;
}
