/** A remote track and the stream it belongs to. */
export interface RemoteTrack {
  readonly track: MediaStreamTrack;
  readonly stream: MediaStream;
}

/** @internal The streams that come in over one RTCPeerConnection, by the ids that their sender gave them. */
export class RemoteStreams {
  readonly #streams = new Map<string, MediaStream>();
  readonly #live = new Set<RemoteTrack>();

  constructor(
    private readonly on: {
      readonly track: (remote: RemoteTrack) => void;
      readonly ended: (remote: RemoteTrack) => void;
    },
  ) {}

  get all(): ReadonlyMap<string, MediaStream> {
    return this.#streams;
  }

  /** A track came (W3C WebRTC §5.7). Without a stream of its sender it gets one of its own. */
  add({ track, streams }: Pick<RTCTrackEvent, 'track' | 'streams'>): void {
    const stream = streams[0] ?? new MediaStream([track]);
    if ([...this.#live].some((live) => live.track === track && live.stream === stream)) return;
    const remote = { track, stream };
    this.#streams.set(stream.id, stream);
    this.#live.add(remote);
    stream.addEventListener('removetrack', (event) => {
      if (event.track === track) this.#end(remote);
    });
    track.addEventListener('ended', () => this.#end(remote));
    this.on.track(remote);
  }

  /** The connection is over, and every track with it. */
  clear(): void {
    for (const remote of [...this.#live]) this.#end(remote);
  }

  #end(remote: RemoteTrack): void {
    if (!this.#live.delete(remote)) return;
    if (![...this.#live].some(({ stream }) => stream === remote.stream)) this.#streams.delete(remote.stream.id);
    this.on.ended(remote);
  }
}
