import type { SignalKind } from '@parley/protocol';
import { asParleyError, ParleyError } from '../errors.js';
import type { Clock } from '../options.js';
import type { SendResult } from '../signals/send-result.js';

/** @internal Times and bounds of a negotiation. */
export const NEGOTIATION_RULES = {
  /** How long the later peer waits for an offer before it makes one itself. */
  openMs: 3_000,
  /** An offer without an answer is taken back after this: longer than the answer can be under way. */
  answerMs: 50_000,
  /** Before an offer that found no room in the queue is made again. */
  retryMs: 2_000,
  /** Candidates that came before any description. */
  candidates: 256,
  /** Signals that wait for the browser. */
  queue: 512,
} as const;

/** @internal Body of `offer` and `answer`: an RTCSessionDescriptionInit, and which RTCPeerConnection made it. */
export interface DescriptionBody {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
  readonly connection?: string;
}

/** @internal The kinds of signal that a negotiation is made of. */
export type NegotiationKind = Exclude<SignalKind, 'data'>;

/** @internal What a negotiation needs. */
export interface NegotiationOptions {
  readonly connection: RTCPeerConnection;
  /** Tells this RTCPeerConnection from an earlier one of the same peer. */
  readonly token: string;
  readonly clock: Clock;
  readonly polite: () => boolean;
  /** True for the side that makes the first offer. */
  readonly opens: boolean;
  /** False: an offer would be denied on the way, so what is wanted waits for {@link Negotiation.permitted}. */
  readonly mayOffer: () => boolean;
  readonly send: (kind: NegotiationKind, body: object) => Promise<SendResult>;
  readonly report: (error: ParleyError) => void;
}

/**
 * @internal Perfect negotiation (W3C WebRTC 1.0 §10.7) for one RTCPeerConnection: either side may want a change at any
 * moment, and when both do, the polite one takes its offer back.
 */
export class Negotiation {
  /** Which RTCPeerConnection of the other side this one talks to. */
  remote: string | undefined;
  #makingOffer = false;
  #ignoring = false;
  #settingAnswer = false;
  #mayOffer: boolean;
  #wanted = false;
  #closed = false;
  #waiting = 0;
  #tail: Promise<void> = Promise.resolve();
  #timer: unknown;
  readonly #early: (RTCIceCandidateInit | null)[] = [];

