/** Binary byte units: MiB and GiB are steps of 1024; MB and GB, where a source means them, are steps of 1000. */
export const KiB = 1024;
export const MiB = 1024 ** 2;
export const GiB = 1024 ** 3;

const UNIT_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  byte: 1,
  bytes: 1,
  k: KiB,
  kib: KiB,
  ki: KiB,
  kb: 1e3,
  m: MiB,
  mib: MiB,
  mi: MiB,
  mb: 1e6,
  g: GiB,
  gib: GiB,
  gi: GiB,
  gb: 1e9,
  t: 1024 * GiB,
  tib: 1024 * GiB,
  ti: 1024 * GiB,
  tb: 1e12,
};

/**
 * Factor that turns a number in the named byte unit into bytes.
 * @param unit - `MiB`, `Mi`, `M` (1024 steps), `MB` (1000 steps), `bytes`; case does not matter
 * @returns undefined for a word that is no byte unit
 */
export function byteUnitScale(unit: string): number | undefined {
  return UNIT_BYTES[unit.trim().toLowerCase()];
}

/**
 * Bytes in a text such as `16GiB`, `16 GB`, `512M`, `1073741824`.
 * @returns undefined when the text is no non-negative size
 */
export function parseBytes(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  if (!match) return undefined;
  const scale = match[2] === '' ? 1 : byteUnitScale(match[2] ?? '');
  return scale === undefined ? undefined : Math.round(Number(match[1]) * scale);
}
