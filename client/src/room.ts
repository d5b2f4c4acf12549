import type {
  Chat,
  ChatMessage,
  ErrorMessage,
  History,
  HistoryPage,
  IncomingChat,
  Joined,
  Meta,
  Participant,
  PeerId,
  Removed,
  RoomId,
  ServerMessage,
  Update,
} from '@parley/protocol';
import { ChatCursor, chatMessage } from './chat-cursor.js';
import type { EarlyFrame } from './early-frames.js';
import { ParleyError } from './errors.js';
import { Emitter } from './events.js';
import { Inbox } from './inbox.js';
import type { Peer } from './peer.js';
import { PeerSet } from './peer-set.js';
import type { Publication } from './publication.js';
import { Publications } from './publications.js';
import type { RoomContext } from './room-context.js';
import { RoomEntry } from './room-entry.js';
import type { ChatHistory, RoomEvents } from './room-events.js';
import { RoomRoster } from './room-roster.js';
import type { RosterChange } from './roster.js';
import { shareScreen } from './screen.js';
import { newId } from './session-key.js';
import { checkSize, json, parseOrText } from './sizes.js';

export type { ChatHistory, RoomEvents } from './room-events.js';

/** @internal */
export interface RoomOptions {
  readonly meta: Meta | undefined;
  readonly media: boolean;
}

/**
 * A room that this client is in. It stays joined through lost sockets and changes of node.
 *
 * @example
 * const room = await client.join('daily', { meta: { muted: true } });
 * room.on('chat', ({ name, text }) => console.log(`${name}: ${text}`));
 * await room.sendChat('Good morning');
 */
export class Room extends Emitter<RoomEvents> {
  readonly id: RoomId;
  readonly #context: RoomContext;
  readonly #roster: RoomRoster;
  readonly #entry: RoomEntry;
  readonly #peers: PeerSet;
  readonly #chat: ChatCursor;
  readonly #published = new Publications(() => this.peers.values());
  readonly #inbox: Inbox;
  #self = '' as PeerId;
  #meta: Meta | undefined;
  #renewed = false;
  #over = false;
  #enter: { readonly resolve: () => void; readonly reject: (error: ParleyError) => void } | undefined;

