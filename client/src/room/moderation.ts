import type { AnswerKnock, Kick, Lock, Mute, PeerId, Permit, RoomId } from '@parley/protocol';
import { newId } from '../connection/session-key.js';

/** @internal What a moderator may ask of the server. */
export type ModerationRequest = AnswerKnock | Kick | Mute | Permit | Lock;

/**
 * What moderators and owners do in a room. Each method resolves when the server has done it, on every node; the change
 * itself comes to everyone by the room's events. A request outlives a lost socket: it is asked again.
 *
 * Each throws a ParleyError: `forbidden` to everybody below moderator, and for somebody of the same or a higher role,
 * or oneself; `peer_unknown` when that peer is not in the room (any more); `timeout` after 45 s; `closed` when this
 * client is not in the room.
 *
 * @example
 * room.on('knocking', async (knocks) => {
 *   for (const { knock, name } of knocks)
 *     await (confirm(`Let ${name} in?`) ? room.moderation.admit(knock) : room.moderation.deny(knock));
 * });
 */
export class Moderation {
  /** @internal */
  constructor(
    private readonly room: RoomId,
    private readonly request: (header: ModerationRequest) => Promise<unknown>,
  ) {}

  /**
   * Let somebody in who waits. They enter at once, and may come back later without knocking.
   * @param knock the `knock` of one of `room.knocks`.
   * @throws ParleyError `not_found` when they wait no more, or somebody else answered before.
   */
  async admit(knock: string): Promise<void> {
    await this.request({ ...this.head('answer_knock'), knock, admit: true });
  }

  /** Send somebody away who waits. They are told at once, and may knock again. @throws like {@link admit} */
  async deny(knock: string): Promise<void> {
    await this.request({ ...this.head('answer_knock'), knock, admit: false });
  }

  /**
   * Put somebody out, with every other peer of the same user. They get `removed`, the others `left` with the reason
   * `removed`. They may come back with a token issued later; where somebody must let people in, they knock again.
   * @param reason for the room's audit trail, 1 to 200 characters. Nobody in the room is shown it.
   */
  async kick(peer: PeerId, reason?: string): Promise<void> {
    await this.request({ ...this.head('kick'), peer, ...(reason !== undefined && { reason }) });
  }

  /**
   * Put somebody out and keep them out, until the ban is lifted over REST (`DELETE /v1/rooms/ID/bans/USER`). Their
   * joins are refused with `banned`. A guest is banned as that guest: they may come as another one, unless the room
   * is locked, has a lobby or lets no guests in.
   * @param reason for the list of bans and the audit trail, 1 to 200 characters.
   */
  async ban(peer: PeerId, reason?: string): Promise<void> {
    await this.request({ ...this.head('kick'), peer, ban: true, ...(reason !== undefined && { reason }) });
  }

  /** Ask somebody to be quiet. They get `mute_requested`, and decide; {@link permit} is what they cannot refuse. */
  async requestMute(peer: PeerId): Promise<void> {
    await this.request({ ...this.head('mute'), peer });
  }

  /**
   * Take somebody's permission to publish media or to chat, or give it back; what is absent stays as it is. It is the
   * user's, not the peer's: it holds after they come back. Everyone gets `permitted`. Without `publish` their offers
   * are emptied on the way, their SDK stops what they publish, and the others' SDKs show none of it.
   *
   * @example
   * await room.moderation.permit(peer.id, { publish: false }); // no voice, no picture, no screen
   */
  async permit(peer: PeerId, rights: { readonly publish?: boolean; readonly chat?: boolean }): Promise<void> {
    await this.request({ ...this.head('permit'), peer, ...rights });
  }

  /** Let nobody new in but moderators: their joins are refused with `room_locked`. Who is in stays, and may come back. */
  async lock(): Promise<void> {
    await this.request({ ...this.head('lock'), locked: true });
  }

  /** Let people in again, as the room's `access` says. */
  async unlock(): Promise<void> {
    await this.request({ ...this.head('lock'), locked: false });
  }

  private head<Type extends ModerationRequest['type']>(type: Type) {
    return { type, id: newId(), room: this.room };
  }
}
