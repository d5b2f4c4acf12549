import type { IceServer } from '@parley/protocol';

/** @internal The server's ICE servers beside the application's own. */
export class IceServerList {
  #all: readonly IceServer[] = [];

  constructor(private readonly own: RTCConfiguration) {}

  get all(): readonly IceServer[] {
    return this.#all;
  }

  /** For new connections, and for living ones by `setConfiguration`. */
  get configuration(): RTCConfiguration {
    return { ...this.own, iceServers: [...(this.own.iceServers ?? []), ...(this.#all as RTCIceServer[])] };
  }

  /** @returns false when these are what is known already. */
  take(servers: readonly IceServer[]): boolean {
    if (JSON.stringify(servers) === JSON.stringify(this.#all)) return false;
    this.#all = servers;
    return true;
  }
}
