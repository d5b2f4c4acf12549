import type { NodeId, PeerId, RoomId, UserId } from '@parley/protocol';
import type { BusStats } from './bus.stats.js';

/**
 * A change that every node must learn of: it is published once, and not stored on the bus. Named in the past tense.
 * Handling one twice has no further effect.
 */
export type ClusterEvent =
  /** A room's settings or members changed: nodes drop what they cached of it. */
  | { readonly fact: 'room_changed'; readonly room: RoomId }
  /** A room was closed or deleted: nodes end its peers. */
  | { readonly fact: 'room_closed'; readonly room: RoomId }
  /**
   * A user was kicked or banned at this moment (ms since the Unix epoch): nodes end `peers` and the user's other peers
   * there.
   */
  | {
      readonly fact: 'user_removed';
      readonly room: RoomId;
      readonly user: UserId;
      readonly at: number;
      readonly peers: readonly PeerId[];
    }
  /** A user's role or permissions in a room changed. */
  | { readonly fact: 'member_changed'; readonly room: RoomId; readonly user: UserId }
  /** A user began or stopped waiting in the lobby. */
  | { readonly fact: 'lobby_changed'; readonly room: RoomId }
  /** A waiting user was admitted or denied. */
  | { readonly fact: 'knock_answered'; readonly room: RoomId; readonly user: UserId; readonly admitted: boolean }
  /** A moderator asked a peer to mute itself. */
  | { readonly fact: 'mute_requested'; readonly room: RoomId; readonly peer: PeerId; readonly by: UserId }
  /** All tokens of a user from before this moment (ms since the Unix epoch) were revoked. */
  | { readonly fact: 'user_revoked'; readonly user: UserId; readonly before: number };

/**
 * The first byte of the messages that a port sends to itself on other nodes. A message of signaling begins with the
 * number of its kind, which is far lower.
 */
export const PORT_TAGS = { names: 0xe0 } as const;

/** A message in two parts, which the batch joins, so that it is copied once: `head` is ASCII, `rest` follows it. */
export interface SplitMessage {
  readonly head: string;
  readonly rest: Buffer;
}

/** A message for another node. `send` copies it before it returns. */
export type Message = Buffer | SplitMessage;

/** Returns the length of a message in bytes. */
export const sizeOf = (message: Message): number =>
  Buffer.isBuffer(message) ? message.length : message.head.length + message.rest.length;

/** Returns a message as one buffer. */
export const joinMessage = (message: Message): Buffer => {
  if (Buffer.isBuffer(message)) return message;
  const { head, rest } = message;
  const whole = Buffer.allocUnsafe(head.length + rest.length);
  whole.write(head, 'latin1');
  whole.set(rest, head.length);
  return whole;
};

/**
 * Sends messages and cluster events between nodes. Each node subscribes to one channel, its own. The messages of one
 * turn of the event loop to a node leave in one write, in order. Delivery is at most once: clients resend what was
 * lost.
 */
export interface Bus {
  /**
   * Subscribes to the channel of this node and resolves when the subscription works. A call with another id moves to
   * that channel (a node that lost its lease takes a new id).
   */
  listen(node: NodeId): Promise<void>;

  /**
   * Adds a message to the batch for a node. @returns false if the bus is unavailable or the batch is full: it is not
   * sent
   */
  send(to: NodeId, message: Message): boolean;

  /**
   * Publishes an event to every node, including this one.
   * @throws BusUnavailable if it could not be sent to all of them
   */
  publish(event: ClusterEvent): Promise<void>;

  /** Calls the event handlers of this node alone, for an event that this node learned of from the database. */
  dispatchLocal(event: ClusterEvent): void;

  /** Sets the handler of messages whose first byte is not the tag of a port. */
  onMessage(handler: (message: Buffer) => void): void;

  /**
   * Sets the handler of messages whose first byte is this tag, one of {@link PORT_TAGS}. They do not reach `onMessage`.
   */
  onPortMessage(tag: number, handler: (message: Buffer) => void): void;

  /** Adds a handler of cluster events: signaling, room access and token revocation each have their own. */
  onEvent(handler: (event: ClusterEvent) => void): void;

  /** Adds a handler, called each time the subscription works again after a gap: messages may have been lost. */
  onGap(handler: () => void): void;

  /** The id passed to `listen`, also while the subscription does not work; undefined before `listen`. */
  readonly node: NodeId | undefined;

  /** True while messages can be sent and the subscription works. */
  readonly available: boolean;

  /** Counters since the start, for the metrics. */
  readonly stats: BusStats;

  /** Bytes passed to `send` that have not left yet, for all nodes together. */
  readonly waitingBytes: number;

  close(): Promise<void>;
}

/** The bus cannot reach the other nodes now. */
export class BusUnavailable extends Error {
  override readonly name = 'BusUnavailable';
}

/** Maximum bytes that wait for one node; beyond it `send` returns false. */
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;
