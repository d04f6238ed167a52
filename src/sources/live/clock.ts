/** The clocks that a watch reads: the machine's, which people and NTP set, and one that only runs on. */
export interface Clocks {
  /** Epoch milliseconds UTC. */
  readonly wall: () => number;
  /** Milliseconds from an arbitrary start. */
  readonly steady: () => number;
}

export const SYSTEM_CLOCKS: Clocks = { wall: () => Date.now(), steady: () => performance.now() };

/** Less is the slewing of NTP. */
const JUMP_MS = 2000;
/** Set back by more, the clock was wrong before, and the samples' time goes back with it. */
const LARGEST_WAIT_MS = 10 * 60_000;
/** Set back by less, the samples' time runs at this rate until the clock has caught up with it. */
const CATCHING_UP_RATE = 0.5;

/**
 * The instants of samples. They follow the machine's clock and do not run backwards through a correction of minutes, so that samples keep
 * their order; every jump is told.
 */
export class SampleClock {
  private readonly clocks: Clocks;
  private readonly onJump: (byMs: number) => void;
  private wall: number;
  private steady: number;
  private sample: number;

  /** @param onJump - by how much the machine's clock was set forward, or back (negative); a machine that slept was set forward */
  constructor(onJump: (byMs: number) => void, clocks: Clocks = SYSTEM_CLOCKS) {
    this.clocks = clocks;
    this.onJump = onJump;
    this.wall = clocks.wall();
    this.steady = clocks.steady();
    this.sample = this.wall;
  }

  /** Epoch milliseconds UTC. */
  now(): number {
    const wall = this.clocks.wall();
    const steady = this.clocks.steady();
    const elapsed = steady - this.steady;
    const jump = wall - this.wall - elapsed;
    if (Math.abs(jump) > JUMP_MS) this.onJump(Math.round(jump));
    const ahead = this.sample - wall;
    this.sample = ahead > LARGEST_WAIT_MS ? wall : Math.max(wall, Math.floor(this.sample + elapsed * CATCHING_UP_RATE));
    this.wall = wall;
    this.steady = steady;
    return this.sample;
  }
}
