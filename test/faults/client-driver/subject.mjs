import { createHash } from 'node:crypto';
import { ParleyClient } from '@parley/client';
import { FaultSockets } from './fault-sockets.mjs';

/** How often it is looked at whether a room is joined. The SDK has no event for it. */
const LOOK_MS = 50;

const hashOf = (data) => createHash('sha256').update(JSON.stringify(data)).digest('base64url').slice(0, 16);

/** A clock that can be stopped for good: what a killed process would not have done is not done. */
const mortalClock = () => {
  let alive = true;
  return {
    now: () => performance.now(),
    setTimeout: (run, delayMs) => setTimeout(() => alive && run(), delayMs),
    clearTimeout: (timer) => clearTimeout(timer),
    kill: () => {
      alive = false;
    },
  };
};

/** One SDK client in one room, and everything that its application sees, written down. */
export class Subject {
  #sockets = new FaultSockets();
  #clock = mortalClock();
  #client;
  #room;
  #self;
  #sent = 0;
  #waiting = new Map();
  #attached = false;
  #timers = new Set();
  #dead = false;
  #states = [];
  #results = [];
  #received = [];
  #rosterEvents = [];

  /** @param {{name: string, url: string, token: string}} setup @param {import('./history-file.mjs').HistoryFile} history */
  constructor(setup, history) {
    this.setup = setup;
    this.history = history;
    this.#client = new ParleyClient({
      url: setup.url,
      token: setup.token,
      WebSocket: this.#sockets.Socket,
      clock: this.#clock,
    });
    this.#client.on('state', (state) => {
      this.#states.push(state);
      if (state !== 'connected') this.#attach(false);
    });
    this.#client.on('closed', (why) => {
      if (why?.code === 'superseded' && this.#self) this.#record('socket', { peer: this.#self, code: 4509 });
      if (this.#self !== undefined && why !== undefined) this.#end(why.code);
    });
  }

  async join(roomId) {
    const room = await this.#client.join(roomId, { media: false });
    this.#room = room;
    this.#live();
    room.on('rejoined', () => {
      this.#end('expired');
      this.#live();
    });
    room.on('removed', (reason) => this.#end(reason));
    room.on('signal', ({ from, data }) => {
      this.#received.push(data.id);
      this.#record('dlv', { at: room.self, from, id: data.id, hash: hashOf(data) });
    });
    room.on('joined', ({ peer }) => this.#saw('joined', peer));
    room.on('left', ({ participant, reason }) => this.#saw('left', participant.peer, reason));
    for (const event of ['away', 'back']) room.on(event, ({ peer }) => this.#rosterEvents.push({ event, of: peer }));
    room.on('roster', () => this.#roster());
    for (const peer of room.participants.keys()) if (peer !== room.self) this.#saw('joined', peer);
    this.#every(LOOK_MS, () => this.#attach(room.attached));
    return room.self;
  }

  /** Sends `count` signals to `to`, or each to any of the others. Answers at once. */
  send(count, to, size = 200) {
    for (let i = 0; i < count; i += 1) {
      const peers = [...this.#room.peers.values()].filter(({ id }) => to === undefined || id === to);
      const peer = peers[Math.floor(Math.random() * peers.length)];
      if (peer === undefined) return;
      const data = { id: `${this.setup.name}-${++this.#sent}`, pad: 'x'.repeat(Math.ceil(Math.random() * size)) };
      const { id } = data;
      this.#record('send', { from: this.#self, to: peer.id, id, hash: hashOf(data), room: this.#room.id });
      this.#waiting.set(id, peer.id);
      void peer.send(data).then(({ result, why, code }) => {
        this.#waiting.delete(id);
        this.#results.push({ id, result, why: why ?? code });
        this.#record('out', { id, result, ...((why ?? code) && { why: why ?? code }) });
      });
    }
  }

  chat(text) {
    return this.#room.sendChat(text);
  }

  pastChat() {
    return this.#room.history();
  }

  /** Signals now and then until told otherwise; some come in bursts. */
  talk(everyMs) {
    const turn = () => {
      if (this.#room?.live) this.send(Math.random() < 0.05 ? 30 : 1);
      this.#talking = setTimeout(turn, Math.random() * 2 * everyMs);
    };
    this.hush();
    turn();
  }

  #talking;
  hush() {
    clearTimeout(this.#talking);
  }

  async leave() {
    this.hush();
    this.#attach(false);
    // From here on, whatever the others are told: this side hears and says nothing any more.
    this.#end('left');
    await this.#client.close();
    // What it still waited for has its result by now: `leave` gives each one.
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#stop();
  }

  /** As if its process had been killed. */
  crash(silently) {
    this.hush();
    if (this.#self !== undefined) this.#record('crash', { peer: this.#self });
    this.#dead = true;
    this.#clock.kill();
    if (silently) this.#sockets.vanish();
    else this.#sockets.kill();
    this.#stop();
  }

  cut() {
    this.#sockets.cut();
  }

  deafen() {
    this.#sockets.deafen();
  }

  stall(ms) {
    this.#sockets.stall(ms);
  }

  sayAgain(index, delayMs, more) {
    const url = `${this.setup.url.replace('http', 'ws')}/v1/signaling`;
    return this.#sockets.sayAgain(url, index, this.#room.id, delayMs, more);
  }

  state() {
    const room = this.#room;
    this.#attach(room?.attached === true && this.#client.state === 'connected');
    return {
      name: this.setup.name,
      dead: this.#dead,
      state: this.#client.state,
      states: this.#states,
      node: this.#client.node,
      session: this.#client.session,
      self: room?.self,
      room: room?.id,
      attached: room?.attached === true && this.#client.state === 'connected',
      waiting: this.#waiting.size,
      epoch: room?.roster.epoch,
      version: room?.roster.version,
      roster: room && Object.fromEntries([...room.participants].map(([peer, { state }]) => [peer, state])),
      results: this.#results,
      received: this.#received,
      rosterEvents: this.#rosterEvents,
    };
  }

  #live() {
    const { self, id } = this.#room;
    this.#self = self;
    this.#record('live', { peer: self, user: this.setup.name, room: id, session: this.#client.session });
    this.#attached = false;
    this.#attach(true);
    this.#roster();
  }

  #end(why) {
    if (this.#self === undefined) return;
    this.#record('end', { peer: this.#self, why });
    this.#self = undefined;
  }

  #attach(on) {
    if (this.#self === undefined || on === this.#attached) return;
    this.#attached = on;
    this.#record('attached', { peer: this.#self, on });
  }

  #saw(event, of, reason) {
    this.#rosterEvents.push({ event, of, reason });
    if (this.#self === undefined) return;
    this.#record('seen', { peer: this.#self, event, of, ...(reason && { reason }) });
  }

  #roster() {
    if (this.#self === undefined) return;
    const { epoch, version } = this.#room.roster;
    const set = Object.fromEntries([...this.#room.participants].map(([peer, { state }]) => [peer, state]));
    this.#record('roster', { peer: this.#self, epoch, version, set });
  }

  #record(kind, fields) {
    if (!this.#dead) this.history.record(kind, fields);
  }

  #every(ms, run) {
    this.#timers.add(setInterval(run, ms));
  }

  #stop() {
    for (const timer of this.#timers) clearInterval(timer);
  }
}
