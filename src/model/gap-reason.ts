/** Why a server could not be asked. */
export const FAILURE_REASONS = [
  'refused',
  'unreachable',
  'name-unknown',
  'timeout',
  'closed',
  'wrong-password',
  'not-allowed',
  'too-many-clients',
  'loading',
  'tls',
  'not-redis',
  'server-error',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** Why there are no samples for a while, as a collector noted it: the server could not be asked, or the collector did not. */
export const GAP_REASONS = [...FAILURE_REASONS, 'collector-stopped', 'collector-killed', 'not-written', 'clock-set', 'not-listed'] as const;
export type GapReason = (typeof GAP_REASONS)[number];
