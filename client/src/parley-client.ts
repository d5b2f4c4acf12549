import {
  DEFAULT_LIMITS,
  type IceServer,
  type Limits,
  type NodeId,
  type Refresh,
  type RoomId,
  type SessionId,
  type UserId,
  type Welcome,
} from '@parley/protocol';
import { cancelledBy, orCancelled } from './abort.js';
import { checkConnectOptions, checkId, checkJoinOptions } from './arguments.js';
import type { ClientSnapshot, ClientState, ConnectOptions, JoinOptions, ParleyClientEvents } from './client-events.js';
import { Connection } from './connection/connection.js';
import { Requests } from './connection/requests.js';
import { newId } from './connection/session-key.js';
import { asParleyError, ParleyError } from './errors.js';
import { Emitter, reportOnce } from './events.js';
import { FrameRouter } from './frame-router.js';
import { type ParleyClientOptions, type ResolvedOptions, resolveOptions } from './options.js';
import { IceServerList } from './peer/ice-server-list.js';
import { Room } from './room/room.js';
import type { RoomContext } from './room/room-context.js';
import { RoomRegistry } from './room/room-registry.js';
import { EarlySignalBuffer } from './signals/early-signal-buffer.js';
import { frozen, SnapshotStore } from './snapshot-store.js';
import { TokenRenewal } from './token-renewal.js';

/**
 * A client of a Parley server. It reconnects, resumes its session, renews its token and keeps its rooms joined.
 *
 * @example
 * const client = new ParleyClient({ url: 'https://parley.example', token: () => fetchAccessToken() });
 * client.on('state', (state) => banner.hidden = state === 'connected');
 * await client.connect();
 * const room = await client.join('daily');
 */
export class ParleyClient extends Emitter<ParleyClientEvents> {
  readonly #options: ResolvedOptions;
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #early: EarlySignalBuffer;
  readonly #rooms: RoomRegistry;
  readonly #context: RoomContext;
  readonly #router: FrameRouter;
  #state: ClientState = 'idle';
  /** An exception of an `error` listener is not reported by `error`. */
  readonly #report = reportOnce((error) => this.emit('error', asParleyError(error, 'internal')));
  #welcome: Welcome | undefined;
  readonly #ice: IceServerList;
  readonly #renewal: TokenRenewal;
  readonly #stopPage: () => void;
  #connecting: Promise<void> | undefined;
  #settle: { readonly resolve: () => void; readonly reject: (error: ParleyError) => void } | undefined;

