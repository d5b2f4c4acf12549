import type { NodeId } from '@parley/protocol';

/** How old the list may be for a message. A claim looks anew. */
const FRESH_MS = 1_000;

/** A store that came back empty has every living node's lease again within this: leases are renewed every few seconds. */
const DOUBT_MS = 10_000;

/** Which nodes have a lease, asked no more often than needed. */
export class NodeLiveness {
  private cached = { at: Number.NEGATIVE_INFINITY, nodes: Promise.resolve(new Set<NodeId>()) };

  private sureAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly list: () => Promise<readonly NodeId[]>,
    private readonly now: () => number,
  ) {}

  /** The store was away, and may have lost leases of the living: for a while nobody is known to be over. */
  doubt(): void {
    this.sureAt = this.now() + DOUBT_MS;
  }

  /**
   * Whether a node is known to be over. A list without our own says nothing: the store has just lost it.
   * @param own this node
   */
  async isGone(node: NodeId, own: NodeId | undefined, freshMs = FRESH_MS): Promise<boolean> {
    if (own === undefined || node === own || this.now() < this.sureAt) return false;
    const nodes = await this.all(freshMs);
    return nodes.has(own) && !nodes.has(node);
  }

  /** Empty when the store cannot be asked. */
  all(freshMs = FRESH_MS): Promise<ReadonlySet<NodeId>> {
    const now = this.now();
    if (now - this.cached.at >= freshMs) {
      const nodes = this.list().then(
        (ids) => new Set(ids),
        () => new Set<NodeId>(),
      );
      this.cached = { at: now, nodes };
    }
    return this.cached.nodes;
  }
}
