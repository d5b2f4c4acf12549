import type { Socket } from 'node:net';
import { CLOSE_CODES } from '@parley/protocol';
import { WebSocket } from 'ws';
import { type ChunkTaker, readIntoShared } from './shared-reads.js';
import { takeChunk, takeWholeFrames } from './ws-intake.js';

/** What a socket tells its session. */
export interface SocketListener {
  /** The bytes are the session's until this returns: what is kept longer is copied. */
  receive(frame: Buffer): void;
  /** A ping or a pong came. False: it is not to be answered. */
  control(): boolean;
  close(code: number, reason: string): void;
  closed(): void;
}

/**
 * The `WebSocket` of the server's side. It knows its session, and what ws emits is a call to it: five listeners cost an
 * idle socket a third of a KiB, and closures of its own half of one. What waits for the turn's end leaves before a
 * closing handshake, whoever began it.
 */
export class ServerWebSocket extends WebSocket implements ChunkTaker {
  outlet: { flush(): void } | undefined = undefined;
  private session: SocketListener | undefined = undefined;

  /** Tells a session everything from now on. */
  tell(session: SocketListener, tcp: Socket): void {
    this.session = session;
    if (takeWholeFrames(this, session)) readIntoShared(tcp, this);
  }

  takeChunk(chunk: Buffer): number {
    return takeChunk(this, chunk);
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
        // What a client does to its own socket is no fault of ours; `close` follows.
        return true;
      default:
        return super.emit(event, ...args);
    }
  }
}
