import type {
  Chat,
  ErrorMessage,
  History,
  HistoryPage,
  Joined,
  Meta,
  PeerId,
  RoomId,
  Roster as RosterMessage,
  ServerMessage,
  Update,
} from '@parley/protocol';
import { newId } from '../connection/session-key.js';
import { ParleyError } from '../errors.js';
import { Emitter } from '../events.js';
import { PeerSet } from '../peer/peer-set.js';
import { Publications } from '../peer/publications.js';
import type { EarlySignal } from '../signals/early-signal-buffer.js';
import { parseOrText } from '../sizes.js';
import { ChatCursor, chatMessage } from './chat-cursor.js';
import { DeferredQueue } from './deferred-queue.js';
import { JoinController } from './join-controller.js';
import { Moderation, type ModerationRequest } from './moderation.js';
import type { RoomContext, RoomOptions } from './room-context.js';
import { type ChatHistory, type RemovedReason, type RoomEvents, removedBy } from './room-events.js';
import { RoomRoster } from './room-roster.js';
import { permissionsOf, RoomStateKeeper } from './room-state.js';
import type { RosterChange } from './roster.js';

/** Internal base of {@link Room}: handles frames, sockets and the end of the room. */
export class RoomController extends Emitter<RoomEvents> {
  /** Id of the room. */
  readonly id: RoomId;
  /** Moderation requests: admit, kick, ban, lock … */
  readonly moderation: Moderation;
  /** @internal */
  protected readonly context: RoomContext;
  /** @internal */
  protected readonly roster: RoomRoster;
  /** @internal */
  protected readonly joining: JoinController;
  /** @internal */
  protected readonly peerSet: PeerSet;
  /** @internal */
  protected readonly state = new RoomStateKeeper({
    info: (info) => this.emit('info', info),
    knocking: (knocks) => this.emit('knocking', knocks),
    muteRequested: (user) => this.emit('mute_requested', { user, by: this.roster.ofUser(user) }),
  });
  readonly #chat: ChatCursor;
  /** @internal */
  protected readonly published = new Publications(() => this.peerSet.all.values());
  readonly #deferred: DeferredQueue;
  /** @internal Empty until the first `joined`. */
  protected own = '' as PeerId;
  /** @internal What each join carries. */
  protected meta: Meta | undefined;
  #renewed = false;
  /** @internal */
  protected over = false;

