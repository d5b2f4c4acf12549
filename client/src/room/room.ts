import type { ChatMessage, IncomingChat, Knock, Meta, Participant, PeerId, Role } from '@parley/protocol';
import { check, checkInteger, checkMeta, checkObject } from '../arguments.js';
import { newId } from '../connection/session-key.js';
import { ParleyError } from '../errors.js';
import type { Peer } from '../peer/peer.js';
import type { Publication } from '../peer/publication.js';
import { shareScreen } from '../peer/screen.js';
import { checkSize, json } from '../sizes.js';
import { frozen, SnapshotStore } from '../snapshot-store.js';
import { chatMessage } from './chat-cursor.js';
import { RoomController } from './room-controller.js';
import type { ChatHistory, RoomEvents, RoomSnapshot } from './room-events.js';
import { type Permissions, permissionsOf, type RoomInfo } from './room-state.js';

/** Messages that `room.chat` keeps. */
const MAX_MESSAGES = 500;

/** Events after which a snapshot is another one. */
const SHOWN: ReadonlySet<keyof RoomEvents> = new Set([
  ...(['roster', 'peer', 'peer_gone', 'info', 'knocking', 'rejoined', 'removed'] as const),
]);

/** An application-defined word on the wire. */
const WORD = /^[A-Za-z0-9_.:-]{1,32}$/;

export type { ChatHistory, RemovedReason, RoomEvents, RoomSnapshot } from './room-events.js';

/**
 * A room that this client has joined. It stays joined across lost sockets and changes of node.
 *
 * @example
 * const room = await client.join('daily', { meta: { muted: true } });
 * room.on('chat', ({ name, text }) => console.log(`${name}: ${text}`));
 * await room.sendChat('Good morning');
 */
