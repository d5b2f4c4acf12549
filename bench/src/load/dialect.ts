import type { Destination, RawSocket } from './raw-socket.js';

/** The kinds of signals. */
export type Kind = 'offer' | 'answer' | 'candidate';

/** The address of a node. */
export type Address = Pick<Destination, 'host' | 'port' | 'localAddress'>;

/** A client and its room. */
export interface Who {
  /** Unique in this run. */
  readonly name: string;
  /** The user of its token. Default: `name`. */
  readonly user?: string;
  /** Number of its earlier connections, in a system with resumable sessions. */
  readonly returns?: number;
  /** The secret for tokens, if the system has tokens. */
  readonly secret: string;
}

/** A client that has joined. */
export interface Peer {
  readonly socket: RawSocket;
  /** The address for signals to it; some systems assign it on joining. */
  readonly id: string;
  /** Empty: in no room. */
  readonly room: string;
}

/** One end of a pair of peers. */
export interface Line {
  /** Sends the next signal. */
  send(kind: Kind): void;
  /** Handles a received frame. @returns true if it is a signal of the other peer */
  take(bytes: Buffer, start: number, end: number): boolean;
}

/** The protocol of a system. */
export interface Dialect {
  /** Opens a socket, and authenticates if the system has authentication. */
  connect(at: Address, who: Who): Promise<Peer>;
  /** Joins the room: from now on, signals reach the client. */
  join(peer: Peer, room: string): Promise<Peer>;
  /** Leaves the room and keeps the socket open. */
  leave(peer: Peer): Promise<void>;
  line(own: Peer, other: Peer): Line;
  /** Whether a frame is a refusal, which would make the measurement invalid. Undefined: the system reports none. */
  isRefusal?(bytes: Buffer, start: number, end: number): boolean;
  /** Makes and recognizes a broadcast to the room. Undefined: the system has no broadcasts. */
  readonly broadcast?: {
    text(own: Peer, body: string): string;
    isOne(bytes: Buffer, start: number, end: number): boolean;
  };
}

/** Whether the payload starts with this text. */
export const begins = (bytes: Buffer, start: number, end: number, prefix: Buffer): boolean =>
  end - start >= prefix.length && prefix.compare(bytes, start, start + prefix.length) === 0;
