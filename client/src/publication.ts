import { Emitter } from './events.js';

/** Events of a {@link Publication}. */
export interface PublicationEvents {
  /** The track ended by itself: the device was unplugged, or the user stopped sharing. */
  ended: undefined;
}

/**
 * One track that is sent to every peer of a room, the present and the future ones.
 *
 * @example
 * const camera = room.publish(stream.getVideoTracks()[0], stream);
 * await camera.replaceTrack(null); // nothing is sent, nothing is renegotiated
 * camera.unpublish();
 */
export class Publication extends Emitter<PublicationEvents> {
  #track!: MediaStreamTrack | null;
  #stream!: MediaStream;

  /** What is sent now; null after `replaceTrack(null)`. */
  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  /** The stream that the track belongs to; the other side sees a stream with the same id. */
  get stream(): MediaStream {
    return this.#stream;
  }

  /** Send another track of the same kind instead, or none, to everyone, without a negotiation (W3C WebRTC §5.2). */
  async replaceTrack(_track: MediaStreamTrack | null): Promise<void> {}

  /** Stop sending it. The track itself goes on: stop it yourself if it is not needed. */
  unpublish(): void {}
}
