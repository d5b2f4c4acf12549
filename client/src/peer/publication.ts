import { Emitter } from '../events.js';

/** Events of a {@link Publication}. */
export interface PublicationEvents {
  /**
   * The track ended by itself: the device was unplugged, or the user stopped sharing. Or the permission to publish was
   * taken: then it is unpublished, and the track goes on. Stopping it yourself is silent.
   */
  ended: undefined;
}

/** @internal What a publication asks of its room. */
export interface PublicationOwner {
  readonly replaceTrack: (publication: Publication, track: MediaStreamTrack | null) => Promise<void>;
  readonly unpublish: (publication: Publication) => void;
}

/**
 * One track that is sent to every peer of a room, the present and the future ones.
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
    /** The stream that the track belongs to; the other side sees a stream with the same id. */
    readonly stream: MediaStream,
    private readonly owner: PublicationOwner,
  ) {
    super();
    this.kind = track.kind as 'audio' | 'video';
    this.#track = track;
    track.addEventListener('ended', this.#ended);
  }

  /** Stays the same through every `replaceTrack`. */
  readonly kind: 'audio' | 'video';

  /** What is sent now; null after `replaceTrack(null)`. */
  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  /**
   * Send another track of the same kind instead, or none, to everyone, without a negotiation (W3C WebRTC §5.2).
   * Resolves when every connection has taken it.
   * @throws TypeError when the track is of the other kind.
   */
  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    if (track && track.kind !== this.kind) throw new TypeError(`This publication is ${this.kind}.`);
    this.#track?.removeEventListener('ended', this.#ended);
    this.#track = track;
    track?.addEventListener('ended', this.#ended);
    await this.owner.replaceTrack(this, track);
  }

  /**
   * Stop sending it to everyone. The track itself goes on: stop it yourself if it is not needed. (What `shareScreen`
   * published is stopped, for nobody else holds it.) Calling it twice is calling it once.
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
