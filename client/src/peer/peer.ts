import type { Participant, PeerId, SignalKind } from '@parley/protocol';
import type { PeerConnectionState } from '../browser-types.js';
import { ParleyError } from '../errors.js';
import { Emitter } from '../events.js';
import type { ReliableChannel } from '../signals/reliable-channel.js';
import type { SendResult } from '../signals/send-result.js';
import { isLargerThan, json, parseOrText } from '../sizes.js';
import type { DescriptionBody } from './negotiation.js';
import type { PeerStats } from './peer-stats.js';
import { PeerTransport, type PeerTransportOptions } from './peer-transport.js';
import type { Publication } from './publication.js';
import type { RemoteTrack } from './remote-streams.js';

export type { RemoteTrack } from './remote-streams.js';

/** Events of a {@link Peer}. Add listeners in the room's `peer` event and right after a join: nothing is replayed. */
export interface PeerEvents {
  /** `connection.connectionState` changed. */
  state: PeerConnectionState;
  /** A remote track was added, with the stream in which its sender published it. */
  track: RemoteTrack;
  /**
   * The other side unpublished the track, lost the permission to publish, or its connection was closed. Once per
   * `track`.
   */
  track_ended: RemoteTrack;
  /** The other side opened a data channel. */
  datachannel: RTCDataChannel;
  /** A signal that the other side sent with `send`: exactly once, in order. */
  signal: unknown;
}

/** @internal Dependencies of a {@link Peer}. */
export interface PeerOptions {
  readonly id: PeerId;
  readonly channel: ReliableChannel;
  readonly participant: () => Participant;
  readonly polite: () => boolean;
  readonly mayPublish: PeerTransportOptions['mayPublish'];
  /** Largest body of a signal in bytes. */
  readonly maxBodyBytes: () => number;
  readonly publications: () => readonly Publication[];
  /** Absent for rooms without media. */
  readonly link: (() => Omit<PeerTransportOptions, 'polite' | 'mayPublish' | 'send' | 'on'>) | undefined;
  readonly report: (error: unknown) => void;
}

/**
 * Another participant, and the connection to it. It exists as long as the participant is in the room, including while
 * it is away and while a broken connection recovers.
 *
 * @example
 * room.on('peer', (peer) => {
 *   peer.on('track', ({ stream }) => tileOf(peer.id).show(stream));
 *   peer.on('state', (state) => tileOf(peer.id).dim(state !== 'connected'));
 * });
 */
export class Peer extends Emitter<PeerEvents> {
  /** Peer id, unique across all rooms. A reloaded page is another peer. */
  readonly id: PeerId;
  readonly #options: PeerOptions;
  #transport: PeerTransport | undefined;
  /** Why the browser refused to create the connection. */
  #refusal: ParleyError | undefined;

  /** @internal */
  constructor(options: PeerOptions) {
    super(options.report);
    this.id = options.id;
    this.#options = options;
    this.#connect();
  }

  /** Its current roster entry. */
  get participant(): Participant {
    return this.#options.participant();
  }

  /** Whether this side gives way if both offer at once: true if it joined later (W3C WebRTC 1.0 §10.7). */
  get polite(): boolean {
    return this.#options.polite();
  }

  /**
   * The RTCPeerConnection. Read anything, but leave descriptions, candidates and senders to the SDK.
   * @throws ParleyError `conflict` if the room was joined with `media: false`; `internal` if the browser refused to
   * create it, for example because of an ICE server in your `rtcConfiguration`. The client's `error` reports that too.
   */
  get connection(): RTCPeerConnection {
    return this.#openTransport().connection;
  }

  /**
   * `connection.connectionState`; `new` if the room was joined with `media: false`, `failed` if the browser refused to
   * create the connection. That is tried again with new ICE servers, and when the other side offers.
   */
  get state(): PeerConnectionState {
    return this.#transport?.connection.connectionState ?? (this.#refusal ? 'failed' : 'new');
  }

  /**
   * Remote streams with at least one track, by stream id. Empty while the peer's permission to publish is revoked,
   * whatever it sends.
   */
  get streams(): ReadonlyMap<string, MediaStream> {
    return this.#transport?.streams ?? new Map();
  }

