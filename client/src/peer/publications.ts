import type { Peer } from './peer.js';
import { Publication } from './publication.js';

/** @internal What a room sends, kept the same for every peer. */
export class Publications {
  readonly #all: Publication[] = [];

  constructor(private readonly peers: () => Iterable<Peer>) {}

  get all(): readonly Publication[] {
    return this.#all;
  }

  /** A track that is sent already keeps its publication: a connection takes each track once (W3C WebRTC §5.1). */
  add(track: MediaStreamTrack, stream: MediaStream): Publication {
    const known = this.#all.find((publication) => publication.track === track);
    if (known) return known;
    const publication = new Publication(track, stream, {
      replaceTrack: async (own, replacement) => {
        await Promise.all([...this.peers()].map((peer) => peer.replaceTrack(own, replacement)));
      },
      unpublish: (own) => {
        const at = this.#all.indexOf(own);
        if (at >= 0) this.#all.splice(at, 1);
        for (const peer of this.peers()) peer.unpublish(own);
      },
    });
    this.#all.push(publication);
    for (const peer of this.peers()) peer.publish(publication);
    return publication;
  }

  /** The permission to publish is gone. */
  end(): void {
    for (const publication of [...this.#all]) publication.end();
  }
}
