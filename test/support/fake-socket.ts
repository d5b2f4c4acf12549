import type { ClientSocket } from '../../src/websocket/client-socket.js';

/** A socket that records what is sent. */
export class FakeSocket implements ClientSocket {
  readonly frames: string[] = [];
  bufferedBytes = 0;
  closed: { code: number; reason: string } | undefined;
  terminated = false;
  pings = 0;

  send(frame: Buffer | string): void {
    this.frames.push(frame.toString());
  }

  ping(): void {
    this.pings += 1;
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }

  pause(): void {}

  resume(): void {}

  terminate(): void {
    this.terminated = true;
  }

  /** The headers of the sent frames, in order. */
  messages(): any[] {
    return this.frames.map((frame) => JSON.parse(frame.split('\n', 1)[0] as string));
  }
}
