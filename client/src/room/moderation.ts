import type { AnswerKnock, Kick, Lock, Mute, PeerId, Permit, RoomId } from '@parley/protocol';
import { check, checkFlag, checkId, checkObject } from '../arguments.js';
import { newId } from '../connection/session-key.js';

/** @internal A moderation request. */
export type ModerationRequest = AnswerKnock | Kick | Mute | Permit | Lock;

const checkTarget = (peer: unknown, reason?: unknown): void => {
  checkId(peer, 'peer id');
  check(
    reason === undefined || (typeof reason === 'string' && reason !== '' && reason.length <= 200),
    'reason must have 1 to 200 characters.',
  );
};

/**
 * Moderation requests, for moderators and owners. Each method resolves when the server has applied it on every node;
 * the room's events report the change to everyone. A request survives a lost socket: it is sent again.
 *
 * Each throws a ParleyError: `forbidden` below moderator, and if the target is a user of the same or a higher role or
 * the caller; `peer_unknown` if the peer is not in the room; `timeout` after 45 s; `closed` if this client is not in
 * the room; `bad_request` for an invalid argument.
 *
 * @example
 * room.on('knocking', async (knocks) => {
 *   for (const { knock, name } of knocks)
 *     await (confirm(`Admit ${name}?`) ? room.moderation.admit(knock) : room.moderation.deny(knock));
 * });
 */
export class Moderation {
  /** @internal */
  constructor(
    private readonly room: RoomId,
    private readonly request: (header: ModerationRequest) => Promise<unknown>,
  ) {}

  /**
   * Admit a user who is waiting in the lobby. The user joins at once, and may come back later without knocking.
   * @param knock the `knock` of one of `room.knocks`.
   * @throws ParleyError `not_found` if the user is no longer waiting, or was already answered.
   */
  async admit(knock: string): Promise<void> {
    checkId(knock, 'knock');
    await this.request({ ...this.head('answer_knock'), knock, admit: true });
  }

  /** Deny a user who is waiting in the lobby. The user may knock again. @throws like {@link admit} */
  async deny(knock: string): Promise<void> {
    checkId(knock, 'knock');
    await this.request({ ...this.head('answer_knock'), knock, admit: false });
  }

  /**
   * Kick a user: remove the peer and every other peer of the same user. They get `removed`; the others get `left` with
   * the reason `removed`. The user may come back with a token issued later, and must knock again in a room with a
   * lobby.
   * @param reason for the room's audit log, 1 to 200 characters. It is not shown in the room.
   */
  async kick(peer: PeerId, reason?: string): Promise<void> {
    checkTarget(peer, reason);
    await this.request({ ...this.head('kick'), peer, ...(reason !== undefined && { reason }) });
  }

  /**
   * Ban a user: kick, and refuse further joins with `banned` until the ban is lifted over REST
   * (`DELETE /v1/rooms/ID/bans/USER`). A banned guest may return as another guest, unless the room is locked, has a
   * lobby or does not admit guests.
   * @param reason for the list of bans and the audit log, 1 to 200 characters.
   */
  async ban(peer: PeerId, reason?: string): Promise<void> {
    checkTarget(peer, reason);
    await this.request({ ...this.head('kick'), peer, ban: true, ...(reason !== undefined && { reason }) });
  }

  /** Ask a peer to mute. It gets `mute_requested` and decides itself; {@link permit} is enforced. */
  async requestMute(peer: PeerId): Promise<void> {
    checkTarget(peer);
    await this.request({ ...this.head('mute'), peer });
  }

  /**
   * Revoke or restore a user's permission to publish media or to chat; an absent field changes nothing. It applies to
   * the user, not only to the peer, so it persists across rejoins. Everyone gets `permitted`. Without `publish`, the
   * server empties the user's offers, the user's SDK ends its publications, and the other SDKs hide its media.
   *
   * @example
   * await room.moderation.permit(peer.id, { publish: false }); // no microphone, camera or screen
   */
  async permit(peer: PeerId, rights: { readonly publish?: boolean; readonly chat?: boolean }): Promise<void> {
    checkTarget(peer);
    checkObject(rights, 'rights');
    const { publish, chat } = rights;
    checkFlag(publish, 'publish');
    checkFlag(chat, 'chat');
    const change = { ...(publish !== undefined && { publish }), ...(chat !== undefined && { chat }) };
    await this.request({ ...this.head('permit'), peer, ...change });
  }

  /** Lock the room: joins, except of moderators, fail with `room_locked`. Peers in the room stay and may come back. */
  async lock(): Promise<void> {
    await this.request({ ...this.head('lock'), locked: true });
  }

  /** Unlock the room: users can join again according to its `access`. */
  async unlock(): Promise<void> {
    await this.request({ ...this.head('lock'), locked: false });
  }

  private head<Type extends ModerationRequest['type']>(type: Type) {
    return { type, id: newId(), room: this.room };
  }
}
