import type { NodeId, PeerId, RoomId, UserId } from '@parley/protocol';
import type { BusStats } from './bus.stats.js';

/** Something that every node must know of, and that no node keeps. Past tense; idempotent to act on. */
export type ClusterEvent =
  /** A room's settings or members changed: forget what was remembered of it. */
  | { readonly fact: 'room_changed'; readonly room: RoomId }
  /** A room is over: end its peers. */
  | { readonly fact: 'room_closed'; readonly room: RoomId }
  /** A user was put out of a room (ms since the Unix epoch): end these peers and every other one of theirs there. */
  | {
      readonly fact: 'user_removed';
      readonly room: RoomId;
      readonly user: UserId;
      readonly at: number;
      readonly peers: readonly PeerId[];
    }
  /** What a user is in a room, or may do there, changed. */
  | { readonly fact: 'member_changed'; readonly room: RoomId; readonly user: UserId }
  /** Somebody knocked, or does not wait any more. */
  | { readonly fact: 'lobby_changed'; readonly room: RoomId }
  /** A waiting user was let in, or was not. */
  | { readonly fact: 'knock_answered'; readonly room: RoomId; readonly user: UserId; readonly admitted: boolean }
  /** A moderator asks a peer to be quiet. */
  | { readonly fact: 'mute_requested'; readonly room: RoomId; readonly peer: PeerId; readonly by: UserId }
  /** Everything a user was granted before this moment (ms since the Unix epoch) is void. */
  | { readonly fact: 'user_revoked'; readonly user: UserId; readonly before: number };

/**
 * The first byte of what the nodes' halves of a port tell each other. Signaling's own messages begin with the number of
 * their kind, far below these.
 */
export const PORT_TAGS = { names: 0xe0 } as const;

/** A message that is put together where it is sent from, which saves a copy: ASCII, and the bytes behind it. */
export interface SplitMessage {
  readonly head: string;
  readonly rest: Buffer;
}

/** What was passed is copied before `send` returns. */
export type Message = Buffer | SplitMessage;

export const sizeOf = (message: Message): number =>
  Buffer.isBuffer(message) ? message.length : message.head.length + message.rest.length;

/** The message as one buffer. */
export const joinMessage = (message: Message): Buffer => {
  if (Buffer.isBuffer(message)) return message;
  const { head, rest } = message;
  const whole = Buffer.allocUnsafe(head.length + rest.length);
  whole.write(head, 'latin1');
  whole.set(rest, head.length);
  return whole;
};

/**
 * Messages between nodes. A node listens to one channel, its own; messages to one node are put together and
 * leave in one write a turn of the event loop, in order. At most once: what is lost is resent end to end.
 */
export interface Bus {
  /**
   * Listens as this node. Resolves when its own channel is heard. Calling it with another id moves over
   * to that channel (a node that lost its lease takes a new id).
   */
  listen(node: NodeId): Promise<void>;

  /** Puts a message into the batch for a node. False: the bus is down, or its batch is full; nothing was sent. */
  send(to: NodeId, message: Message): boolean;

  /**
   * Tells every node, this one too.
   * @throws BusUnavailable when it could not be handed to all of them.
   */
  publish(event: ClusterEvent): Promise<void>;

  /** Hands a fact to the handlers of this node alone: it came by another way than the bus. */
  dispatchLocal(event: ClusterEvent): void;

  /** One handler for messages that no port takes; it gets each message as its sender passed it. */
  onMessage(handler: (message: Buffer) => void): void;

  /** One handler for the messages that begin with this byte: a port's own, which then do not reach `onMessage`. */
  onPortMessage(tag: number, handler: (message: Buffer) => void): void;

  /** Adds a handler: gateway, room access and account standing each act on facts in their own way. */
  onEvent(handler: (event: ClusterEvent) => void): void;

  /** Adds a handler, called after each time that the channel was heard again following a gap: messages may have been lost. */
  onGap(handler: () => void): void;

  /** The id that it listens as, also while its channel is not heard; undefined before `listen`. */
  readonly node: NodeId | undefined;

  /** Whether messages to other nodes can be sent, and the own channel is heard. */
  readonly available: boolean;

  /** What it has done since it was made. */
  readonly stats: BusStats;

  /** Bytes that were sent and have not left yet, over all nodes. */
  readonly waitingBytes: number;

  close(): Promise<void>;
}

/** The bus cannot reach the other nodes now. */
export class BusUnavailable extends Error {
  override readonly name = 'BusUnavailable';
}

/** Bytes that may wait for one node within one turn; beyond it `send` answers false. */
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;
