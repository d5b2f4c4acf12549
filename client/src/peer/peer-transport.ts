import { newId } from '../connection/session-key.js';
import { asParleyError, type ParleyError } from '../errors.js';
import type { Clock, PeerConnectionConstructor } from '../options.js';
import type { SendResult } from '../signals/send-result.js';
import { IceRecovery } from './ice-recovery.js';
import { Negotiation, type NegotiationKind } from './negotiation.js';
import { type PeerStats, StatsMeter } from './peer-stats.js';
import type { Publication } from './publication.js';
import { RemoteStreams, type RemoteTrack } from './remote-streams.js';
import { Senders } from './senders.js';

/** @internal The subprotocol of the channel that brings a connection up before anything is published. */
export const INTERNAL_CHANNEL = 'parley.v1';

/** @internal What a link needs. */
export interface PeerTransportOptions {
  readonly RTCPeerConnection: PeerConnectionConstructor;
  readonly configuration: RTCConfiguration;
  readonly clock: Clock;
  readonly polite: () => boolean;
  /** What this side and the other one may publish now. */
  readonly mayPublish: () => { readonly own: boolean; readonly other: boolean };
  readonly send: (kind: NegotiationKind, body: object) => Promise<SendResult>;
  readonly report: (error: ParleyError) => void;
  readonly on: {
    readonly state: (state: RTCPeerConnectionState) => void;
    readonly track: (remote: RemoteTrack) => void;
    readonly trackEnded: (remote: RemoteTrack) => void;
    readonly datachannel: (channel: RTCDataChannel) => void;
  };
}

/** @internal One RTCPeerConnection with all that belongs to its life. */
export class PeerTransport {
  readonly connection: RTCPeerConnection;
  readonly negotiation: Negotiation;
  readonly #streams: RemoteStreams;
  readonly #recovery: IceRecovery;
  readonly #meter = new StatsMeter();
  readonly #senders: Senders;
  #close: () => void = () => {};
  readonly #closed = new Promise<void>((resolve) => {
    this.#close = resolve;
  });

  constructor(private readonly options: PeerTransportOptions) {
    const { clock, polite, mayPublish, send, report, on } = options;
    const connection = new options.RTCPeerConnection(options.configuration);
    this.connection = connection;
    this.#streams = new RemoteStreams({ track: on.track, ended: on.trackEnded });
    this.#senders = new Senders({ connection, receives: (track) => this.#streams.has(track) });
    this.#recovery = new IceRecovery({
      clock,
      polite,
      state: () => connection.connectionState,
      restart: () => connection.restartIce(),
    });
    // Who was there first opens, unless its offer would not arrive: then the other one does.
    const may = mayPublish();
    const opens = may.own && (!polite() || !may.other);
    const mayOffer = () => mayPublish().own;
    this.negotiation = new Negotiation({ connection, token: newId(), clock, polite, opens, mayOffer, send, report });
    this.#streams.hide(!may.other);
    connection.addEventListener('track', (event) => this.#streams.add(event));
    connection.addEventListener('datachannel', ({ channel }) => {
      if (channel.protocol !== INTERNAL_CHANNEL) on.datachannel(channel);
    });
    connection.addEventListener('connectionstatechange', () => {
      this.#recovery.changed();
      on.state(connection.connectionState);
    });
    // Something to negotiate, even if nobody has a camera.
    if (opens) this.#openChannel();
  }

  get streams(): ReadonlyMap<string, MediaStream> {
    return this.#streams.all;
  }

  publish(publication: Publication): void {
    this.#senders.publish(publication);
  }

  /** Closing ends the wait: a closed connection never settles it (W3C WebRTC §5.2). */
  replaceTrack(publication: Publication, track: MediaStreamTrack | null): Promise<void> {
    return Promise.race([this.#senders.replaceTrack(publication, track), this.#closed]);
  }

  unpublish(publication: Publication): void {
    this.#senders.unpublish(publication);
  }

  /** New ICE servers count from the next gathering on (W3C WebRTC §4.4.1.6); nothing is interrupted. */
  configure(configuration: RTCConfiguration): void {
    try {
      this.connection.setConfiguration(configuration);
    } catch (error) {
      this.options.report(asParleyError(error, 'internal'));
    }
  }

  /** What the one or the other may publish is another. */
  permitted(): void {
    const { own, other } = this.options.mayPublish();
    this.#streams.hide(!other);
    if (own) this.negotiation.permitted();
  }

  /** The way for signals is open again. */
  resumed(): void {
    this.#recovery.resumed();
  }

  async stats(): Promise<PeerStats> {
    const report = await this.connection.getStats();
    return this.#meter.measure(report, this.connection.connectionState, this.options.clock.now());
  }

  close(): void {
    this.#close();
    this.#recovery.close();
    this.negotiation.close();
    this.connection.close();
    this.#streams.clear();
  }

  #openChannel(): void {
    try {
      this.connection.createDataChannel('parley', { protocol: INTERNAL_CHANNEL });
    } catch (error) {
      this.close();
      throw error;
    }
  }
}
