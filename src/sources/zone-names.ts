/** Minutes east of UTC that the abbreviations printed by `date` and by databases stand for. */
const ZONE_MINUTES = new Map<string, number>(
  Object.entries({
    ...{ Z: 0, UTC: 0, GMT: 0, WET: 0, WEST: 60, CET: 60, CEST: 120, EET: 120, EEST: 180, MSK: 180 },
    ...{ EST: -300, EDT: -240, CDT: -300, MST: -420, MDT: -360, PST: -480, PDT: -420, BRT: -180 },
    ...{ JST: 540, KST: 540, HKT: 480, SGT: 480, AEST: 600, AEDT: 660, NZST: 720, NZDT: 780 },
  }),
);
/** Abbreviations of several zones; the user's own zone decides before these. */
const AMBIGUOUS_ZONE_MINUTES = new Map<string, number>(Object.entries({ CST: -360, IST: 330, BST: 60 }));

/**
 * Minutes east of UTC of a zone abbreviation such as `CEST`.
 * @param timeZone - the caller's zone: another than UTC decides what `CST`, `IST` and `BST` mean
 * @returns undefined for a word that is no known zone, or one of several
 */
export function zoneNameMinutes(name: string, timeZone: string): number | undefined {
  const known = ZONE_MINUTES.get(name);
  if (known !== undefined) return known;
  return timeZone === 'UTC' ? AMBIGUOUS_ZONE_MINUTES.get(name) : undefined;
}
