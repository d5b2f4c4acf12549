import { ParleyClient } from '@parley/client';
import { FaultSockets } from './fault-sockets.mjs';
import { mortalClock } from './mortal-clock.mjs';
import { hashOf, SubjectRoom } from './subject-room.mjs';
import { Talker } from './talker.mjs';
import { tokenCallback } from './token.mjs';

/** Interval of checking whether a room is joined, for which the SDK has no event. */
const CHECK_MS = 50;
const MAX_ERRORS = 20;
/** Maximum delay after which a user whose join failed tries again. */
const AGAIN_MS = 1_500;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** An SDK client with its user. Records everything that its application observes. */
export class Subject {
  #sockets;
  #clock;
  #client;
  /** Rooms that it is in, in the order of joining. */
  #rooms = new Map();
  /** Rooms that its user joins again after any removal. */
  #wanted = new Set();
  /** Rooms that its client is joining. */
  #coming;
  #last;
  #sent = 0;
  #waiting = new Map();
  #timer;
  #dead = false;
  #talker = new Talker();
  #states = [];
  #errors = [];
  #results = [];
  #received = [];
  #rosterEvents = [];

  /**
   * @param {{name: string, url: string, token: string | object, stays?: boolean}} setup `token`: a token, or the
   * options of a callback; `stays`: its user joins again after a removal
   * @param {import('./history-file.mjs').HistoryFile} history
   */
  constructor(setup, history) {
    this.setup = setup;
    this.history = history;
    this.#open();
    this.#timer = setInterval(() => {
      for (const room of this.#rooms.values()) room.look();
    }, CHECK_MS);
  }

  async join(roomId) {
    const self = await this.#enter(roomId);
    if (this.setup.stays) this.#wanted.add(roomId);
    return self;
  }

  /** Joins a room, and retries until that succeeds or is no longer wanted. Returns at once. */
  want(roomId) {
    this.#wanted.add(roomId);
    void this.#comeBack(roomId);
  }

  /** Leaves one room for good. */
  exit(roomId) {
    this.#wanted.delete(roomId);
    return this.#exit(roomId);
  }

  /** Leaves a room and joins it again, without waiting in between. */
  reenter(roomId) {
    const left = this.#exit(roomId);
    this.want(roomId);
    return left;
  }

  /** Starts a join and cancels it. @returns true if it had joined by then, and so has left again */
  async cancelJoin(roomId, afterMs) {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), afterMs);
    const self = await this.#enter(roomId, abort.signal).catch(() => undefined);
    if (self !== undefined) await this.#exit(roomId);
    return self !== undefined;
  }

  /** Cancels a join and joins again within one round trip, or starts two joins and cancels one. */
  async joinTwice(roomId, afterMs, atOnce) {
    const abort = new AbortController();
    const cancelled = this.#enter(roomId, abort.signal).catch(() => undefined);
    const both = atOnce && this.#client.join(roomId, { media: false }).catch(() => undefined);
    await pause(afterMs);
    abort.abort();
    this.want(roomId);
    await Promise.all([cancelled, both]);
  }

  /** Reloads the page: a new key, while the old session still exists. */
  reload(silently) {
    const rooms = [...this.#rooms.keys()];
    for (const room of this.#rooms.values()) room.cease('crash', 'reload');
    this.#rooms.clear();
    this.#waiting.clear();
    this.#clock.kill();
    if (silently) this.#sockets.vanish();
    else this.#sockets.kill();
    this.#open();
    for (const room of new Set([...rooms, ...this.#wanted])) this.want(room);
  }

  /** Sends `count` signals to `to`, or each to a random peer in a random room. Returns at once. */
  send(count, to, size = 200) {
    for (let i = 0; i < count; i += 1) {
      const here = [...this.#rooms.values()].filter(({ self }) => self !== undefined);
      const all = here.flatMap(({ room, self }) => [...room.peers.values()].map((peer) => ({ peer, room, self })));
      const some = all.filter(({ peer }) => to === undefined || peer.id === to);
      const one = some[Math.floor(Math.random() * some.length)];
      if (one === undefined) return;
      this.#sendTo(one, size);
    }
  }

  /** The first room that it joined, even if it has left it since. */
  get first() {
    return this.#rooms.values().next().value ?? this.#last;
  }

  /** Sends signals at random times, some in bursts, until it is stopped. */
  talk(everyMs) {
    this.#talker.start(everyMs, (count) => this.send(count));
  }

  hush() {
    this.#talker.stop();
  }

  async leave() {
    this.hush();
    this.#wanted.clear();
    for (const room of this.#rooms.values()) {
      room.attach(false);
      // From here on, this client neither receives nor sends, whatever the others observe.
      room.end('left');
    }
    await this.#client.close();
    // Pending signals have their results by now: `leave` settles each.
    await pause(0);
    clearInterval(this.#timer);
  }

  /** Simulates the death of its process. */
  crash(silently) {
    this.hush();
    this.#wanted.clear();
    for (const room of this.#rooms.values()) room.cease('crash');
    this.#dead = true;
    this.#clock.kill();
    if (silently) this.#sockets.vanish();
    else this.#sockets.kill();
    clearInterval(this.#timer);
  }

  /** The current rooms of its client. */
  get sockets() {
    return this.#sockets;
  }

  sayAgain(index, delayMs, more) {
    const url = `${this.setup.url.replace('http', 'ws')}/v1/signaling`;
    return this.#sockets.sayAgain(url, index, this.first?.room.id, delayMs, more);
  }

  state() {
    for (const room of this.#rooms.values()) room.look();
    return {
      name: this.setup.name,
      dead: this.#dead,
      state: this.#client.state,
      states: this.#states,
      errors: this.#errors,
      node: this.#client.node,
      session: this.#client.session,
      attached: false,
      ...this.first?.view(),
      rooms: [...this.#rooms.values()].map((room) => room.view()),
      wanted: [...this.#wanted],
      waiting: this.#waiting.size,
      results: this.#results,
      received: this.#received,
      rosterEvents: this.#rosterEvents,
    };
  }

  #open() {
    const { url, token } = this.setup;
    const sockets = new FaultSockets();
    const clock = mortalClock();
    const callbacks = (value) =>
      value > 1 && this.#record('size', { what: 'token callbacks at once', value, bound: 1 });
    const source = typeof token === 'string' ? token : tokenCallback(token, callbacks);
    const client = new ParleyClient({ url, token: source, WebSocket: sockets.Socket, clock });
    client.on('state', (state) => {
      this.#states.push(state);
      if (state !== 'connected') for (const room of this.#rooms.values()) room.attach(false);
    });
    client.on('error', ({ code, message }) => {
      this.#errors = [...this.#errors, `${Math.round(performance.now())} ${code} ${message}`].slice(-MAX_ERRORS);
    });
    client.on('closed', (why) => {
      for (const room of this.#rooms.values()) {
        if (why?.code === 'superseded' && room.self) this.#record('socket', { peer: room.self, code: 4509 });
        if (why !== undefined) room.end(why.code);
      }
    });
    this.#sockets = sockets;
    this.#clock = clock;
    this.#client = client;
    this.#coming = new Set();
  }

  async #enter(roomId, signal) {
    const client = this.#client;
    const { name } = this.setup;
    this.#record('asked', { user: name, room: roomId });
    try {
      const room = await client.join(roomId, { media: false, ...(signal && { signal }) });
      if (client !== this.#client) return undefined;
      if (this.#rooms.get(roomId)?.room !== room) this.#rooms.set(roomId, this.#follow(room));
      return room.self;
    } catch (error) {
      const end = error?.code === 'cancelled' ? ['cancelled', {}] : ['refused', { code: error?.code ?? 'internal' }];
      if (client === this.#client) this.#record(end[0], { user: name, room: roomId, ...end[1] });
      throw error;
    }
  }

  #follow(room) {
    const client = this.#client;
    return new SubjectRoom(room, {
      ...{ name: this.setup.name, client, received: this.#received, rosterEvents: this.#rosterEvents },
      record: (kind, fields) => client === this.#client && this.#record(kind, fields),
      over: () => {
        this.#forget(room.id, room);
        if (this.#wanted.has(room.id)) void this.#comeBack(room.id);
      },
    });
  }

  async #exit(roomId) {
    const known = this.#rooms.get(roomId);
    if (known === undefined) return;
    known.attach(false);
    known.end('left');
    this.#forget(roomId, known.room);
    await known.room.leave();
  }

  #forget(roomId, room) {
    const known = this.#rooms.get(roomId);
    if (known?.room !== room) return;
    this.#rooms.delete(roomId);
    this.#last = known;
  }

  /** The reaction of a user who was removed: joins again, with a new token if one is required. */
  async #comeBack(roomId) {
    // The joins of a reloaded page never settle.
    const coming = this.#coming;
    if (coming.has(roomId)) return;
    coming.add(roomId);
    const isWanted = () => this.#wanted.has(roomId) && !this.#dead && coming === this.#coming;
    while (isWanted() && !this.#rooms.has(roomId)) {
      try {
        await this.#enter(roomId);
        if (!this.#wanted.has(roomId)) await this.#exit(roomId);
      } catch (error) {
        if (error?.code === 'room_not_found') this.#wanted.delete(roomId);
        if (error?.code === 'removed') await this.#client.refreshToken().catch(() => {});
        await pause(Math.random() * AGAIN_MS);
      }
    }
    coming.delete(roomId);
  }

  #sendTo({ peer, room, self }, size) {
    const data = { id: `${this.setup.name}-${++this.#sent}`, pad: 'x'.repeat(Math.ceil(Math.random() * size)) };
    const { id } = data;
    this.#record('send', { from: self, to: peer.id, id, hash: hashOf(data), room: room.id });
    this.#waiting.set(id, peer.id);
    void peer.send(data).then(({ result, why, code }) => {
      this.#waiting.delete(id);
      this.#results.push({ id, result, why: why ?? code });
      this.#record('out', { id, result, ...((why ?? code) && { why: why ?? code }) });
    });
  }

  #record(kind, fields) {
    if (!this.#dead) this.history.record(kind, fields);
  }
}