  readonly #store = new SnapshotStore<ClientSnapshot>(() => {
    const { state, session, user, node } = this;
    return { state, session, user: frozen(user), node };
  }, this.#report);
  /** Call a function after each change of `getSnapshot`. Bound, for React's `useSyncExternalStore`. */
  readonly subscribe = this.#store.subscribe;
  /** The client at this moment, frozen: the same object until something changes. Bound. */
  readonly getSnapshot = this.#store.getSnapshot;

  /** Does not connect yet: call `connect` or `join`. @throws ParleyError `bad_request` for an invalid option. */
  constructor(options: ParleyClientOptions) {
    super((error) => this.#report(error));
    const resolved = resolveOptions(options);
    this.#options = resolved;
    this.#rooms = new RoomRegistry(this.#report);
    this.#ice = new IceServerList(resolved.rtcConfiguration);
    this.#early = new EarlySignalBuffer(resolved.clock);
    this.#renewal = new TokenRenewal(resolved, () => this.refreshToken(), this.#report);
    this.#connection = new Connection(resolved, {
      welcome: (welcome) => this.#welcomed(welcome),
      message: (message, body) => this.#router.receive(message, body),
      lost: () => this.#lost(),
      closed: (why) => this.#closed(why),
      fault: this.#report,
    });
    this.#stopPage = resolved.pageTransitions(
      () => this.#suspend(),
      () => this.#connection.resume(),
    );
    this.#requests = new Requests(resolved.clock, resolved.random, ({ header, room }) => {
      const ready = room === undefined || this.#rooms.get(room)?.attached === true;
      return ready && this.#connection.send(header);
    });
    this.#router = new FrameRouter({
      rooms: this.#rooms,
      requests: this.#requests,
      early: this.#early,
      report: this.#report,
      // The same token again would expire at the same time.
      tokenExpiring: () => void (typeof resolved.token === 'string' || this.#renewal.start()),
      iceServers: (iceServers) => this.#setIceServers(iceServers),
      drain: (reconnectAfterMs) => this.#connection.drain(reconnectAfterMs),
    });
    this.#context = {
      options: resolved,
      requests: this.#requests,
      early: this.#early,
      limits: () => this.limits,
      configuration: () => this.#ice.configuration,
      connected: () => this.#connection.connected,
      transmit: (header, body) => this.#connection.send(header, body),
      congested: () => this.#connection.congested,
      report: this.#report,
      renew: () => this.#renew(),
      forget: (id, room) => this.#rooms.forget(id, room),
    };
  }

  /** Current connection state. */
  get state(): ClientState {
    return this.#state;
  }

  /** Id of the session, which outlives sockets and nodes; undefined before the first connect. */
  get session(): SessionId | undefined {
    return this.#welcome?.session;
  }

  /** The user of the token; undefined before the first connect. */
  get user(): { readonly id: UserId; readonly name: string } | undefined {
    return this.#welcome?.user;
  }

  /** The server's limits; the defaults before the first connect. */
  get limits(): Limits {
    return this.#welcome?.limits ?? DEFAULT_LIMITS;
  }

  /** The server's ICE servers. Their credentials are renewed before they expire. */
  get iceServers(): readonly IceServer[] {
    return this.#ice.all;
  }

  /** The node that serves this client, for diagnostics; undefined before the first connect. */
  get node(): NodeId | undefined {
    return this.#welcome?.node;
  }

  /**
   * Connect to the server. Retries until it succeeds, and reports each failed attempt as `error`. Calling it again
   * waits for the same connection.
   * @throws ParleyError if the server refuses the client permanently: `token_invalid`, `forbidden`, `superseded` …;
   * `closed` if `close()` was called; `cancelled` by `signal`, which ends only this wait.
   *
   * @example
   * await client.connect({ signal: AbortSignal.timeout(10_000) });
   */
  async connect(options: ConnectOptions = {}): Promise<void> {
    checkConnectOptions(options);
    const { signal } = options;
    if (signal?.aborted) throw cancelledBy(signal);
    if (this.#state === 'closed') throw new ParleyError('closed');
    this.#connecting ??= new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#become('connecting');
      this.#connection.open();
    });
    return orCancelled(this.#connecting, signal);
  }

  /**
   * Join a room, and connect first if needed. Joining the same room again returns the same `Room`.
   * At most `limits.maxRoomsPerSession` rooms at once.
   *
   * After the await, read `room.peers` and `room.participants` for those already in the room, and add listeners for the
   * others: no event fires before the code that follows the await in the same task.
   *
   * In a room with a lobby it stays pending, without a timeout, while the user waits: pass `waiting` and `signal`.
   *
   * Callers that join one room at the same time wait for one join, with the options of the first of them; each gets
   * its own `waiting` and obeys its own `signal`. The join is cancelled when all of them have aborted.
   * @throws ParleyError from the server `room_not_found`, `room_full`, `room_locked`, `invite_required`,
   * `invite_invalid`, `banned`, `removed` (kicked: a token issued later is required), `guests_not_allowed` (for a guest
   * with an invite), `forbidden`, `lobby_full`;
   * `denied` by a moderator; `cancelled` by `signal`; `timeout` after 45 s without a reply; `bad_request` for an
   * invalid id or option, or for media without an RTCPeerConnection.
   */
  async join(roomId: string, options: JoinOptions = {}): Promise<Room> {
    checkId(roomId, 'room id');
    checkJoinOptions(options, this.limits.maxMetaBytes);
    const media = options.media ?? true;
    if (media && !this.#options.RTCPeerConnection)
      throw new ParleyError('bad_request', 'RTCPeerConnection is not available: pass one, or join with media: false.');
    const { meta, invite, signal } = options;
    const id = roomId as RoomId;
    await this.connect(signal && { signal });
    // The connection and the abort may come in the same turn.
    if (signal?.aborted) throw cancelledBy(signal);
    if (!this.#rooms.has(id)) {
      if (this.state === 'closed') throw new ParleyError('closed');
      if (this.#rooms.isExhausted(id)) this.#renew(id);
      this.#requests.withdrawLeaves(id);
      const room = new Room(id, this.#context, { meta, media, invite, waiting: () => this.#rooms.waiting(id) });
      this.#rooms.add(
        room,
        room.enter().then(() => room),
      );
    }
    return this.#rooms.enter(id, options);
  }

  /**
   * Get a new token and send it to the server, for example after a change of the display name, so that the other
   * participants see it. It happens automatically before a token expires.
   * @throws ParleyError an error of `token` or of the server; `network` if `token` throws anything else; `timeout`
   * after 45 s, or if `token` takes longer than `tokenTimeoutMs`; `bad_request` if `token` is a string.
   */
  async refreshToken(): Promise<void> {
    const { token } = this.#options;
    if (typeof token === 'string')
      throw new ParleyError('bad_request', 'A token that is a string cannot be refreshed.');
    try {
      const header: Refresh = { type: 'refresh', id: newId(), token: await token.renew() };
      await this.#requests.send({ header });
    } catch (error) {
      throw asParleyError(error, 'network');
    }
  }

  /** Leave all rooms and close the connection. Resolves when the server has confirmed it, or after 5 s. */
  async close(): Promise<void> {
    if (this.#state === 'connected') await Promise.all(this.#rooms.all.map((room) => room.leave()));
    this.#connection.close();
  }

  #welcomed(welcome: Welcome): void {
    this.#welcome = welcome;
    this.#renewal.stop();
    this.#setIceServers(welcome.iceServers);
    this.#store.changed();
    this.#become('connected');
    this.#settle?.resolve();
    this.#requests.flush();
    for (const room of this.#rooms.all) if (room.live) room.connected();
  }

  #lost(): void {
    this.#renewal.stop();
    for (const room of this.#rooms.all) room.disconnected();
    this.#become('reconnecting');
  }

  #closed(why: ParleyError | undefined): void {
    const error = why ?? new ParleyError('closed');
    this.#stopPage();
    this.#renewal.stop();
    this.#rooms.close(error);
    this.#requests.close(error);
    this.#early.clear();
    this.#settle?.reject(error);
    // Prevents an unhandled rejection: the event `closed` reports the same.
    this.#connecting?.catch(() => {});
    this.#become('closed');
    this.emit('closed', why);
  }

  #setIceServers(iceServers: readonly IceServer[]): void {
    if (!this.#ice.take(iceServers)) return;
    for (const room of this.#rooms.all) room.configure(this.#ice.configuration);
    this.emit('ice_servers', iceServers);
  }

  #renew(without?: RoomId): void {
    this.#endSession(without);
    this.#connection.renew();
  }

  /** The page goes away, for good or into the back/forward cache. */
  #suspend(): void {
    if (this.#state === 'idle' || this.#state === 'closed') return;
    this.#endSession();
    this.#connection.suspend();
  }

  #endSession(without?: RoomId): void {
    this.#rooms.renew((room) => void this.#connection.send({ type: 'leave', id: newId(), room }), without);
    // They are for this client's ended peers: no frame names its receiver.
    this.#early.clear();
  }

  #become(state: ClientState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    this.#store.changed();
    this.emit('state', state);
  }
}
