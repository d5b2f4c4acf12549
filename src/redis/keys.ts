import type { NodeId, RoomId } from '@parley/protocol';

/**
 * Every name that Parley uses in Redis. What stands between the braces decides the slot in a cluster: all that a
 * script touches must share it, so there is one tag for each room and one for the leases of the nodes.
 */
export class RedisKeys {
  /** Redis's ACL can be limited to `~PREFIX:*` and `&PREFIX:*`. */
  constructor(private readonly prefix: string) {}

  /** Hash: the room's epoch, version and members. */
  room(room: RoomId): string {
    return `${this.prefix}:room:{${safe(room)}}`;
  }

  /** Sorted set: peers that ended in the room, by when that may be forgotten. */
  ended(room: RoomId): string {
    return `${this.prefix}:ended:{${safe(room)}}`;
  }

  /** Sorted set: nodes by when their lease ends. */
  get leases(): string {
    return `${this.prefix}:leases:{nodes}`;
  }

  /** Sorted set: nodes that were given up, by when that may be forgotten. */
  get dead(): string {
    return `${this.prefix}:dead:{nodes}`;
  }

  /** Sorted set: rooms by when somebody must look at them. */
  get due(): string {
    return `${this.prefix}:due:{nodes}`;
  }

  /** String: when the last sweep was. */
  get swept(): string {
    return `${this.prefix}:swept:{nodes}`;
  }

  /** With a node id behind it: sorted set of the rooms that the node has members in, by when it last said so. */
  get roomsOfNode(): string {
    return `${this.prefix}:rooms:{nodes}:`;
  }

  /** String: when a bucket is full again. */
  rate(name: string, who: string): string {
    return `${this.prefix}:rate:{${safe(name)}:${safe(who)}}`;
  }

  /** The channel of a topic, whose digest is given. Topics of one group share a slot, and so a connection. */
  topic(group: number, digest: string): string {
    return `${this.prefix}:topic:{topics${group}}:${digest}`;
  }

  /** Hash: who has a name that a client chose. */
  name(tenant: string, name: string): string {
    return `${this.prefix}:name:{${safe(tenant)}:${safe(name)}}`;
  }

  /** List: what waits for the name. */
  queuedMessages(tenant: string, name: string): string {
    return `${this.prefix}:letters:{${safe(tenant)}:${safe(name)}}`;
  }

  /** The channel that a node listens to. */
  channel(node: NodeId): string {
    return `${this.prefix}:node:${safe(node)}`;
  }
}

/** Ids are checked where they enter; but a brace here would move a key to another slot, so none gets through. */
const safe = (id: string): string =>
  /^[A-Za-z0-9_-]+$/.test(id) ? id : `~${Buffer.from(id, 'utf16le').toString('base64url')}`;
