import type { ChatMessage, LeftReason, Meta, Participant, PeerId, Removed, RoomId } from '@parley/protocol';
import { ParleyError } from './errors.js';
import { Emitter } from './events.js';
import type { Peer } from './peer.js';
import type { Publication } from './publication.js';

/** Events of a {@link Room}. */
export interface RoomEvents {
  joined: Participant;
  left: { readonly participant: Participant; readonly reason: LeftReason };
  away: Participant;
  back: Participant;
  updated: Participant;
  peer: Peer;
  peer_gone: Peer;
  chat: ChatMessage;
  broadcast: { readonly from: PeerId; readonly kind: string; readonly data: unknown };
  roster: ReadonlyMap<PeerId, Participant>;
  removed: Removed['reason'];
  signal: { readonly from: PeerId; readonly data: unknown };
  rejoined: { readonly self: PeerId };
}

/** Some lines of chat, oldest first, and whether there are more after them. */
export interface ChatHistory {
  readonly messages: readonly ChatMessage[];
  readonly more: boolean;
}

/** A room that this client is in. */
export class Room extends Emitter<RoomEvents> {
  readonly id!: RoomId;
  readonly self!: PeerId;
  readonly participants!: ReadonlyMap<PeerId, Participant>;
  readonly peers!: ReadonlyMap<PeerId, Peer>;
  readonly publications!: readonly Publication[];

  async update(_meta: Meta): Promise<void> {}
  sendChat(_text: string): Promise<ChatMessage> {
    return Promise.reject(new ParleyError('closed'));
  }
  history(_query: { readonly after?: number; readonly limit?: number } = {}): Promise<ChatHistory> {
    return Promise.reject(new ParleyError('closed'));
  }
  broadcast(_kind: string, _data: unknown): void {}
  publish(_track: MediaStreamTrack, _stream: MediaStream): Publication {
    throw new ParleyError('closed');
  }
  shareScreen(_options?: DisplayMediaStreamOptions): Promise<Publication> {
    return Promise.reject(new ParleyError('closed'));
  }
  async leave(): Promise<void> {}
}
