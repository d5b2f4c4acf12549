import { ParleyError } from '../../client/src/errors.js';
import { ParleyClient } from '../../client/src/parley-client.js';
import type { Room } from '../../client/src/room/room.js';
import type { Recorder } from '../history/recorder.js';
import type { Network, Path } from './network.js';
import { Actor, type World } from './world.js';

/** Refusals that are for good, and others after which a user tries again. */
const FINAL: ReadonlySet<string> = new Set(['room_not_found', 'banned', 'removed', 'denied']);
const AGAIN: ReadonlySet<string> = new Set(['admission_required', 'timeout', 'room_locked', 'cancelled']);

/** The body of each signal of the run. */
export interface Payload {
  readonly id: string;
  readonly hash: string;
  /** What the policy thinks of it: `always` denied, or each copy by chance. */
  readonly deny?: 'always' | 'sometimes';
  /** The receiver answers. */
  readonly offer?: boolean;
}

/** What the clients of one run share. */
export interface Stage {
  readonly world: World;
  readonly network: Network;
  readonly recorder: Recorder;
  readonly nextId: () => string;
}

/** The real SDK as one page of the run, with an application that writes down what it is told. */
export class SimulatedClient {
  readonly actor: Actor;
  readonly path: Path;
  readonly client: ParleyClient;
  room: Room | undefined;
  over = false;
  /** What opened this client's session, to be opened again by somebody else. */
  key: Buffer;
  /** The other rooms of this page, each with its own application. */
  private readonly others: SimulatedClient[] = [];
  /** A join is in flight that nobody will cancel. */
  private joining = false;
  private self = '';
  private wasAttached = false;

  /** @param page the client that is in another room of the same session; absent: a page of its own */
  constructor(
    private readonly stage: Stage,
    readonly user: string,
    readonly roomId: string,
    private readonly page?: SimulatedClient,
  ) {
    const { world, network } = stage;
    this.actor = page?.actor ?? new Actor(user);
    this.path = page?.path ?? network.pathOf(this.actor);
    this.key = page?.key ?? world.random.bytes(32);
    this.client = page?.client ?? this.newClient(world, network);
    page?.others.push(this);
    this.client.on('closed', (why) => this.closed(why));
    this.client.on('error', (error) => {
      if (error.code === 'internal') world.errors.push(error);
    });
  }

  private newClient(world: World, network: Network): ParleyClient {
    world.nextKey = this.key;
    return new ParleyClient({
      url: 'ws://balancer',
      // Whom the token is of, and when it was issued.
      token: `${this.user}@${Date.now()}`,
      WebSocket: network.webSocket(this.path),
      random: world.random.next,
      networkChanges: () => () => {},
    });
  }

  /** Whether it is a page of its own. */
  get isPage(): boolean {
    return this.page === undefined;
  }

  get peer(): string {
    return this.self;
  }

  /** Whether its application believes to be in the room. */
  get present(): boolean {
    return this.actor.alive && !this.over && this.room !== undefined;
  }

  start(): void {
    this.stage.world.at(this.actor, 0, () => this.enter());
  }

  /** Sends to somebody who is there; nothing when nobody is. */
  send(more: Omit<Payload, 'id' | 'hash'> = {}, to?: string): void {
    const { room } = this;
    if (room === undefined || !this.present || this.actor.stopped) return;
    const peers = [...room.peers.values()];
    if (peers.length === 0) return;
    const { world, recorder, nextId } = this.stage;
    const peer = (to === undefined ? undefined : room.peers.get(to as never)) ?? world.random.of(peers);
    const payload: Payload = { id: nextId(), hash: String(world.random.between(0, 1e9)), ...more };
    const { id, hash } = payload;
    const session = this.client.session ?? '';
    recorder.add({ kind: 'send', from: room.self, to: peer.id, id, hash, room: this.roomId, session });
    void peer.send(payload).then((sent) => {
      const why = 'why' in sent ? sent.why : 'code' in sent ? sent.code : undefined;
      recorder.add({ kind: 'out', id, result: sent.result, why });
    });
  }

  /** Leaves the room, and comes back as somebody else. @param cancelAfterMs the first attempt is given up by then */
  leave(comeBack: boolean, cancelAfterMs?: number): void {
    const { room } = this;
    if (room === undefined || !this.present) return;
    this.ended('left');
    this.room = undefined;
    if (!comeBack) this.over = true;
    void room.leave().then(() => {
      if (comeBack && !this.over && this.client.state !== 'closed') this.enter(cancelAfterMs);
    });
  }

  /** Closes the page, with all its rooms. */
  close(): void {
    if (this.page !== undefined) return this.page.close();
    for (const room of [this, ...this.others]) {
      if (room.over) continue;
      room.ended('closed');
      room.over = true;
    }
    void this.client.close();
  }

  /** The page is gone without a word. @param reloaded the same user opens it again, with another key */
  crash(reloaded = false): void {
    if (this.page !== undefined) return this.page.crash(reloaded);
    for (const room of [this, ...this.others]) room.vanish(reloaded);
    this.stage.world.kill(this.actor);
  }

  private vanish(reloaded: boolean): void {
    if (this.over) return;
    this.over = true;
    this.attachedIs(false);
    if (this.self === '') return this.gaveUp();
    this.stage.recorder.add({ kind: 'crash', peer: this.self });
    if (reloaded) this.stage.recorder.add({ kind: 'reload', peer: this.self });
  }

