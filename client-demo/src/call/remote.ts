import type { Peer, PeerId, PeerStats } from '@parley/client';
import { signal } from '@preact/signals';

const LOUD = 0.02;

/** The connection to one other participant, as the tiles show it. */
export class Remote {
  readonly id: PeerId;
  readonly state = signal<RTCPeerConnectionState>('new');
  readonly streams = signal<readonly MediaStream[]>([]);
  readonly stats = signal<PeerStats | undefined>(undefined);
  readonly speaking = signal(false);
  /** Aspect ratio (width over height) of the picture; undefined until it is known. */
  readonly shape = signal<number | undefined>(undefined);
  private readonly stops: readonly (() => void)[];

  constructor(
    readonly peer: Peer,
    onDataChannel: (channel: RTCDataChannel) => void,
  ) {
    this.id = peer.id;
    const follow = () => {
      this.streams.value = [...peer.streams.values()];
    };
    this.state.value = peer.state;
    follow();
    this.stops = [
      peer.on('state', (state) => {
        this.state.value = state;
      }),
      peer.on('track', follow),
      peer.on('track_ended', follow),
      peer.on('datachannel', onDataChannel),
    ];
  }

  /** The stream of the camera and the microphone: any stream that is not the shared screen. */
  camera(screen: string | null): MediaStream | undefined {
    return this.streams.value.find(({ id }) => id !== screen);
  }

  screen(id: string): MediaStream | undefined {
    return this.streams.value.find((stream) => stream.id === id);
  }

  /** Reads the audio level from the receivers, which is cheaper than an audio graph per participant. */
  listen(): void {
    this.speaking.value = this.peer.state === 'connected' && this.hears();
  }

  private hears(): boolean {
    const receivers = this.peer.connection.getReceivers();
    return receivers.some(
      ({ track, getSynchronizationSources }, at) =>
        track.kind === 'audio' &&
        (getSynchronizationSources?.call(receivers[at]) ?? []).some(({ audioLevel }) => (audioLevel ?? 0) > LOUD),
    );
  }

  async measure(): Promise<void> {
    const stats = await this.peer.stats().catch(() => undefined);
    if (stats) this.stats.value = stats;
  }

  close(): void {
    for (const stop of this.stops) stop();
  }
}