  /** @internal */
  constructor(id: RoomId, context: RoomContext, options: RoomOptions) {
    super(context.report);
    this.id = id;
    this.#context = context;
    this.#meta = options.meta;
    this.#inbox = new Inbox(context.options.clock);
    this.#roster = new RoomRoster(context.options.clock, (changes) => this.#follow(changes));
    this.#entry = new RoomEntry(
      context,
      id,
      () => this.#meta,
      (error) => this.#refused(error),
    );
    this.#peers = new PeerSet({
      context,
      room: id,
      media: options.media,
      roster: this.#roster,
      later: (run) => this.#inbox.run(run),
      self: () => this.#self,
      attached: () => this.#entry.attached,
      publications: () => this.#published.all,
      on: {
        peer: (peer) => this.emit('peer', peer),
        gone: (peer) => this.emit('peer_gone', peer),
        signal: (from, data) => this.emit('signal', { from, data }),
      },
    });
    this.#chat = new ChatCursor({
      clock: context.options.clock,
      random: context.options.random,
      fetch: (query) => this.history(query),
      deliver: (message) => this.emit('chat', message),
      report: context.report,
    });
  }

  /** The own peer id here. It changes only with `rejoined`. */
  get self(): PeerId {
    return this.#self;
  }

  /** Who is here, self included, by peer id. A live view: it changes as the roster does. */
  get participants(): ReadonlyMap<PeerId, Participant> {
    return this.#roster.participants;
  }

  /** The others, each with its connection. A live view. */
  get peers(): ReadonlyMap<PeerId, Peer> {
    return this.#peers.all;
  }

  /** What is sent to everyone now. */
  get publications(): readonly Publication[] {
    return [...this.#published.all];
  }

  /**
   * Replace the own participant's data: name tag, muted, hand raised. Everyone gets `updated`.
   * @throws ParleyError `payload_too_large` beyond `limits.maxMetaBytes`; `timeout`; what the server says.
   */
  async update(meta: Meta): Promise<void> {
    checkSize(json(meta), this.#context.limits().maxMetaBytes);
    const before = this.#meta;
    // A rejoin meanwhile must carry the new data.
    this.#meta = meta;
    try {
      await this.#request({ type: 'update', id: newId(), room: this.id, meta });
    } catch (error) {
      if (this.#meta === meta) this.#meta = before;
      throw error;
    }
  }

  /**
   * Write a line of chat. Resolves once with the message as it was kept, also when the socket was lost meanwhile:
   * it is sent again and kept once.
   * @throws ParleyError `payload_too_large` beyond `limits.maxChatBytes`; `timeout` after 45 s: it may have been kept.
   */
  async sendChat(text: string): Promise<ChatMessage> {
    checkSize(text, this.#context.limits().maxChatBytes);
    return chatMessage((await this.#request({ type: 'chat', id: newId(), room: this.id, text })) as IncomingChat);
  }

  /**
   * Read kept lines, oldest first: those after `after` (0: from the beginning), or the newest without it.
   * @param query `limit` is 1 to 100, default 50.
   *
   * @example
   * const { messages } = await room.history({ limit: 30 }); // what a newcomer sees
   */
  async history(query: { readonly after?: number; readonly limit?: number } = {}): Promise<ChatHistory> {
    const { messages, more } = (await this.#request({
      type: 'history',
      id: newId(),
      room: this.id,
      ...query,
    })) as HistoryPage;
    return { messages, more };
  }

  /**
   * Tell everyone who is here now, at most once: typing, reactions, cursors. Nothing happens while there is no
   * connection. `kind` is a word of your own of 1 to 32 characters.
   * @throws ParleyError `payload_too_large` beyond `limits.maxFrameBytes`; `bad_request` when `data` is not JSON.
   */
  broadcast(kind: string, data: unknown): void {
    if (kind.length < 1 || kind.length > 32) throw new ParleyError('bad_request', 'kind needs 1 to 32 characters.');
    const body = json(data);
    checkSize(body, this.#context.limits().maxFrameBytes - 512);
    if (this.#entry.attached && !this.#context.congested())
      this.#context.transmit({ type: 'broadcast', room: this.id, kind }, body);
  }

  /**
   * Send a track to every present and future peer. The stream's id tells the others which tracks belong together.
   * Publishing a track twice gives the same publication.
   *
   * @example
   * const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
   * for (const track of stream.getTracks()) room.publish(track, stream);
   */
  publish(track: MediaStreamTrack, stream: MediaStream): Publication {
    if (this.#over) throw new ParleyError('closed');
    return this.#published.add(track, stream);
  }

  /**
   * Ask the user for a screen, a window or a tab, and publish it, with its sound if the browser gives any.
   * It ends by itself when the user stops sharing: then `ended` comes and it is unpublished.
   * @throws DOMException `NotAllowedError` when the user refuses; ParleyError `conflict` where there is no screen capture.
   */
  shareScreen(options?: DisplayMediaStreamOptions): Promise<Publication> {
    return shareScreen((track, stream) => this.publish(track, stream), options);
  }

  /** Leave for good. Connections close at once; resolves when the server knows, or after 5 s without it. */
  async leave(): Promise<void> {
    if (this.#over) return;
    this.#end();
    const header = { type: 'leave', id: newId(), room: this.id } as const;
    // Whatever the answer: this side is out, and the server's resume window ends what it did not hear of.
    await this.#context.requests.send({ header, deadlineMs: 5_000 }).catch(() => {});
    this.#context.forget(this.id, this);
  }

  /** @internal True while the room is to be kept joined. */
  get live(): boolean {
    return !this.#over;
  }

  /** @internal True while it is joined on the current socket. */
  get attached(): boolean {
    return this.#entry.attached;
  }

  /** @internal The first join; asked as soon as there is a socket. */
  enter(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#enter = { resolve, reject };
      this.#entry.ask();
    });
  }

  /** @internal There is a new current socket. */
  connected(): void {
    this.#entry.detach();
    this.#entry.ask();
  }

  /** @internal There is no current socket. */
  disconnected(): void {
    this.#entry.detach();
  }

  /** @internal The session is a new one: no stream goes on, and the next `joined` gives another peer id. */
  renew(): void {
    this.#entry.detach();
    if (this.#self === '') return;
    this.#renewed = true;
    this.#peers.end();
  }

  /** @internal */
  configure(configuration: RTCConfiguration): void {
    this.#peers.configure(configuration);
  }

  /** @internal A frame that names this room. */
  receive(message: ServerMessage, body: string | undefined): void {
    if (this.#over) return;
    if (message.type === 'joined') this.#joined(message);
    else this.#inbox.run(() => this.#handle(message, body));
  }

  /** @internal A signal or an acknowledgement of one of the peers here. @returns false when it is none of them. */
  receiveFrom(frame: EarlyFrame): boolean {
    if (this.#over || !this.peers.has(frame.message.from)) return false;
    this.#inbox.run(() => this.#peers.receive(frame));
    return true;
  }

  /** @internal An error frame. @returns true when it was about this room's join or one of its peers. */
  refuse(frame: ErrorMessage): boolean {
    if (frame.to !== undefined && this.peers.has(frame.to)) {
      this.#peers.refuse(frame.to, frame.seq, frame.code);
      return true;
    }
    return this.#entry.refuse(frame);
  }

  /** @internal The client is over. */
  close(error: ParleyError): void {
    this.#end();
    this.#enter?.reject(error);
  }

  #request(header: Update | Chat | History): Promise<ServerMessage> {
    if (this.#over) return Promise.reject(new ParleyError('closed'));
    return this.#context.requests.send({ header, room: this.id });
  }

  #joined(joined: Joined): void {
    const first = this.#self === '';
    const renewed = this.#renewed;
    // The way to the others may be another one: through another node, or with what was sent meanwhile lost.
    const moved = !this.#entry.attached || this.#roster.epoch !== joined.epoch;
    this.#entry.joined();
    this.#renewed = false;
    this.#self = joined.peer;
    if (first) this.#inbox.hold();
    else if (renewed) this.#inbox.run(() => this.emit('rejoined', { self: joined.peer }));
    // The roster itself is never held: `participants` is right from the first moment.
    this.#follow(this.#roster.replace(joined), !first);
    if (moved) {
      if (!first) this.#peers.resumed();
      this.#context.requests.flush(this.id);
      this.#chat.catchUp();
    }
    this.#enter?.resolve();
    this.#enter = undefined;
  }

  #handle(message: ServerMessage, body: string | undefined): void {
    if (this.#over) return;
    switch (message.type) {
      case 'roster':
        if (message.participants) {
          this.#follow(this.#roster.replace(message));
          this.#peers.resumed();
        } else {
          const changes = this.#roster.apply(message);
          if (changes === 'gap') this.#entry.ask();
          else this.#follow(changes);
        }
        break;
      case 'chat':
        this.#chat.receive(chatMessage(message));
        break;
      case 'broadcast':
        this.emit('broadcast', { from: message.from, kind: message.kind, data: parseOrText(body ?? 'null') });
        break;
      case 'removed':
        if (message.reason === 'expired') this.#context.renew();
        else this.#remove(message.reason);
        break;
    }
  }

  /** `tell`: false for the first roster, which the application reads from `participants`. */
  #follow(changes: readonly RosterChange[], tell = true): void {
    const own = changes.find((one) => one.change === 'left' && one.participant.peer === this.#self);
    if (own?.change === 'left' && (own.reason === 'removed' || own.reason === 'room_closed')) {
      this.#remove(own.reason);
      return;
    }
    // Told before the peers of the newcomers, so that an application that counts participants is never behind.
    if (tell) for (const change of changes) this.#tell(change);
    if (this.#over) return;
    this.#peers.follow(changes);
    if (tell && changes.length > 0) this.emit('roster', this.participants);
    // Ended, or unknown to a roster that was made anew: only a join tells which.
    if (!this.participants.has(this.#self)) this.#entry.ask();
  }

  #tell(change: RosterChange): void {
    const { participant } = change;
    if (participant.peer === this.#self && change.change !== 'updated') return;
    if (change.change === 'left') this.emit('left', { participant, reason: change.reason });
    else this.emit(change.change, participant);
  }

  #refused(error: ParleyError): void {
    if (this.#enter) {
      this.#end();
      this.#enter.reject(error);
      this.#context.forget(this.id, this);
      return;
    }
    this.#context.report(error);
    const reasons: Partial<Record<string, Removed['reason']>> = { room_not_found: 'room_closed', room_full: 'expired' };
    this.#remove(reasons[error.code] ?? 'removed');
  }

  #remove(reason: Removed['reason']): void {
    if (this.#over) return;
    this.#end();
    this.#context.forget(this.id, this);
    this.emit('removed', reason);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#entry.close();
    this.#chat.close();
    this.#roster.close();
    this.#inbox.close();
    this.#context.requests.close(new ParleyError('closed'), this.id);
    this.#peers.end();
  }
}
