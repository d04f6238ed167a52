import { GiB, MiB } from '../model/bytes.ts';

/** Steps in which a person would set `maxmemory`: 16 MiB up to 1 GiB, 64 MiB up to 8 GiB, 256 MiB above. */
export function limitStepBytes(bytes: number): number {
  return bytes <= GiB ? 16 * MiB : bytes <= 8 * GiB ? 64 * MiB : 256 * MiB;
}

/** The next step that is not below `bytes`. */
export function roundUpLimit(bytes: number): number {
  const step = limitStepBytes(bytes);
  return Math.ceil(bytes / step) * step;
}

/** The last step that is not above `bytes`. */
export function roundDownLimit(bytes: number): number {
  const step = limitStepBytes(bytes);
  return Math.floor(bytes / step) * step;
}
