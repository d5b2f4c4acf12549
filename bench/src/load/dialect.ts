import type { Destination, RawSocket } from './raw-socket.js';

/** What is signalled. */
export type Kind = 'offer' | 'answer' | 'candidate';

/** Where a node listens. */
export type Address = Pick<Destination, 'host' | 'port' | 'localAddress'>;

/** Who comes, and where to. */
export interface Who {
  /** Unlike any other's in this run. */
  readonly name: string;
  /** Whose token it has; the name's own when absent. */
  readonly user?: string;
  /** How often it came before, in a system where one can come back as who one was. */
  readonly returns?: number;
  /** What tokens are signed with, where the system has tokens. */
  readonly secret: string;
}

/** One that came in. */
export interface Peer {
  readonly socket: RawSocket;
  /** What others send to; a system may give it with the room. */
  readonly id: string;
  /** Empty: in none. */
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
  connect(at: Address, who: Who): Promise<Peer>;
  /** Comes into the room: signals reach it from now on. */
  join(peer: Peer, room: string): Promise<Peer>;
  /** Goes out of the room and keeps the socket. */
  leave(peer: Peer): Promise<void>;
  line(own: Peer, other: Peer): Line;
  /** The server refused something: what was measured would not be work. Undefined: this system never says so. */
  isRefusal?(bytes: Buffer, start: number, end: number): boolean;
  /** One text to all others in the room, and how to know one that came. Undefined: the system has no such thing. */
  readonly broadcast?: {
    text(own: Peer, body: string): string;
    isOne(bytes: Buffer, start: number, end: number): boolean;
  };
}

/** Whether the payload begins so. */
export const begins = (bytes: Buffer, start: number, end: number, prefix: Buffer): boolean =>
  end - start >= prefix.length && prefix.compare(bytes, start, start + prefix.length) === 0;
