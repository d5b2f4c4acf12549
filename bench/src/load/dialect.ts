import type { Destination, RawSocket } from './raw-socket.js';

/** What is signalled. */
export type Kind = 'offer' | 'answer' | 'candidate';

/** Where a node listens. */
export type Address = Pick<Destination, 'host' | 'port' | 'localAddress'>;

/** Who comes, and where to. */
export interface Who {
  /** Unlike any other's in this run. */
  readonly name: string;
  readonly room: string;
  /** What tokens are signed with, where the system has tokens. */
  readonly secret: string;
}

/** One that came in. */
export interface Peer {
  readonly socket: RawSocket;
  /** What others send to. */
  readonly id: string;
  readonly room: string;
}

/** One peer's end of its talk with one other. */
export interface Line {
  /** Sends the next signal. */
  send(kind: Kind): void;
  /** A frame came to this end. True: it is a signal of the other. */
  take(bytes: Buffer, start: number, end: number): boolean;
}

/** How a system is spoken to. */
export interface Dialect {
  /** Opens a socket and authenticates, if the system has that. */
  connect(at: Address, who: Who): Promise<RawSocket>;
  /** Comes into the room: signals reach it from now on. */
  join(socket: RawSocket, who: Who): Promise<Peer>;
  line(own: Peer, other: Peer): Line;
  /** One text to all others in the room, and how to know one that came. Undefined: the system has no such thing. */
  readonly broadcast?: {
    text(own: Peer): string;
    isOne(bytes: Buffer, start: number, end: number): boolean;
  };
}

/** Whether the payload begins so. */
export const begins = (bytes: Buffer, start: number, end: number, prefix: Buffer): boolean =>
  end - start >= prefix.length && prefix.compare(bytes, start, start + prefix.length) === 0;
