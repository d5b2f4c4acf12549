import type { Socket } from 'node:net';
import { CLOSE_CODES } from '@parley/protocol';
import { WebSocket } from 'ws';
import { type FrameSink, parseChunk, parseFrames, parseWholeFrames } from './frame-parser.js';
import { type Receiver, type ReceiverTemplate, templateOf } from './receiver-template.js';
import { type ChunkSink, readIntoShared } from './shared-reads.js';

/** Receives the events of a socket. */
export interface SocketListener extends FrameSink {
  /** Receives a text frame, whose bytes are valid until this returns: copy what is kept longer. */
  receive(frame: Buffer): void;
  /** Receives a ping or pong. @returns false when a ping must not be answered */
  control(): boolean;
  close(code: number, reason: string): void;
  closed(): void;
}

/**
 * The `WebSocket` of the server's side. It knows its session, and what ws emits is a call to it: five listeners cost an
 * idle socket a third of a KiB, and closures of its own half of one. The receiver that ws made is put away, two thirds of
 * a KiB, and made again once for what comes in pieces, for pings and for closing. What waits for the turn's end leaves
 * before a closing handshake, whoever began it.
 */
export class ServerWebSocket extends WebSocket implements ChunkSink {
  outlet: { flush(): void } | undefined = undefined;
  private session: SocketListener | undefined = undefined;
  private receiver: Receiver | null = null;
  /** Undefined: the receiver is here for good. */
  private template: ReceiverTemplate | undefined = undefined;

  /** Tells a session everything from now on. */
  attach(session: SocketListener, tcp: Socket): void {
    this.session = session;
    // Nobody listens to what the session is told. Node makes it anew for whoever does.
    if (this.eventNames().length === 0) (this as unknown as { _events: undefined })._events = undefined;
    const template = templateOf(this, this._receiver as Receiver);
    if (!parseWholeFrames(this, session) || !readIntoShared(tcp, this) || template === undefined) return;
    this.template = template;
    this.receiver = null;
  }

  receiveChunk(chunk: Buffer): number {
    if (this.receiver !== null || this.template === undefined) return parseChunk(this, chunk);
    return parseFrames(chunk, this.template.maxPayload, this.session as SocketListener);
  }

  /** The field of ws's, which sets it, and asks for it when it has to do with a receiver. */
  protected get _receiver(): Receiver | null {
    if (this.receiver === null && this.template !== undefined) {
      this.receiver = this.template.make(this);
      parseWholeFrames(this, this.session as SocketListener);
    }
    return this.receiver;
  }

  protected set _receiver(receiver: Receiver | null) {
    this.receiver = receiver;
  }

  override close(code?: number, reason?: string | Buffer): void {
    this.outlet?.flush();
    super.close(code, reason);
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    const { session } = this;
    if (session === undefined) return super.emit(event, ...args);
    switch (event) {
      case 'message': {
        const [frame, isBinary] = args as [Buffer, boolean];
        if (isBinary) session.close(CLOSE_CODES.binaryNotSupported, 'frames are text');
        else session.receive(frame);
        return true;
      }
      case 'ping':
        if (session.control()) this.pong(args[0]);
        return true;
      case 'pong':
        session.control();
        return true;
      case 'close':
        session.closed();
        return true;
      case 'error':
        // The client's fault, not the server's; `close` follows.
        return true;
      default:
        return super.emit(event, ...args);
    }
  }
}
