import { CLOSE_CODES } from '@parley/protocol';
import { WebSocket } from 'ws';
import type { ServerSocket, SocketListener } from './client-socket.js';
import { type Frame, keepable } from './frame-writer.js';

/** A socket that reads and writes through the public API of `ws` alone, with one write per frame. */
export class WsSocket implements ServerSocket {
  constructor(private readonly ws: WebSocket) {
    // The client's fault, not the server's; `close` follows.
    ws.on('error', ignore);
    ws.pause();
  }

  attach(listener: SocketListener): void {
    const { ws } = this;
    ws.on('message', (data: Buffer, isBinary) => {
      if (isBinary) listener.close(CLOSE_CODES.binaryNotSupported, 'frames are text');
      else listener.receive(data);
    });
    ws.on('ping', (payload) => {
      if (listener.control()) ws.pong(payload);
    });
    ws.on('pong', () => void listener.control());
    ws.on('close', () => listener.closed());
    ws.resume();
  }

  send(frame: Frame): void {
    if (this.ws.readyState !== WebSocket.OPEN) return;
    this.ws.send(typeof frame === 'string' ? frame : keepable(frame), TEXT);
  }

  pause(): void {
    this.ws.pause();
  }

  resume(): void {
    this.ws.resume();
  }

  ping(): void {
    if (this.ws.readyState === WebSocket.OPEN) this.ws.ping();
  }

  get bufferedBytes(): number {
    return this.ws.bufferedAmount;
  }

  close(code: number, reason: string): void {
    // The client's own close frame must be read.
    this.ws.resume();
    this.ws.close(code, reason);
  }

  terminate(): void {
    this.ws.terminate();
  }
}

const TEXT = { binary: false };
const ignore = (): void => {};
