/** What turns a limit for data into memory of a machine. Bytes; symbols as in docs/methodology.md#budget. */
export interface MemoryTerms {
  /** N: peak of the memory that is used but not compared with maxmemory. */
  readonly notCountedBytes: number;
  /** k: resident ÷ used memory of the allocator at load, 1 or more. */
  readonly residentFactor: number;
  /** P: resident memory of the process outside the allocator. */
  readonly processOverheadBytes: number;
  /** c: largest share of resident memory that a fork copies; 0 when nothing forks. */
  readonly copyOnWriteRatio: number;
  /** f: whether a child process ever runs; it needs page tables of its own. */
  readonly canFork: boolean;
  /**
   * OS: the larger of a share of the machine and a fixed size, the latter capped at 1/16 of the machine, since what is smaller
   * than 8 GiB is most often a container, whose limit does not hold the system.
   */
  readonly operatingSystem: { readonly bytes: number; readonly ratio: number };
}

/** Memory of a machine that holds `maxmemory` at full use, part by part. */
export interface MachineMemory {
  readonly residentBytes: number;
  readonly copyOnWriteBytes: number;
  readonly pageTableBytes: number;
  readonly operatingSystemBytes: number;
  /** The four above. */
  readonly systemBytes: number;
  /** The smallest machine that leaves the headroom free. */
  readonly nodeBytes: number;
}

/** The fixed size of the operating system is at most this share of the machine. */
const SYSTEM_CAP_RATIO = 1 / 16;
/** A page table entry of 8 bytes for each page of 4 KiB. */
export const PAGE_TABLE_RATIO = 1 / 512;

/**
 * Memory of the machine for a limit: `R = (M + N)·k + P`, `SYS = R + c·R + f·R/512 + OS`, `NODE = SYS ÷ (1 − headroom)`.
 * @param headroomRatio - share of the machine that stays free, 0 to 1
 */
export function nodeForMaxmemory(maxmemoryBytes: number, terms: MemoryTerms, headroomRatio: number): MachineMemory {
  const residentBytes = (maxmemoryBytes + terms.notCountedBytes) * terms.residentFactor + terms.processOverheadBytes;
  const copyOnWriteBytes = terms.copyOnWriteRatio * residentBytes;
  const pageTableBytes = terms.canFork ? residentBytes * PAGE_TABLE_RATIO : 0;
  const serverBytes = residentBytes + copyOnWriteBytes + pageTableBytes;
  const nodeBytes = nodeForServer(serverBytes, terms.operatingSystem, headroomRatio);
  const operatingSystemBytes = systemShare(nodeBytes, terms.operatingSystem);
  const systemBytes = serverBytes + operatingSystemBytes;
  return { residentBytes, copyOnWriteBytes, pageTableBytes, operatingSystemBytes, systemBytes, nodeBytes };
}

/** The smallest machine for what the server and its child need, the operating system and the headroom beside them. */
export function nodeForServer(serverBytes: number, { bytes, ratio }: MemoryTerms['operatingSystem'], headroomRatio: number): number {
  // The system's share depends on the machine that is looked for: each branch of max(ratio · NODE, min(bytes, NODE/16)), solved for NODE.
  const usable = 1 - headroomRatio;
  const byFixedSize = Math.min((serverBytes + bytes) / usable, serverBytes / (usable - SYSTEM_CAP_RATIO));
  return Math.max(byFixedSize, serverBytes / (usable - ratio));
}

/** Memory that the operating system and its agents are given on a machine of this size. */
export function systemShare(nodeBytes: number, { bytes, ratio }: MemoryTerms['operatingSystem']): number {
  return Math.max(ratio * nodeBytes, Math.min(bytes, SYSTEM_CAP_RATIO * nodeBytes));
}

/**
 * The largest limit that a machine holds with the headroom free: `M = ((NODE·(1 − headroom) − OS) ÷ (1 + c + f/512) − P) ÷ k − N`.
 * @returns 0 or less where the machine is too small for the rest alone
 */
export function maxmemoryForNode(nodeBytes: number, terms: MemoryTerms, headroomRatio: number): number {
  const serverBytes = nodeBytes * (1 - headroomRatio) - systemShare(nodeBytes, terms.operatingSystem);
  const residentBytes = serverBytes / (1 + terms.copyOnWriteRatio + (terms.canFork ? PAGE_TABLE_RATIO : 0));
  return (residentBytes - terms.processOverheadBytes) / terms.residentFactor - terms.notCountedBytes;
}
