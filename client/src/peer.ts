import type { Participant, PeerId } from '@parley/protocol';
import { ParleyError } from './errors.js';
import { Emitter } from './events.js';
import type { PeerStats } from './peer-stats.js';
import type { SendResult } from './send-result.js';

/** A remote track and the stream it belongs to. */
export interface RemoteTrack {
  readonly track: MediaStreamTrack;
  readonly stream: MediaStream;
}

/** Events of a {@link Peer}. */
export interface PeerEvents {
  state: RTCPeerConnectionState;
  track: RemoteTrack;
  track_ended: RemoteTrack;
  datachannel: RTCDataChannel;
  signal: unknown;
}

/** One other participant, and the connection to it. */
export class Peer extends Emitter<PeerEvents> {
  readonly id!: PeerId;
  readonly participant!: Participant;
  readonly polite!: boolean;
  readonly connection!: RTCPeerConnection;
  readonly state!: RTCPeerConnectionState;
  readonly streams!: ReadonlyMap<string, MediaStream>;

  send(_data: unknown): Promise<SendResult> {
    return Promise.resolve({ result: 'peer_gone' });
  }
  createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
    return this.connection.createDataChannel(label, init);
  }
  restartIce(): void {}
  stats(): Promise<PeerStats> {
    return Promise.reject(new ParleyError('closed'));
  }
}
