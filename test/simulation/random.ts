import { seeded } from '../../client/src/testing/virtual-clock.js';

/** Everything that chance decides in one run, out of one seed. */
export class Random {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seeded(seed);
  }

  /** An integer from `from` up to, and not including, `to`. */
  between(from: number, to: number): number {
    return Math.floor(from + this.next() * (to - from));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** @throws Error when there is nothing to choose from. */
  of<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.between(0, 256)));
  }
}
