import type { ErrorCode, PeerId, RoomId } from '@parley/protocol';
import type { RoomContext } from '../room/room-context.js';
import { permissionsOf } from '../room/room-state.js';
import type { Roster, RosterChange } from '../room/roster.js';
import type { EarlySignal } from '../signals/early-signal-buffer.js';
import { ReliableChannel } from '../signals/reliable-channel.js';
import type { SendResult } from '../signals/send-result.js';
import { Peer } from './peer.js';
import type { Publication } from './publication.js';

/** @internal Streams of peers that left are remembered, in case their room's data was lost and they are back. */
const MAX_CHANNELS = 512;

/** @internal Room for the header in a frame. */
const HEADER_BYTES = 512;

/** @internal What the set needs. */
export interface PeerSetOptions {
  readonly context: RoomContext;
  readonly room: RoomId;
  readonly media: boolean;
  readonly roster: Roster;
  readonly self: () => PeerId;
  readonly attached: () => boolean;
  /** Runs it now, or when the application had the time to listen. */
  readonly later: (run: () => void) => void;
  readonly publications: () => readonly Publication[];
  readonly on: {
    readonly peer: (peer: Peer) => void;
    readonly gone: (peer: Peer) => void;
    readonly signal: (from: PeerId, data: unknown) => void;
  };
}

/** @internal The other participants of one room: a peer and a pair of streams for each. */
export class PeerSet {
  readonly #peers = new Map<PeerId, Peer>();
  /** Outlives its peer, so that a number is never used twice between the same two. */
  readonly #channels = new Map<PeerId, ReliableChannel>();
  /** Own peer ids of earlier sessions: still in the roster for a while, and not somebody else. */
  readonly #previous = new Set<PeerId>();

  constructor(private readonly options: PeerSetOptions) {}

  get all(): ReadonlyMap<PeerId, Peer> {
    return this.#peers;
  }

  /** Follow the roster. */
  follow(changes: readonly RosterChange[]): void {
    for (const { change, participant } of changes) {
      const peer = this.#peers.get(participant.peer);
      if (change === 'left') this.#remove(participant.peer, { result: 'peer_gone' });
      else if (change === 'back') peer?.resumed();
      else if (change === 'permitted') this.#permitted(participant.peer);
    }
    for (const id of this.options.roster.participants.keys()) this.#add(id);
  }

  /** A signal or an acknowledgement of a peer here. */
  receive({ message, body }: EarlySignal): void {
    const channel = this.#channels.get(message.from);
    const peer = this.#peers.get(message.from);
    if (!channel || !peer) return;
    if (message.type === 'ack') channel.acknowledge(message.upto, message.missed);
    else if (message.seq === undefined) {
      if (message.denied === undefined) peer.deliver(message.kind, body ?? '');
    } else {
      const full = message.denied === undefined ? (body ?? '') : undefined;
      channel.receive(message.seq, message.base ?? 1, message.kind, full);
    }
  }

  /** The server refused a signal. */
  refuse(to: PeerId, seq: number | undefined, code: ErrorCode): void {
    this.#channels.get(to)?.refuse(seq, code);
  }

  /** The room is joined on a new socket, or its roster was replaced: every way may be open again. */
  resumed(): void {
    for (const peer of this.#peers.values()) peer.resumed();
  }

  configure(configuration: RTCConfiguration): void {
    for (const peer of this.#peers.values()) peer.configure(configuration);
  }

  /** The own peer is over: no stream of it goes on. */
  end(): void {
    this.#previous.add(this.options.self());
    for (const id of [...this.#peers.keys()]) this.#remove(id, { result: 'unknown', why: 'session_ended' });
    this.#channels.clear();
  }

  /** The own rights concern every connection. */
  #permitted(id: PeerId): void {
    const peers = id === this.options.self() ? this.#peers.values() : [this.#peers.get(id)];
    for (const peer of peers) peer?.permitted();
  }

  #add(id: PeerId): void {
    if (id === this.options.self() || this.#previous.has(id) || this.#peers.has(id)) return;
    const { context, roster, media, on } = this.options;
    let participant = roster.participants.get(id);
    const known = () => {
      participant = roster.participants.get(id) ?? participant;
      return participant as NonNullable<typeof participant>;
    };
    // Fixed for the lifetime of the pair: in a new epoch the server assigns a new order, in the middle of a call.
    const polite = (roster.participants.get(this.options.self())?.order ?? 0) > known().order;
    const channel = this.#channelTo(id);
    const { RTCPeerConnection, clock } = context.options;
    const peer: Peer = new Peer({
      id,
      channel,
      participant: known,
      polite: () => polite,
      mayPublish: () => ({
        own: permissionsOf(roster.participants.get(this.options.self())).publish,
        other: permissionsOf(known()).publish,
      }),
      maxBodyBytes: () => context.limits().maxFrameBytes - HEADER_BYTES,
      publications: this.options.publications,
      link:
        media && RTCPeerConnection
          ? () => ({ RTCPeerConnection, configuration: context.configuration(), clock, report: context.report })
          : undefined,
      report: context.report,
    });
    this.#peers.set(id, peer);
    peer.on('signal', (data) => on.signal(id, data));
    on.peer(peer);
    for (const frame of context.early.take(id)) this.options.later(() => this.receive(frame));
  }

  #remove(id: PeerId, result: SendResult): void {
    const peer = this.#peers.get(id);
    if (!peer) return;
    this.#peers.delete(id);
    peer.close();
    this.#channels.get(id)?.end(result);
    this.options.on.gone(peer);
  }

  #channelTo(id: PeerId): ReliableChannel {
    const known = this.#channels.get(id);
    if (known) {
      known.revive();
      return known;
    }
    const { context, attached } = this.options;
    const channel = new ReliableChannel({
      clock: context.options.clock,
      transmitSignal: (seq, base, kind, body) => {
        if (attached() && !context.congested()) context.transmit({ type: 'signal', to: id, seq, base, kind }, body);
      },
      transmitAck: (upto, missed) =>
        attached() && context.transmit({ type: 'ack', to: id, upto, ...(missed.length > 0 ? { missed } : {}) }),
      deliver: (kind, body) => this.#peers.get(id)?.deliver(kind, body),
      report: context.report,
    });
    this.#channels.set(id, channel);
    for (const old of this.#channels.keys()) {
      if (this.#channels.size <= MAX_CHANNELS) break;
      if (!this.#peers.has(old) && old !== id) this.#channels.delete(old);
    }
    return channel;
  }
}
