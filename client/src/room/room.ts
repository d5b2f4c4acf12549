import type { ChatMessage, IncomingChat, Knock, Meta, Participant, PeerId, Role } from '@parley/protocol';
import { newId } from '../connection/session-key.js';
import { ParleyError } from '../errors.js';
import type { Peer } from '../peer/peer.js';
import type { Publication } from '../peer/publication.js';
import { shareScreen } from '../peer/screen.js';
import { checkSize, json } from '../sizes.js';
import { chatMessage } from './chat-cursor.js';
import { RoomController } from './room-controller.js';
import type { ChatHistory } from './room-events.js';
import { type Permissions, permissionsOf, type RoomInfo } from './room-state.js';

export type { ChatHistory, RemovedReason, RoomEvents } from './room-events.js';

/**
 * A room that this client is in. It stays joined through lost sockets and changes of node.
 *
 * @example
 * const room = await client.join('daily', { meta: { muted: true } });
 * room.on('chat', ({ name, text }) => console.log(`${name}: ${text}`));
 * await room.sendChat('Good morning');
 */
export class Room extends RoomController {
  /** The own peer id here. It changes only with `rejoined`. */
  get self(): PeerId {
    return this.own;
  }

  /** The own role here. A live value: `permitted` tells when it changes. */
  get role(): Role {
    return this.participants.get(this.own)?.role ?? 'guest';
  }

  /** What this client may do here. A live value: `permitted` tells when it changes. */
  get permissions(): Permissions {
    return permissionsOf(this.participants.get(this.own));
  }

  /**
   * What the room is now: name, locked, how people come in, capacity, metadata. It comes right behind the join: undefined
   * in the first moment, and for as long as the server's database is away.
   */
  get info(): RoomInfo | undefined {
    return this.state.info;
  }

  /** Who waits to be let in, longest first, for `moderation.admit` and `deny`. Empty below moderator. A live value. */
  get knocks(): readonly Knock[] {
    return this.state.knocks;
  }

  /** Who is here, self included, by peer id. A live view: it changes as the roster does. */
  get participants(): ReadonlyMap<PeerId, Participant> {
    return this.roster.participants;
  }

  /** The others, each with its connection. A live view. */
  get peers(): ReadonlyMap<PeerId, Peer> {
    return this.peerSet.all;
  }

  /** What is sent to everyone now. */
  get publications(): readonly Publication[] {
    return [...this.published.all];
  }

  /**
   * Replace the own participant's data: name tag, muted, hand raised. Everyone gets `updated`.
   * @throws ParleyError `payload_too_large` beyond `limits.maxMetaBytes`; `timeout`; what the server says.
   */
  async update(meta: Meta): Promise<void> {
    checkSize(json(meta), this.context.limits().maxMetaBytes);
    const before = this.meta;
    // A rejoin meanwhile must carry the new data.
    this.meta = meta;
    try {
      await this.request({ type: 'update', id: newId(), room: this.id, meta });
    } catch (error) {
      if (this.meta === meta) this.meta = before;
      throw error;
    }
  }

  /**
   * Write a line of chat. Resolves once with the message as it was kept, also when the socket was lost meanwhile:
   * it is sent again and kept once.
   * @throws ParleyError `payload_too_large` beyond `limits.maxChatBytes`; `forbidden` without the permission to chat;
   * `timeout` after 45 s: it may have been kept.
   */
  async sendChat(text: string): Promise<ChatMessage> {
    checkSize(text, this.context.limits().maxChatBytes);
    return chatMessage((await this.request({ type: 'chat', id: newId(), room: this.id, text })) as IncomingChat);
  }

  /**
   * Read kept lines, oldest first: those after `after` (0: from the beginning), or the newest without it.
   * @param query `limit` is 1 to 100, default 50.
   *
   * @example
   * const { messages } = await room.history({ limit: 30 }); // what a newcomer sees
   */
  history(query: { readonly after?: number; readonly limit?: number } = {}): Promise<ChatHistory> {
    return this.readHistory(query);
  }

  /**
   * Tell everyone who is here now, at most once: typing, reactions, cursors. Nothing happens while there is no
   * connection. `kind` is a word of your own of 1 to 32 characters.
   * @throws ParleyError `payload_too_large` beyond `limits.maxFrameBytes`; `bad_request` when `data` is not JSON.
   */
  broadcast(kind: string, data: unknown): void {
    if (kind.length < 1 || kind.length > 32) throw new ParleyError('bad_request', 'kind needs 1 to 32 characters.');
    const body = json(data);
    checkSize(body, this.context.limits().maxFrameBytes - 512);
    if (this.joining.attached && !this.context.congested())
      this.context.transmit({ type: 'broadcast', room: this.id, kind }, body);
  }

  /**
   * Send a track to every present and future peer. The stream's id tells the others which tracks belong together.
   * Publishing a track twice gives the same publication.
   * @throws ParleyError `forbidden` without the permission to publish; `closed` when the room is over.
   *
   * @example
   * const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
   * for (const track of stream.getTracks()) room.publish(track, stream);
   */
  publish(track: MediaStreamTrack, stream: MediaStream): Publication {
    if (this.over) throw new ParleyError('closed');
    if (!this.permissions.publish) throw new ParleyError('forbidden', 'You may not publish in this room.');
    return this.published.add(track, stream);
  }

  /**
   * Ask the user for a screen, a window or a tab, and publish it, with its sound if the browser gives any.
   * It ends by itself when the user stops sharing: then `ended` comes and it is unpublished.
   * @throws DOMException `NotAllowedError` when the user refuses; ParleyError `conflict` where there is no screen capture,
   * `forbidden` without the permission to publish.
   */
  shareScreen(options?: DisplayMediaStreamOptions): Promise<Publication> {
    return shareScreen((track, stream) => this.publish(track, stream), options);
  }

  /** Leave for good. Connections close at once; resolves when the server knows, or after 5 s without it. */
  async leave(): Promise<void> {
    if (this.over) return;
    this.end();
    const header = { type: 'leave', id: newId(), room: this.id } as const;
    // Whatever the answer: this side is out, and the server's resume window ends what it did not hear of.
    await this.context.requests.send({ header, deadlineMs: 5_000 }).catch(() => {});
    this.context.forget(this.id, this);
  }
}
