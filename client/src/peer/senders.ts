import type { Publication } from './publication.js';

/** @internal What it needs. */
export interface SendersOptions {
  readonly connection: RTCPeerConnection;
  /** True while the other side sends a track that this receiver takes. */
  readonly receives: (track: MediaStreamTrack) => boolean;
}

/**
 * @internal The publications that one RTCPeerConnection sends, each with a sender of its own. A sender is never used
 * for a second publication: after `setStreams` Chromium offers the new stream id once, and the old one again in the
 * next offer. The m-line is used again instead (RFC 9429 §5.2.2), so that sharing ten times does not make ten of them.
 */
export class Senders {
  readonly #all = new Map<Publication, RTCRtpSender>();

  constructor(private readonly options: SendersOptions) {
    options.connection.addEventListener('signalingstatechange', () => this.#restore());
  }

  publish(publication: Publication): void {
    const { connection } = this.options;
    const { track, stream, kind } = publication;
    const sender = track
      ? connection.addTrack(track, stream)
      : connection.addTransceiver(kind, { streams: [stream] }).sender;
    this.#all.set(publication, sender);
  }

  async replaceTrack(publication: Publication, track: MediaStreamTrack | null): Promise<void> {
    await this.#all.get(publication)?.replaceTrack(track);
  }

  unpublish(publication: Publication): void {
    const sender = this.#all.get(publication);
    if (!sender) return;
    this.#all.delete(publication);
    const transceiver = this.#transceiverOf(sender);
    // First: while a transceiver is stopping, `addTrack` would still find its track taken (W3C WebRTC §5.1).
    this.options.connection.removeTrack(sender);
    if (transceiver && this.#mayStop(transceiver)) transceiver.stop();
  }

  /** The other side may use the same transceiver for a track of its own, and others may need its transport. */
  #mayStop({ mid, receiver }: RTCRtpTransceiver): boolean {
    if (this.options.receives(receiver.track)) return false;
    // Rejecting the section that the whole BUNDLE group is tagged by (RFC 9143 §7.2) makes Chromium connect again.
    const tag = /^a=group:BUNDLE (\S+)/m.exec(this.options.connection.localDescription?.sdp ?? '')?.[1];
    return mid === null || mid !== tag;
  }

  /** The other side stopped a transceiver at the moment this side began to send on it: send on another one. */
  #restore(): void {
    if (this.options.connection.signalingState !== 'stable') return;
    for (const [publication, sender] of this.#all) if (!this.#transceiverOf(sender)) this.publish(publication);
  }

  /** Stopped transceivers are not among them. */
  #transceiverOf(sender: RTCRtpSender): RTCRtpTransceiver | undefined {
    return this.options.connection
      .getTransceivers()
      .find((transceiver) => transceiver.sender === sender && transceiver.currentDirection !== 'stopped');
  }
}
