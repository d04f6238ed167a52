/** Milliseconds of 24 hours: the step of daily windows. A local day may be an hour longer or shorter. */
export const DAY_MS = 86_400_000;
