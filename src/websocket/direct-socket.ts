import type { Socket } from 'node:net';
import { CLOSE_CODES } from '@parley/protocol';
import type { ServerSocket, SocketListener } from './client-socket.js';
import { FrameReader } from './frame-reader.js';
import { type Frame, flushLater, wireBytes, writeFrames } from './frame-writer.js';
import {
  CLOSE,
  closePayload,
  controlFrame,
  type FrameSink,
  PING,
  PONG,
  type ReaderLimits,
  readWholeFrames,
} from './frames.js';

/** Limits of every socket of a server. */
export interface SocketLimits extends ReaderLimits {
  /** How long a client may leave a close unanswered, in milliseconds. */
  readonly closeTimeout: number;
}

/** The property of a TCP connection that names its socket, so that all connections share their listeners. */
const OWNER = Symbol('socket');
type Owned = Socket & { [OWNER]: DirectSocket };

const EMPTY = Buffer.alloc(0);
const PING_FRAME = controlFrame(PING, EMPTY);

/**
 * The server's side of a WebSocket (RFC 6455, no extensions) directly on its TCP connection, once the handshake is done.
 * Frames of one iteration of the event loop are sent in one write. An idle socket consists of this object alone: a
 * {@link FrameReader} exists only while a frame or message is incomplete.
 */
export class DirectSocket implements ServerSocket, FrameSink {
  private listener: SocketListener | undefined = undefined;
  private reader: FrameReader | undefined = undefined;
  private waiting: Frame[] | undefined = undefined;
  private waitingBytes = 0;
  private isOpen = true;
  private closeTimer: NodeJS.Timeout | undefined = undefined;

  /** @param tcp a paused connection that only this socket uses from now on */
  constructor(
    private readonly tcp: Socket,
    head: Buffer,
    private readonly limits: SocketLimits,
  ) {
    (tcp as Owned)[OWNER] = this;
    tcp.setTimeout(0);
    tcp.setNoDelay();
    if (head.length > 0) tcp.unshift(head);
    tcp.on('close', onClose).on('end', onEnd).on('error', onError);
  }

  attach(listener: SocketListener): void {
    this.listener = listener;
    this.tcp.on('data', onData);
  }

  send(frame: Frame): void {
    if (!this.isOpen) return;
    if (this.waiting === undefined) {
      this.waiting = [frame];
      flushLater(this);
    } else this.waiting.push(frame);
    this.waitingBytes += wireBytes(frame);
  }

  flush(): void {
    const { waiting, waitingBytes } = this;
    if (waiting === undefined) return;
    this.waiting = undefined;
    this.waitingBytes = 0;
    if (this.isOpen) writeFrames(this.tcp, waiting, waitingBytes);
  }

  get bufferedBytes(): number {
    return this.waitingBytes + this.tcp.writableLength;
  }

  close(code: number, reason: string): void {
    this.startClosing(closePayload(code, reason));
  }

  terminate(): void {
    this.isOpen = false;
    this.tcp.destroy();
  }

  pause(): void {
    this.tcp.pause();
  }

  resume(): void {
    this.tcp.resume();
  }

  ping(): void {
    if (!this.isOpen) return;
    this.flush();
    this.tcp.write(PING_FRAME);
  }

  receiveText(text: Buffer): void {
    this.listener?.receive(text);
  }

  receiveBinary(): void {
    this.listener?.close(CLOSE_CODES.binaryNotSupported, 'frames are text');
  }

  receivePing(payload: Buffer): void {
    if (this.listener?.control() === true && this.isOpen) this.tcp.write(controlFrame(PONG, payload));
  }

  receivePong(): void {
    this.listener?.control();
  }

  receiveClose(payload: Buffer): void {
    this.startClosing(payload);
    this.end();
  }

  fail(code: number): void {
    this.startClosing(closePayload(code, ''));
    this.end();
  }

  /** Discards what the client still sends, and reads it, so that its FIN arrives. */
  private end(): void {
    this.tcp.off('data', onData);
    this.tcp.resume();
    this.tcp.end();
  }

  private startClosing(payload: Buffer): void {
    if (!this.isOpen) return;
    this.flush();
    this.isOpen = false;
    // The client's own close frame must be read.
    this.tcp.resume();
    this.tcp.write(controlFrame(CLOSE, payload));
    this.closeTimer = setTimeout(() => this.tcp.destroy(), this.limits.closeTimeout);
  }

  read(chunk: Buffer): void {
    if (this.reader === undefined) {
      const end = readWholeFrames(chunk, 0, this.limits.maxPayload, this);
      if (end === chunk.length) return;
      this.reader = new FrameReader(this.limits, this);
      this.reader.read(chunk.subarray(end));
    } else this.reader.read(chunk);
    if (this.reader.isIdle) this.reader = undefined;
  }

  /** The client ended its side, with or without a close frame. */
  ended(): void {
    this.isOpen = false;
    this.tcp.end();
  }

  closed(): void {
    this.isOpen = false;
    clearTimeout(this.closeTimer);
    this.listener?.closed();
  }
}

function onData(this: Socket, chunk: Buffer): void {
  (this as Owned)[OWNER].read(chunk);
}

function onEnd(this: Socket): void {
  (this as Owned)[OWNER].ended();
}

function onClose(this: Socket): void {
  (this as Owned)[OWNER].closed();
}

/** The client's fault, not the server's; `close` follows. */
function onError(this: Socket): void {
  this.destroy();
}
