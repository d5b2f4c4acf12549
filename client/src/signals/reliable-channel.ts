import type { ErrorCode, SignalKind } from '@parley/protocol';
import type { Report } from '../events.js';
import type { Clock } from '../options.js';
import type { SendResult } from './send-result.js';
import { type Deliver, SignalReceiver, type TransmitAck } from './signal-receiver.js';
import { SignalSender, type TransmitSignal } from './signal-sender.js';

/** @internal What a channel needs from outside. It has no other source of time and no other way out. */
export interface ReliableChannelOptions {
  readonly clock: Clock;
  readonly transmitSignal: TransmitSignal;
  readonly transmitAck: TransmitAck;
  readonly deliver: Deliver;
  /** Gets what `deliver` throws; the signal counts as delivered and is not handed over again. */
  readonly report: Report;
}

/**
 * @internal Both directions between the own peer and one other: exactly once, in order, one result a signal, over a
 * relay that may lose, repeat, delay and reorder (Saltzer, Reed, Clark: End-to-end arguments in system design, 1984).
 */
export class ReliableChannel {
  readonly #sender: SignalSender;
  readonly #receiver: SignalReceiver;

  constructor(options: ReliableChannelOptions) {
    this.#receiver = new SignalReceiver(options.clock, options.transmitAck, options.deliver, options.report);
    this.#sender = new SignalSender(options.clock, (seq, base, kind, body) => {
      this.#receiver.flush();
      options.transmitSignal(seq, base, kind, body);
    });
  }

  /** Signals without a result, and numbers that wait for an earlier one. */
  get sizes(): { readonly pending: number; readonly held: number } {
    return { pending: this.#sender.size, held: this.#receiver.size };
  }

  /** Never rejects; see {@link SendResult}. */
  send(kind: SignalKind, body: string): Promise<SendResult> {
    return this.#sender.send(kind, body);
  }

  /** A numbered signal came in; `body` is undefined when it was denied on the way. */
  receive(seq: number, base: number, kind: SignalKind, body: string | undefined): void {
    this.#receiver.receive(seq, base, kind, body);
  }

  /** An acknowledgement came in. */
  acknowledge(upto: number, missed?: readonly number[]): void {
    this.#sender.acknowledge(upto, missed);
  }

  /** The server answered a signal with an error. Only `peer_gone` is final; all else is tried again. */
  refuse(seq: number | undefined, code: ErrorCode): void {
    if (code === 'peer_gone') this.end({ result: 'peer_gone' });
    else if (seq !== undefined) this.#sender.refuse(seq, code);
  }

  /** Call on a welcome, on a new epoch, and when the peer is back. */
  resend(): void {
    this.#receiver.flush();
    this.#sender.resend();
  }

  /** The peer, or the own session, is over: this is the result of all that waits and of all that is sent later. */
  end(result: SendResult): void {
    this.#receiver.end();
    this.#sender.end(result);
  }

  /** A peer that had ended is back under the same id: its numbers go on, none is used twice. */
  revive(): void {
    this.#receiver.revive();
    this.#sender.revive();
  }
}
