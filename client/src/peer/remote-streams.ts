/** A remote track and the stream it belongs to. */
export interface RemoteTrack {
  readonly track: MediaStreamTrack;
  readonly stream: MediaStream;
}

/** @internal The streams that come in over one RTCPeerConnection, by the ids that their sender gave them. */
export class RemoteStreams {
  readonly #streams = new Map<string, MediaStream>();
  /** What comes in, shown or not. */
  readonly #tracks = new Set<RemoteTrack>();
  #hidden = false;

  constructor(
    private readonly on: {
      readonly track: (remote: RemoteTrack) => void;
      readonly ended: (remote: RemoteTrack) => void;
    },
  ) {}

  get all(): ReadonlyMap<string, MediaStream> {
    return this.#streams;
  }

  /** Whether the other side sends it, shown or not. */
  has(track: MediaStreamTrack): boolean {
    return [...this.#tracks].some((remote) => remote.track === track);
  }

  /** A track came (W3C WebRTC §5.7). Without a stream of its sender it gets one of its own. */
  add({ track, streams }: Pick<RTCTrackEvent, 'track' | 'streams'>): void {
    const stream = streams[0] ?? new MediaStream([track]);
    if ([...this.#tracks].some((known) => known.track === track && known.stream === stream)) return;
    const remote = { track, stream };
    this.#tracks.add(remote);
    stream.addEventListener('removetrack', (event) => {
      if (event.track === track) this.#end(remote);
    });
    track.addEventListener('ended', () => this.#end(remote));
    if (this.#hidden) track.enabled = false;
    else this.#show(remote);
  }

  /**
   * The sender may not publish, or may again. The server cannot see what flows between two browsers, nor what an answer
   * carries: that nobody sees it is up to the receivers.
   */
  hide(hidden: boolean): void {
    if (this.#hidden === hidden) return;
    this.#hidden = hidden;
    for (const remote of [...this.#tracks]) {
      // An application that still plays the track gets black frames and silence.
      remote.track.enabled = !hidden;
      if (hidden) this.#conceal(remote);
      else this.#show(remote);
    }
  }

  /** The connection is over, and every track with it. */
  clear(): void {
    for (const remote of [...this.#tracks]) this.#end(remote);
  }

  #show(remote: RemoteTrack): void {
    this.#streams.set(remote.stream.id, remote.stream);
    this.on.track(remote);
  }

  #conceal(remote: RemoteTrack): void {
    const isLast =
      this.#hidden || ![...this.#tracks].some((other) => other !== remote && other.stream === remote.stream);
    if (isLast) this.#streams.delete(remote.stream.id);
    this.on.ended(remote);
  }

  #end(remote: RemoteTrack): void {
    if (this.#tracks.delete(remote) && !this.#hidden) this.#conceal(remote);
  }
}
