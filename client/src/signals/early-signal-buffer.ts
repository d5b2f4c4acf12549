import type { IncomingAck, IncomingSignal, PeerId } from '@parley/protocol';
import type { Clock } from '../options.js';

/** @internal Bounds of what is kept for peers that no roster has shown yet. */
export const EARLY_RULES = { peers: 32, frames: 64, characters: 1_048_576, keptMs: 10_000 } as const;

/** @internal A signal or an acknowledgement, as it came. */
export interface EarlySignal {
  readonly message: IncomingSignal | IncomingAck;
  readonly body: string | undefined;
}

/**
 * @internal A signal may overtake the roster change that tells who sends it. It is kept for a moment; without that a
 * call would start only with the sender's resend, 2 s later.
 */
export class EarlySignalBuffer {
  readonly #frames = new Map<PeerId, EarlySignal[]>();
  readonly #timers = new Set<unknown>();
  #characters = 0;

  constructor(private readonly clock: Clock) {}

  /** Beyond a bound the frame is dropped: its sender keeps it and sends it again. */
  keep(frame: EarlySignal): void {
    const { from } = frame.message;
    const frames = this.#frames.get(from);
    const size = frame.body?.length ?? 0;
    if (this.#characters + size > EARLY_RULES.characters || (frames?.length ?? 0) >= EARLY_RULES.frames) return;
    if (frames) frames.push(frame);
    else if (this.#frames.size < EARLY_RULES.peers) {
      this.#frames.set(from, [frame]);
      const timer = this.clock.setTimeout(() => {
        this.#timers.delete(timer);
        this.take(from);
      }, EARLY_RULES.keptMs);
      this.#timers.add(timer);
    } else return;
    this.#characters += size;
  }

  /** What came from this peer, in order; it is forgotten here. */
  take(peer: PeerId): readonly EarlySignal[] {
    const frames = this.#frames.get(peer) ?? [];
    this.#frames.delete(peer);
    for (const { body } of frames) this.#characters -= body?.length ?? 0;
    return frames;
  }

  clear(): void {
    for (const timer of this.#timers) this.clock.clearTimeout(timer);
    this.#timers.clear();
    this.#frames.clear();
    this.#characters = 0;
  }
}