  /** @internal */
  constructor(id: RoomId, context: RoomContext, options: RoomOptions) {
    super(context.report);
    this.id = id;
    this.context = context;
    this.meta = options.meta;
    this.moderation = new Moderation(id, (header) => this.request(header));
    this.#deferred = new DeferredQueue(context.options.clock);
    this.roster = new RoomRoster(
      context.options.clock,
      () => context.limits().resumeWindowMs,
      () => this.joining.ask(),
    );
    this.joining = new JoinController(context, id, { ...options, meta: () => this.meta }, (error) =>
      this.#refused(error),
    );
    this.peerSet = new PeerSet({
      context,
      room: id,
      media: options.media,
      roster: this.roster,
      later: (run) => this.#deferred.run(run),
      self: () => this.own,
      attached: () => this.joining.attached,
      publications: () => this.published.all,
      on: {
        peer: (peer) => this.emit('peer', peer),
        gone: (peer) => this.emit('peer_gone', peer),
        signal: (from, data) => this.emit('signal', { from, data }),
      },
    });
    this.#chat = new ChatCursor({
      clock: context.options.clock,
      random: context.options.random,
      fetch: (query) => this.readHistory(query),
      deliver: (message) => this.emit('chat', message),
      report: context.report,
    });
  }

  /** @internal True while the room is to be kept joined. */
  get live(): boolean {
    return !this.over;
  }

  /** @internal True while it is joined on the current socket. */
  get attached(): boolean {
    return this.joining.attached;
  }

  /** @internal True while the server may have this client in the room. */
  get mayBeIn(): boolean {
    return this.joining.mayBeIn;
  }

  /** @internal The first join; asked as soon as there is a socket. */
  enter(): Promise<void> {
    return this.joining.enter();
  }

  /** @internal There is a new current socket. */
  connected(): void {
    this.joining.detach();
    this.joining.ask();
  }

  /** @internal There is no current socket. */
  disconnected(): void {
    this.joining.detach();
  }

  /** @internal The session is a new one: no stream goes on, and the next `joined` gives another peer id. */
  renew(): void {
    this.joining.detach();
    if (this.own === '') return;
    this.#renewed = true;
    this.peerSet.end();
  }

  /** @internal */
  configure(configuration: RTCConfiguration): void {
    this.peerSet.configure(configuration);
  }

  /** @internal A frame that names this room. */
  receive(message: ServerMessage, body: string | undefined): void {
    if (this.over) return;
    if (message.type === 'joined') this.#joined(message);
    // Before the first join is answered, any other frame belongs to a cancelled one.
    else if (!this.joining.receive(message) && this.own !== '') this.#deferred.run(() => this.#handle(message, body));
  }

  /** @internal A signal or an acknowledgement of one of the peers here. @returns false when it is none of them. */
  receiveFrom(frame: EarlySignal): boolean {
    if (this.over || !this.peerSet.all.has(frame.message.from)) return false;
    this.#deferred.run(() => this.peerSet.receive(frame));
    return true;
  }

  /** @internal An error frame. @returns true when it was about this room's join or one of its peers. */
  refuse(frame: ErrorMessage): boolean {
    if (frame.to !== undefined && this.peerSet.all.has(frame.to)) {
      this.peerSet.refuse(frame.to, frame.seq, frame.code);
      return true;
    }
    return this.joining.refuse(frame);
  }

  /** @internal True while the user waits in the lobby. */
  get inLobby(): boolean {
    return this.joining.inLobby;
  }

  /** @internal The application does not wait for the first join any more. */
  cancel(error: ParleyError): void {
    if (this.over || this.own !== '') return;
    this.#refused(error);
    // The server may be about to let it in: this is right either way.
    const header = { type: 'leave', id: newId(), room: this.id } as const;
    this.context.requests.send({ header, deadlineMs: 5_000 }).catch(() => {});
  }

  /** @internal The client is over. */
  close(error: ParleyError): void {
    this.end();
    this.joining.giveUp(error);
  }

  /** @internal */
  protected async readHistory(query: { readonly after?: number; readonly limit?: number }): Promise<ChatHistory> {
    const header: History = { type: 'history', id: newId(), room: this.id, ...query };
    const { messages, more } = (await this.request(header)) as HistoryPage;
    return { messages, more };
  }

  /** @internal Asked while the room is joined, again on each new socket until there is an answer. */
  protected request(header: Update | Chat | History | ModerationRequest): Promise<ServerMessage> {
    if (this.over) return Promise.reject(new ParleyError('closed'));
    return this.context.requests.send({ header, room: this.id });
  }

  #joined(joined: Joined): void {
    const first = this.own === '';
    const renewed = this.#renewed;
    // The way to the others may be another one: through another node, or with what was sent meanwhile lost.
    const moved = !this.joining.attached || this.roster.epoch !== joined.epoch;
    if (!this.joining.joined(joined.re)) return;
    this.#renewed = false;
    this.own = joined.peer;
    // The roster itself is never held: `participants` is right from the first moment, also when `rejoined` is told.
    const changes = this.roster.adopt(joined);
    if (first) this.#deferred.hold();
    else if (renewed) this.#deferred.run(() => this.emit('rejoined', { self: joined.peer }));
    this.#follow(changes, !first);
    if (moved) {
      if (!first) this.peerSet.resumed();
      this.context.requests.flush(this.id);
      this.#chat.catchUp();
    }
  }

  #handle(message: ServerMessage, body: string | undefined): void {
    // A deferred frame of the earlier session: peers that it announced would be talked to under another peer id.
    if (this.over || this.#renewed) return;
    switch (message.type) {
      case 'roster':
        this.#roster(message);
        break;
      case 'chat':
        this.#chat.receive(chatMessage(message));
        break;
      case 'broadcast':
        this.emit('broadcast', { from: message.from, kind: message.kind, data: parseOrText(body ?? 'null') });
        break;
      case 'removed':
        // Of another peer, or of an earlier stay: this one has not begun, or is asked for again, and its answer tells.
        if (!this.joining.attached || (message.peer ?? this.own) !== this.own) break;
        if (message.reason === 'expired') this.context.renew();
        else this.#remove(message.reason);
        break;
      default:
        this.state.receive(message);
    }
  }

  #roster(message: RosterMessage): void {
    const whole = message.participants !== undefined;
    const changes = whole ? this.roster.replace(message) : this.roster.apply(message);
    if (changes === 'gap') return this.joining.ask();
    this.#follow(changes);
    if (whole) this.peerSet.resumed();
  }

  /** `tell`: false for the first roster, which the application reads from `participants`. */
  #follow(changes: readonly RosterChange[], report = true): void {
    const own = changes.find((one) => one.change === 'left' && one.participant.peer === this.own);
    if (own?.change === 'left' && (own.reason === 'removed' || own.reason === 'room_closed')) {
      this.#remove(own.reason);
      return;
    }
    // Emitted before the events of new peers, so that an application that counts participants is never behind.
    this.#followRights();
    if (report) for (const change of changes) this.#report(change);
    if (this.over) return;
    this.peerSet.follow(changes);
    if (report && changes.length > 0) this.emit('roster', new Map(this.roster.participants));
    // Ended, or unknown to the roster of a new epoch: only a join tells which.
    if (!this.roster.participants.has(this.own)) this.joining.ask();
  }

  #report(change: RosterChange): void {
    const { participant } = change;
    if (participant.peer === this.own && change.change !== 'updated' && change.change !== 'permitted') return;
    if (change.change === 'left') this.emit('left', { participant, reason: change.reason });
    else this.emit(change.change, participant);
  }

  /** Before anybody is told of it: what an application does about it finds things as they are. */
  #followRights(): void {
    const own = this.roster.participants.get(this.own);
    if (!own) return;
    if (!permissionsOf(own).publish) this.published.end();
    this.state.follow(own.role);
  }

  #refused(error: ParleyError): void {
    if (this.own === '') {
      this.close(error);
      this.context.forget(this.id, this);
      return;
    }
    this.context.report(error);
    this.#remove(removedBy(error));
  }

  #remove(reason: RemovedReason): void {
    if (this.over) return;
    this.end();
    this.context.forget(this.id, this);
    this.emit('removed', reason);
  }

  /** @internal Idempotent. */
  protected end(): void {
    if (this.over) return;
    this.over = true;
    this.joining.close();
    this.#chat.close();
    this.roster.close();
    this.#deferred.close();
    this.context.requests.close(new ParleyError('closed'), this.id);
    this.peerSet.end();
  }
}
