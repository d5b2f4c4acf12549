import { idOf, type NameKey } from './names.js';

/** Names that one socket may have messages waiting for at once, and their bytes. */
export const MAX_PENDING_PER_SENDER = { names: 64, bytes: 512 * 1024 } as const;
/** Bytes of messages that wait on account of all sockets of a node. */
export const MAX_PENDING_BYTES = 32 * 1024 * 1024;

/** The messages of one sender to one name, until somebody comes or their time is over. */
interface Entry {
  bytes: number;
  readonly timer: NodeJS.Timeout;
}
interface Sender {
  bytes: number;
  readonly names: Map<string, Entry>;
}

/**
 * What this node's sockets have waiting elsewhere: the bound on it, and the clock that ends it. Whether a message was
 * fetched meanwhile nobody tells: it counts until its time is over.
 */
export class PendingMessageQuota {
  private readonly senders = new Map<string, Sender>();
  private total = 0;

  /** @param onEnd called once for each sender and name, `expireMs` after the first message */
  constructor(
    private readonly expireMs: number,
    private readonly onEnd: (from: string, key: NameKey) => void,
  ) {}

  /** Bytes that may still be waiting. */
  get bytes(): number {
    return this.total;
  }

  /** Whether a message may wait. */
  hasRoom(from: string, key: NameKey, bytes: number): boolean {
    if (this.total + bytes > MAX_PENDING_BYTES) return false;
    const sender = this.senders.get(from);
    if (sender === undefined) return true;
    const hasRoom = sender.names.has(idOf(key)) || sender.names.size < MAX_PENDING_PER_SENDER.names;
    return hasRoom && sender.bytes + bytes <= MAX_PENDING_PER_SENDER.bytes;
  }

  /** Counts a message that waits. False: there is no room for it, and nothing was changed. */
  reserve(from: string, key: NameKey, bytes: number): boolean {
    if (!this.hasRoom(from, key, bytes)) return false;
    const sender = this.senders.get(from) ?? { bytes: 0, names: new Map<string, Entry>() };
    const id = idOf(key);
    const entry = sender.names.get(id);
    this.senders.set(from, sender);
    if (entry !== undefined) entry.bytes += bytes;
    else {
      const timer = setTimeout(() => this.end(from, id, key), this.expireMs);
      sender.names.set(id, { bytes, timer });
    }
    sender.bytes += bytes;
    this.total += bytes;
    return true;
  }

  clear(): void {
    for (const { names } of this.senders.values()) for (const { timer } of names.values()) clearTimeout(timer);
    this.senders.clear();
    this.total = 0;
  }

  private end(from: string, id: string, key: NameKey): void {
    const sender = this.senders.get(from) as Sender;
    const { bytes } = sender.names.get(id) as Entry;
    sender.names.delete(id);
    sender.bytes -= bytes;
    this.total -= bytes;
    if (sender.names.size === 0) this.senders.delete(from);
    this.onEnd(from, key);
  }
}