  constructor(private readonly options: NegotiationOptions) {
    const { connection, clock } = options;
    this.#mayOffer = options.opens;
    if (!this.#mayOffer) this.#timer = clock.setTimeout(() => this.#open(), NEGOTIATION_RULES.openMs);
    connection.addEventListener('negotiationneeded', () => this.#offer());
    connection.addEventListener('icecandidate', ({ candidate }) => this.#sendCandidate(candidate));
  }

  /** A signal of the other side; they are applied one after another. */
  receive(kind: NegotiationKind, body: unknown): void {
    if (this.#closed) return;
    if (this.#waiting >= NEGOTIATION_RULES.queue) {
      this.options.report(new ParleyError('rate_limited', 'A peer sends signals faster than they can be applied.'));
      return;
    }
    this.#waiting++;
    this.#tail = this.#tail
      .then(() => (this.#closed ? undefined : this.#apply(kind, body)))
      .catch((error: unknown) => {
        if (!this.#closed) this.options.report(asParleyError(error, 'bad_message'));
      })
      .finally(() => {
        this.#waiting--;
      });
  }

  /** This side may offer again. */
  permitted(): void {
    if (this.#wanted && this.#mayOffer) this.#offer();
  }

  close(): void {
    this.#closed = true;
    this.options.clock.clearTimeout(this.#timer);
  }

  #open(): void {
    this.#mayOffer = true;
    if (this.#wanted) this.#offer();
  }

  #offer(): void {
    this.#wanted = !this.#mayOffer || !this.options.mayOffer();
    if (this.#wanted || this.#closed) return;
    this.#makingOffer = true;
    const describe = async () => this.options.connection.setLocalDescription();
    describe()
      .then(() => this.#sendDescription())
      .catch((error: unknown) => {
        if (!this.#closed) this.options.report(asParleyError(error, 'internal'));
      })
      .finally(() => {
        this.#makingOffer = false;
      });
  }

  /** Not awaited: a result may take 45 s, and the other side's signals must not wait for it. */
  #sendDescription(): void {
    const { connection, token, send } = this.options;
    const local = connection.localDescription;
    if (!local || this.#closed || (local.type !== 'offer' && local.type !== 'answer')) return;
    const body: DescriptionBody = { type: local.type, sdp: local.sdp, connection: token };
    const sent = send(local.type, body);
    if (local.type === 'offer') sent.then((result) => this.#offerSent(result));
  }

  #offerSent(sent: SendResult): void {
    if (this.#closed || sent.result === 'peer_gone') return;
    if (sent.result === 'rejected' && sent.code !== 'queue_full') {
      this.options.report(new ParleyError(sent.code));
      this.#wanted = true;
      void this.#takeBack(false);
      return;
    }
    const delays = { delivered: NEGOTIATION_RULES.answerMs, rejected: NEGOTIATION_RULES.retryMs, unknown: 0 };
    this.options.clock.clearTimeout(this.#timer);
    this.#timer = this.options.clock.setTimeout(() => void this.#takeBack(true), delays[sent.result]);
  }

  /** The offer will not be answered. Without this the connection could never negotiate again. */
  async #takeBack(again: boolean): Promise<void> {
    const { connection } = this.options;
    if (this.#closed || connection.signalingState !== 'have-local-offer') return;
    try {
      await connection.setLocalDescription({ type: 'rollback' });
      if (again) connection.restartIce();
    } catch (error) {
      if (!this.#closed) this.options.report(asParleyError(error, 'internal'));
    }
  }

  #sendCandidate(candidate: RTCIceCandidate | null): void {
    if (this.#closed) return;
    // An empty candidate ends one generation, null ends the gathering (W3C WebRTC §4.8.1): one sign is enough.
    if (candidate === null) void this.options.send('end_of_candidates', {});
    else if (candidate.candidate !== '') void this.options.send('candidate', candidate.toJSON());
  }

  async #apply(kind: NegotiationKind, body: unknown): Promise<void> {
    if (kind === 'offer' || kind === 'answer') await this.#describe(kind, body as Partial<DescriptionBody> | null);
    else await this.#addCandidate(kind === 'candidate' ? (body as RTCIceCandidateInit) : null);
  }

  async #describe(type: 'offer' | 'answer', body: Partial<DescriptionBody> | null): Promise<void> {
    const { connection, polite } = this.options;
    if (typeof body?.sdp !== 'string') throw new ParleyError('bad_message', 'A description has no SDP.');
    const ready = !this.#makingOffer && (connection.signalingState === 'stable' || this.#settingAnswer);
    this.#ignoring = type === 'offer' && !ready && !polite();
    if (this.#ignoring) return;
    // An answer to an offer that was taken back meanwhile.
    if (type === 'answer' && connection.signalingState !== 'have-local-offer') return;
    this.options.clock.clearTimeout(this.#timer);
    this.remote = body.connection;
    this.#mayOffer = true;
    this.#settingAnswer = type === 'answer';
    try {
      await connection.setRemoteDescription({ type, sdp: body.sdp });
    } finally {
      this.#settingAnswer = false;
    }
    for (const candidate of this.#early.splice(0)) await this.#addCandidate(candidate);
    if (type === 'answer' || this.#closed) return;
    await connection.setLocalDescription();
    this.#sendDescription();
  }

  async #addCandidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    const { connection } = this.options;
    if (!connection.remoteDescription) {
      if (this.#early.length < NEGOTIATION_RULES.candidates) this.#early.push(candidate);
      return;
    }
    try {
      await connection.addIceCandidate(candidate ?? { candidate: '' });
    } catch (error) {
      // It belongs to the offer that was ignored, or the browser does not know the sign of the end.
      if (!this.#ignoring && candidate) throw error;
    }
  }
}
