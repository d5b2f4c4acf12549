import { CLOSE_CODES } from '@parley/protocol';
import { type RawData, WebSocket } from 'ws';
import { takeWholeFrames } from './ws-intake.js';

/** What a socket tells its session. */
export interface SocketListener {
  receive(frame: Buffer): void;
  /** A ping or a pong came. False: it is not to be answered. */
  control(): boolean;
  close(code: number, reason: string): void;
  closed(): void;
}

/**
 * The `WebSocket` of the server's side. It knows its session, so that all sockets share their listeners: closures of
 * its own cost an idle socket half a KiB. What waits for the turn's end leaves before a closing handshake, whoever
 * began it.
 */
export class ServerWebSocket extends WebSocket {
  session: SocketListener | undefined;
  outlet: { flush(): void } | undefined;

  /** Tells a session everything from now on. */
  tell(session: SocketListener): void {
    this.session = session;
    takeWholeFrames(this, session);
    this.on('message', onMessage);
    this.on('ping', onPing);
    this.on('pong', onPong);
    this.on('close', onClose);
    this.on('error', onError);
  }

  override close(code?: number, reason?: string | Buffer): void {
    this.outlet?.flush();
    super.close(code, reason);
  }
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  const { session } = this as ServerWebSocket;
  if (isBinary) session?.close(CLOSE_CODES.binaryNotSupported, 'frames are text');
  else session?.receive(data as Buffer);
}

function onPing(this: WebSocket, data: Buffer): void {
  if ((this as ServerWebSocket).session?.control()) this.pong(data);
}

function onPong(this: WebSocket): void {
  (this as ServerWebSocket).session?.control();
}

function onClose(this: WebSocket): void {
  (this as ServerWebSocket).session?.closed();
}

/** What a client does to its own socket is no fault of ours; `close` follows. */
function onError(): void {}