  /**
   * Send JSON to this peer over the signaling server: exactly once, in order, through lost sockets on both sides.
   * For small messages that must arrive; for bulk data open a data channel. At most 320 signals may be pending, each at
   * most `limits.maxFrameBytes` less 512 bytes. A failed delivery does not reject: see {@link SendResult}.
   * @throws ParleyError `bad_request` if `data` is not JSON.
   *
   * @example
   * const sent = await peer.send({ type: 'raise-hand' });
   * if (sent.result !== 'delivered') console.warn('Not delivered.', sent);
   */
  async send(data: unknown): Promise<SendResult> {
    return this.#transmit('data', json(data));
  }

  /**
   * Open a data channel to this peer (W3C WebRTC §6.2). The other side gets `datachannel`.
   * @throws ParleyError like {@link Peer.connection}
   */
  createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
    return this.connection.createDataChannel(label, init);
  }

  /** Restart ICE (RFC 8445 §9). The SDK does so automatically when a connection breaks. */
  restartIce(): void {
    this.#transport?.connection.restartIce();
  }

  /** Measure the connection, every second or two. @throws ParleyError like {@link Peer.connection} */
  async stats(): Promise<PeerStats> {
    return this.#openTransport().stats();
  }

  /** @internal A signal that came in order. */
  deliver(kind: SignalKind, body: string): void {
    const data = parseOrText(body);
    if (kind === 'data') {
      this.emit('signal', data);
      return;
    }
    const connection = kind === 'offer' ? (data as Partial<DescriptionBody> | null)?.connection : undefined;
    const known = this.#transport?.negotiation.remote;
    // The other side has created a new connection, because it saw this peer leave: its offer does not match this one.
    if (connection !== undefined && known !== undefined && connection !== known) this.#connect();
    else if (kind === 'offer') this.#retry();
    this.#transport?.negotiation.receive(kind, data);
  }

  /** @internal */
  publish(publication: Publication): void {
    this.#guard(() => this.#transport?.publish(publication));
  }

  /** @internal */
  async replaceTrack(publication: Publication, track: MediaStreamTrack | null): Promise<void> {
    await this.#transport?.replaceTrack(publication, track);
  }

  /** @internal */
  unpublish(publication: Publication): void {
    this.#guard(() => this.#transport?.unpublish(publication));
  }

  /** @internal */
  configure(configuration: RTCConfiguration): void {
    if (this.#transport) this.#transport.configure(configuration);
    else this.#retry();
  }

  /** @internal What it, or the own side, may publish is another. */
  permitted(): void {
    this.#transport?.permitted();
  }

  /** @internal The way to this peer may be open again. */
  resumed(): void {
    this.#options.channel.resend();
    this.#transport?.resumed();
  }

  /** @internal */
  close(): void {
    this.#transport?.close();
  }

  #openTransport(): PeerTransport {
    if (this.#refusal) throw this.#refusal;
    if (!this.#transport) throw new ParleyError('conflict', 'The room was joined with media: false.');
    return this.#transport;
  }

  #connect(): void {
    const made = this.#options.link?.();
    if (!made) return;
    this.#transport?.close();
    this.#transport = undefined;
    this.#refusal = this.#guard(() => this.#create(made));
    if (this.#refusal) this.emit('state', 'failed');
  }

  #retry(): void {
    if (this.#refusal) this.#connect();
  }

  #create(made: ReturnType<NonNullable<PeerOptions['link']>>): void {
    const transport: PeerTransport = new PeerTransport({
      ...made,
      polite: this.#options.polite,
      mayPublish: this.#options.mayPublish,
      send: (kind, body) => this.#transmit(kind, JSON.stringify(body)),
      on: {
        state: (state) => {
          if (transport === this.#transport) this.emit('state', state);
        },
        track: (remote) => this.emit('track', remote),
        trackEnded: (remote) => this.emit('track_ended', remote),
        datachannel: (channel) => this.emit('datachannel', channel),
      },
    });
    this.#transport = transport;
    for (const publication of this.#options.publications()) this.publish(publication);
  }

  /** What the browser throws about one peer must not stop the others, nor the handling of the frame that caused it. */
  #guard(work: () => void): ParleyError | undefined {
    try {
      work();
      return undefined;
    } catch (cause) {
      const reason = (cause as Partial<Error> | undefined)?.message ?? String(cause);
      const error = new ParleyError('internal', `The connection to peer ${this.id} failed: ${reason}`, { cause });
      this.#options.report(error);
      return error;
    }
  }

  #transmit(kind: SignalKind, body: string): Promise<SendResult> {
    return isLargerThan(body, this.#options.maxBodyBytes())
      ? Promise.resolve({ result: 'rejected', code: 'payload_too_large' })
      : this.#options.channel.send(kind, body);
  }
}
