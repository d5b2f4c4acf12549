import type { NodeId } from '@parley/protocol';

/** Counts a room's peers per node; a node without any is not included. */
export class NodeCounts {
  private readonly counts = new Map<NodeId, number>();

  get nodes(): Iterable<NodeId> {
    return this.counts.keys();
  }

  has(node: NodeId): boolean {
    return this.counts.has(node);
  }

  add(node: NodeId): void {
    this.counts.set(node, (this.counts.get(node) ?? 0) + 1);
  }

  remove(node: NodeId): void {
    const left = (this.counts.get(node) ?? 1) - 1;
    if (left > 0) this.counts.set(node, left);
    else this.counts.delete(node);
  }

  clear(): void {
    this.counts.clear();
  }
}
