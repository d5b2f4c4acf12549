import { BODIES } from './bodies.js';
import { begins, type Kind, type Line } from './dialect.js';
import { type RawSocket, textFrame } from './raw-socket.js';

const SIGNAL = Buffer.from('{"type":"signal"');
/** The SDK's own rules (client/src/signals/signal-receiver.ts). */
const ACK_DELAY_MS = 50;
const ACK_AFTER = 16;

/** One end of a pair that numbers its signals and acknowledges received ones, like the SDK. */
export class AckedLine implements Line {
  private next = 0;
  private received = 0;
  private unacknowledged = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly socket: RawSocket,
    private readonly to: string,
  ) {}

  send(kind: Kind): void {
    this.acknowledge();
    const seq = ++this.next;
    this.socket.send(
      textFrame(`{"type":"signal","to":"${this.to}","seq":${seq},"base":${seq},"kind":"${kind}"}\n${BODIES[kind]}`),
    );
  }

  take(bytes: Buffer, start: number, end: number): boolean {
    if (!begins(bytes, start, end, SIGNAL)) return false;
    this.received += 1;
    this.unacknowledged += 1;
    if (this.unacknowledged >= ACK_AFTER) this.acknowledge();
    else this.timer ??= setTimeout(() => this.acknowledge(), ACK_DELAY_MS);
    return true;
  }

  /** Acknowledges together with a signal in the same direction, like `flush` of the SDK. */
  private acknowledge(): void {
    if (this.unacknowledged === 0) return;
    this.unacknowledged = 0;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.socket.sendText(`{"type":"ack","to":"${this.to}","upto":${this.received}}`);
  }
}