  /** Called after each step of this client. */
  observe(): void {
    if (this.self === '' || this.over || this.room === undefined) return;
    this.attachedIs(this.room.attached && this.client.state === 'connected');
  }

  /** Joins the room. @param cancelAfterMs gives up after so long, and joins again a second later */
  private enter(cancelAfterMs?: number): void {
    const { user, roomId: room } = this;
    this.stage.recorder.add({ kind: 'asked', user, room });
    const abort = new AbortController();
    this.joining = cancelAfterMs === undefined;
    if (cancelAfterMs !== undefined) setTimeout(() => abort.abort(), cancelAfterMs);
    else if (this.stage.world.random.chance(0.1))
      queueMicrotask(() => this.joinTwice(this.stage.world.random.between(0, 300)));
    const waiting = () => this.stage.recorder.add({ kind: 'waiting', user, room });
    this.client.join(this.roomId, { media: false, signal: abort.signal, waiting }).then(
      (room) => this.entered(room),
      (error: unknown) => {
        this.joining = false;
        if (this.over) return;
        if (abort.signal.aborted && error instanceof ParleyError && error.code === 'cancelled') {
          this.stage.recorder.add({ kind: 'cancelled', user, room });
          // Some stay away: what they gave up must not be there without them.
          return this.stage.world.random.chance(0.5) ? this.enterLater() : undefined;
        }
        if (error instanceof ParleyError) this.stage.recorder.add({ kind: 'refused', user, room, code: error.code });
        if (error instanceof ParleyError && FINAL.has(error.code)) this.over = true;
        else if (error instanceof ParleyError && (AGAIN.has(error.code) || error.retryable)) this.enterLater();
        else if (!(error instanceof ParleyError && error.code === 'closed')) this.stage.world.errors.push(error);
      },
    );
  }

  /** Asks for the room by a second call while the first one is in flight, and gives it up: the first is not touched. */
  joinTwice(cancelAfterMs: number): void {
    if (!this.joining || this.over) return;
    const abort = new AbortController();
    setTimeout(() => abort.abort(), cancelAfterMs);
    this.client.join(this.roomId, { media: false, signal: abort.signal }).catch((error: unknown) => {
      if (!(error instanceof ParleyError)) this.stage.world.errors.push(error);
    });
  }

  private enterLater(): void {
    setTimeout(() => {
      if (!this.over && this.client.state !== 'closed') this.enter();
    }, 1_000);
  }

  private entered(room: Room): void {
    this.joining = false;
    const { recorder } = this.stage;
    if (this.over) return;
    this.room = room;
    this.become(room.self);
    room.on('rejoined', ({ self }) => {
      this.ended('renewed');
      this.become(self);
    });
    room.on('signal', ({ from, data }) => {
      const { id, hash, offer } = data as Payload;
      recorder.add({ kind: 'dlv', at: room.self, from, id, hash });
      if (offer) this.send({}, from);
    });
    room.on('roster', () => this.shown(room));
    room.on('joined', ({ peer }) => {
      const user = room.participants.get(peer)?.user;
      recorder.add({ kind: 'seen', peer: this.self, event: 'joined', of: peer, ...(user !== undefined && { user }) });
    });
    room.on('left', ({ participant: { peer }, reason }) =>
      recorder.add({ kind: 'seen', peer: this.self, event: 'left', of: peer, reason }),
    );
    room.on('removed', (reason) => {
      this.ended(reason);
      this.over = true;
    });
    this.shown(room);
  }

  private become(peer: string): void {
    this.self = peer;
    const session = this.client.session ?? '';
    this.stage.recorder.add({ kind: 'live', peer, user: this.user, room: this.roomId, session });
  }

  private shown(room: Room): void {
    const roster = (room as any).roster as { epoch: string; version: number };
    const set = Object.fromEntries([...room.participants].map(([peer, { state }]) => [peer, state]));
    const roles = Object.fromEntries(
      [...room.participants].filter(([, { role }]) => role !== 'member').map(([peer, { role }]) => [peer, role]),
    );
    const { epoch, version } = roster;
    this.stage.recorder.add({ kind: 'roster', peer: room.self, epoch, version, set, roles });
  }

  /** It is gone before it was told that it is in. */
  private gaveUp(): void {
    this.stage.recorder.add({ kind: 'cancelled', user: this.user, room: this.roomId });
  }

  private ended(why: string): void {
    if (this.self === '') return this.gaveUp();
    this.attachedIs(false);
    this.stage.recorder.add({ kind: 'end', peer: this.self, why });
  }

  private attachedIs(on: boolean): void {
    if (on === this.wasAttached) return;
    this.wasAttached = on;
    this.stage.recorder.add({ kind: 'attached', peer: this.self, on });
  }

  private closed(why: ParleyError | undefined): void {
    if (this.over) return;
    if (why?.code === 'superseded') {
      this.stage.recorder.add({ kind: 'socket', peer: this.self, code: 4509 });
      this.crash();
    } else {
      this.ended('removed');
      this.over = true;
      if (why?.code !== 'token_invalid') this.stage.world.errors.push(new Error(`${this.user} closed: ${why?.code}`));
    }
  }
}
