import type { NodeId, RoomId } from '@parley/protocol';

/**
 * Names of all keys and channels in Redis. In a cluster, the hash tag (the text in braces) decides the slot. All keys
 * of a script must be in one slot, so each room has a hash tag, and so have the leases of the nodes.
 */
export class RedisKeys {
  /** @param prefix of every key and channel, so that a Redis ACL can be limited to `~PREFIX:*` and `&PREFIX:*` */
  constructor(private readonly prefix: string) {}

  /** Hash: the room's epoch, version and members. */
  room(room: RoomId): string {
    return `${this.prefix}:room:{${safe(room)}}`;
  }

  /** Sorted set: tombstones of peers that ended in the room, by expiry. */
  ended(room: RoomId): string {
    return `${this.prefix}:ended:{${safe(room)}}`;
  }

  /** Sorted set: nodes by the end of their lease. */
  get leases(): string {
    return `${this.prefix}:leases:{nodes}`;
  }

  /** Sorted set: tombstones of dead nodes, by expiry. */
  get dead(): string {
    return `${this.prefix}:dead:{nodes}`;
  }

  /** Sorted set: rooms by the time of their next sweep. */
  get due(): string {
    return `${this.prefix}:due:{nodes}`;
  }

  /** String: the time of the last sweep. */
  get swept(): string {
    return `${this.prefix}:swept:{nodes}`;
  }

  /** Prefix of a key that ends with a node id. Sorted set: rooms in which the node has members, by its last report. */
  get roomsOfNode(): string {
    return `${this.prefix}:rooms:{nodes}:`;
  }

  /** String: the time at which a rate limiter's bucket is full again. */
  rate(name: string, who: string): string {
    return `${this.prefix}:rate:{${safe(name)}:${safe(who)}}`;
  }

  /** Channel: a topic, by its digest. Topics of one group share a slot, and therefore a connection. */
  topic(group: number, digest: string): string {
    return `${this.prefix}:topic:{topics${group}}:${digest}`;
  }

  /** Hash: the holder of a name that a client chose. */
  name(tenant: string, name: string): string {
    return `${this.prefix}:name:{${safe(tenant)}:${safe(name)}}`;
  }

  /** List: messages queued for a name that no client holds yet. */
  queuedMessages(tenant: string, name: string): string {
    return `${this.prefix}:letters:{${safe(tenant)}:${safe(name)}}`;
  }

  /** Channel: messages for a node. */
  channel(node: NodeId): string {
    return `${this.prefix}:node:${safe(node)}`;
  }
}

/**
 * Encodes ids with other characters. Ids were validated before, but a brace here would move the key to another slot.
 */
const safe = (id: string): string =>
  /^[A-Za-z0-9_-]+$/.test(id) ? id : `~${Buffer.from(id, 'utf16le').toString('base64url')}`;
