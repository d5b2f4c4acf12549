import type { Actor, World } from './world.js';

interface Item {
  readonly at: number;
  readonly bytes: number;
  readonly deliver: () => void;
}

/** One direction of one socket: what is put in comes out later, in the same order, or never. */
export class Wire {
  /** What is under way, in bytes. */
  bytes = 0;
  private readonly items: Item[] = [];
  private armed = false;
  private last = 0;
  private held = false;
  private cut = false;

  constructor(
    private readonly world: World,
    private readonly to: Actor,
    private readonly delayMs: () => number,
  ) {}

  put(bytes: number, deliver: () => void): void {
    if (this.cut) return;
    // TCP: nothing overtakes what was sent before it.
    this.last = Math.max(this.last, this.world.now + this.delayMs());
    this.items.push({ at: this.last, bytes, deliver });
    this.bytes += bytes;
    this.arm();
  }

  /** A black hole: what is sent waits, and is sent again by TCP when the path is back. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.arm();
  }

  get isHeld(): boolean {
    return this.held;
  }

  /** Nothing of it will ever arrive. */
  lose(): void {
    this.cut = true;
    this.items.length = 0;
    this.bytes = 0;
  }

  private arm(): void {
    const [head] = this.items;
    if (head === undefined || this.armed || this.held) return;
    this.armed = true;
    this.world.at(this.to, head.at - this.world.now, () => {
      this.armed = false;
      if (this.held || this.cut) return;
      const item = this.items.shift();
      if (item === undefined) return;
      this.bytes -= item.bytes;
      // The next one is on its way whatever this one does.
      this.arm();
      item.deliver();
    });
  }
}