export class Room extends RoomController {
  /**
   * The chat messages of this visit, oldest first: those that `chat` reported, the newest 500. A bound `subscribe` and
   * `getSnapshot`, like the room's own; {@link history} reads earlier ones.
   */
  readonly chat: SnapshotStore<readonly ChatMessage[]> = new SnapshotStore(
    () => [...this.#messages],
    this.context.report,
  );
  readonly #messages: ChatMessage[] = [];
  readonly #store = new SnapshotStore<RoomSnapshot>(() => this.#build(), this.context.report);
  /** Call a function after each change of `getSnapshot`. Bound, for React's `useSyncExternalStore`. */
  readonly subscribe = this.#store.subscribe;
  /** The room at this moment, frozen: the same object until something changes, unlike the live views. Bound. */
  readonly getSnapshot = this.#store.getSnapshot;
  /** What the server has: a failed update goes back to it. */
  #confirmed = this.meta;

  /** This client's peer id in the room. It changes only with `rejoined`. */
  get self(): PeerId {
    return this.own;
  }

  /** This client's role. A live value: `permitted` reports changes. */
  get role(): Role {
    return this.participants.get(this.own)?.role ?? 'guest';
  }

  /** This client's permissions. A live value: `permitted` reports changes. */
  get permissions(): Permissions {
    return permissionsOf(this.participants.get(this.own));
  }

  /**
   * The room's settings: name, access, lock, capacity, metadata. They arrive right after the join: undefined until
   * then, and while the server's database is unavailable.
   */
  get info(): RoomInfo | undefined {
    return this.state.info;
  }

  /** The users waiting in the lobby, longest first. Empty below moderator. A live value: `knocking` reports changes. */
  get knocks(): readonly Knock[] {
    return this.state.knocks;
  }

  /** The participants by peer id, including this client. A live view of the roster. */
  get participants(): ReadonlyMap<PeerId, Participant> {
    return this.roster.participants;
  }

  /** The other participants, each with its connection. A live view. */
  get peers(): ReadonlyMap<PeerId, Peer> {
    return this.peerSet.all;
  }

  /** The tracks that are sent to everyone. */
  get publications(): readonly Publication[] {
    return [...this.published.all];
  }

  /**
   * Replace this client's `meta`, for example when it mutes. Everyone gets `updated`. Updates keep their order; one that
   * waits, for a connection or under the server's rate limit, is replaced by a newer one and has its result.
   * @throws ParleyError `payload_too_large` beyond `limits.maxMetaBytes`; `timeout`; any error of the server.
   */
  async update(meta: Meta): Promise<void> {
    checkMeta(meta, this.context.limits().maxMetaBytes);
    // A rejoin meanwhile must carry the new data.
    this.meta = meta;
    try {
      await this.request({ type: 'update', id: newId(), room: this.id, meta });
      this.#confirmed = meta;
    } catch (error) {
      if (this.meta === meta) this.meta = this.#confirmed;
      throw error;
    }
  }

  /**
   * Send a chat message. Resolves with the message as stored, even if the socket was lost meanwhile: it is sent again
   * and stored once. Messages are stored in the order of the calls: each is sent after the reply to the one before.
   * @throws ParleyError `payload_too_large` beyond `limits.maxChatBytes`; `forbidden` without the permission to chat;
   * `timeout` after 45 s: it may have been stored.
   */
  async sendChat(text: string): Promise<ChatMessage> {
    check(typeof text === 'string' && text !== '', 'text must be a string that is not empty.');
    checkSize(text, this.context.limits().maxChatBytes);
    return chatMessage((await this.request({ type: 'chat', id: newId(), room: this.id, text })) as IncomingChat);
  }

  /**
   * Read stored chat messages, oldest first: those after `after` (0: from the beginning), by default the newest ones.
   * @param query `limit` is 1 to 100, default 50.
   * @throws ParleyError `bad_request` for a number out of range; `timeout`; any error of the server.
   *
   * @example
   * const { messages } = await room.history({ limit: 30 }); // for example after joining
   */
  async history(query: { readonly after?: number; readonly limit?: number } = {}): Promise<ChatHistory> {
    const { after, limit } = query;
    checkInteger(after, 'after', 0, 2 ** 48);
    checkInteger(limit, 'limit', 1, 100);
    return this.readHistory({ ...(after !== undefined && { after }), ...(limit !== undefined && { limit }) });
  }

  /**
   * Send to every connected participant, at most once: typing, reactions, cursors. Dropped while there is no
   * connection. `kind` is an application-defined word: 1 to 32 of `A–Z a–z 0–9 _ . : -`.
   * @throws ParleyError `payload_too_large` beyond `limits.maxFrameBytes`; `bad_request` when `data` is not JSON, or `kind` no such word.
   */
  broadcast(kind: string, data: unknown): void {
    check(typeof kind === 'string' && WORD.test(kind), 'kind must be 1 to 32 letters, digits or one of _ . : -');
    const body = json(data);
    checkSize(body, this.context.limits().maxFrameBytes - 512);
    if (this.joining.attached && !this.context.congested())
      this.context.transmit({ type: 'broadcast', room: this.id, kind }, body);
  }

  /**
   * Send a track to every current and future peer. The stream's id tells the others which tracks belong together.
   * Publishing a track again returns the same publication.
   * @throws ParleyError `forbidden` without the permission to publish; `closed` if the room is closed;
   * `bad_request` without a track and a stream.
   *
   * @example
   * const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
   * for (const track of stream.getTracks()) room.publish(track, stream);
   */
  publish(track: MediaStreamTrack, stream: MediaStream): Publication {
    checkObject(track, 'track');
    checkObject(stream, 'stream');
    this.#checkPublish();
    return this.published.add(track, stream);
  }

  /**
   * Ask the user for a screen, a window or a tab, and publish it, with its audio if the browser captures it.
   * When the user stops sharing, it emits `ended` and is unpublished.
   * @throws DOMException `NotAllowedError` if the user declines; ParleyError `conflict` without screen capture,
   * `forbidden` without the permission to publish, `closed` if the room is closed: before the user is asked, or after,
   * and then the capture is stopped.
   */
  shareScreen(options?: DisplayMediaStreamOptions): Promise<Publication> {
    const check = () => this.#checkPublish();
    return shareScreen({ check, publish: (track, stream) => this.publish(track, stream) }, options);
  }

  /** @internal */
  override emit<Name extends keyof RoomEvents>(name: Name, payload: RoomEvents[Name]): void {
    if (name === 'chat') {
      this.#messages.push(frozen(payload as ChatMessage));
      if (this.#messages.length > MAX_MESSAGES) this.#messages.shift();
      this.chat.changed();
    } else if (SHOWN.has(name)) this.#store.changed();
    super.emit(name, payload);
  }

  /** @internal */
  protected override end(): void {
    if (this.over) return;
    super.end();
    this.#store.changed();
  }

  #build(): RoomSnapshot {
    const participants = [...this.participants.values()].sort((one, other) => one.order - other.order);
    const peers = participants.flatMap(({ peer }) => this.peers.get(peer) ?? []);
    return {
      self: this.own,
      participants: frozen(participants),
      peers: Object.freeze(peers),
      role: this.role,
      permissions: Object.freeze(this.permissions),
      info: frozen(this.info),
      knocks: frozen(this.knocks),
      closed: this.over,
    };
  }

  /** Leave the room. Connections close at once; resolves when the server has confirmed it, or after 5 s. */
  async leave(): Promise<void> {
    if (this.over) return;
    this.end();
    const header = { type: 'leave', id: newId(), room: this.id } as const;
    // Whatever the reply: this side has left, and the server's resume window ends a peer whose `leave` was lost.
    await this.context.requests.send({ header, deadlineMs: 5_000 }).catch(() => {});
    this.context.forget(this.id, this);
  }

  #checkPublish(): void {
    if (this.over) throw new ParleyError('closed');
    if (!this.permissions.publish)
      throw new ParleyError('forbidden', 'You do not have permission to publish in this room.');
  }
}
