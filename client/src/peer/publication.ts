import { Emitter } from '../events.js';

/** Events of a {@link Publication}. */
export interface PublicationEvents {
  /**
   * The track ended: the device was disconnected, or the user stopped sharing. Or the permission to publish was
   * revoked: then it is unpublished, but the track is not stopped. Not emitted if you stop the track yourself.
   */
  ended: undefined;
}

/** @internal Dependencies of a {@link Publication}. */
export interface PublicationOwner {
  readonly replaceTrack: (publication: Publication, track: MediaStreamTrack | null) => Promise<void>;
  readonly unpublish: (publication: Publication) => void;
}

/**
 * A track that is sent to every current and future peer of a room.
 *
 * @example
 * const camera = room.publish(stream.getVideoTracks()[0], stream);
 * await camera.replaceTrack(null); // camera off: nothing is sent, nothing is negotiated
 * await camera.replaceTrack(otherCamera);
 * camera.unpublish();
 */
export class Publication extends Emitter<PublicationEvents> {
  #track: MediaStreamTrack | null;
  #onUnpublish: (() => void) | undefined;
  #published = true;
  readonly #ended = () => this.emit('ended', undefined);

  /** @internal */
  constructor(
    track: MediaStreamTrack,
    /** The stream of the track. The other side gets a stream with the same id. */
    readonly stream: MediaStream,
    private readonly owner: PublicationOwner,
  ) {
    super();
    this.kind = track.kind as 'audio' | 'video';
    this.#track = track;
    track.addEventListener('ended', this.#ended);
  }

  /** Kind of the track. `replaceTrack` does not change it. */
  readonly kind: 'audio' | 'video';

  /** The track that is sent; null after `replaceTrack(null)`. */
  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  /**
   * Replace the track by another one of the same kind, or by none, without a negotiation (W3C WebRTC 1.0 §5.2).
   * Resolves when every connection has replaced it.
   * @throws TypeError if the track is of the other kind.
   */
  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    if (track && track.kind !== this.kind) throw new TypeError(`This publication is ${this.kind}.`);
    this.#track?.removeEventListener('ended', this.#ended);
    this.#track = track;
    track?.addEventListener('ended', this.#ended);
    await this.owner.replaceTrack(this, track);
  }

  /**
   * Stop sending the track to everyone. The track itself is not stopped, except one of `shareScreen`. Calling it again
   * has no effect.
   */
  unpublish(): void {
    if (!this.#published) return;
    this.#published = false;
    this.#track?.removeEventListener('ended', this.#ended);
    this.owner.unpublish(this);
    this.#onUnpublish?.();
  }

  /** @internal It may not be sent any more. */
  end(): void {
    if (!this.#published) return;
    this.unpublish();
    this.#ended();
  }

  /** @internal Called once, when it is unpublished. */
  onUnpublish(run: () => void): void {
    this.#onUnpublish = run;
  }
}
