/**
 * A process with thousands of light clients without the SDK: each is a WebSocket that sends `hello`, joins a room and
 * reconnects as PROTOCOL.md says. The parent process sends `{id, do, with}` and receives `{re, value}`.
 */
import { randomBytes } from 'node:crypto';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

const BACKOFF_MS = { first: 300, cap: 5_000 };
/** Interval of repeating requests that were refused for now or lost. */
const RETRY_MS = 1_000;

const counts = { attached: 0, resumed: 0, strangers: 0, left: 0, refused: 0 };

class LightPeer {
  #key = randomBytes(32).toString('base64url');
  #attempt = 0;
  #failures = 0;
  #attached = false;
  #waiting = new Map();
  #socket;
  peer;
  /** The roster of its room, as received. */
  seen = new Set();
  /** Received signals, by sender and number. */
  got = new Set();

  constructor(url, token, room) {
    this.url = `${url.replace('http', 'ws')}/v1/signaling`;
    this.token = token;
    this.room = room;
  }

  /** Resolves when it has joined its room for the first time. */
  open() {
    return new Promise((resolve) => {
      this.entered = resolve;
      this.#connect();
    });
  }

  request(header) {
    const id = String(this.#waiting.size + Math.random());
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.send({ id, ...header });
    });
  }

  send(header, body) {
    this.#socket.send(body === undefined ? JSON.stringify(header) : `${JSON.stringify(header)}\n${body}`);
  }

  #connect() {
    const socket = new WebSocket(this.url, 'parley.v1', { perMessageDeflate: false });
    this.#socket = socket;
    this.#attempt += 1;
    socket.on('open', () =>
      this.send({ type: 'hello', id: 'hello', token: this.token, key: this.#key, attempt: this.#attempt }),
    );
    socket.on('message', (data) => this.#receive(...String(data).split('\n')));
    socket.on('unexpected-response', () => {
      counts.refused += 1;
      socket.terminate();
    });
    socket.on('error', () => {});
    socket.once('close', () => this.#lost());
  }

  #receive(header, body) {
    const frame = JSON.parse(header);
    if (frame.type === 'signal') this.got.add(`${frame.from} ${body}`);
    else if (frame.type === 'welcome' && this.room !== undefined) this.#enter();
    else if (frame.type === 'welcome') this.#attach();
    else if (frame.type === 'joined' && frame.re === 'in') this.#joined(frame);
    else if (frame.type === 'roster') this.#roster(frame);
    else if (frame.type === 'error' && frame.re === 'in') setTimeout(() => this.#enter(), RETRY_MS);
    this.#waiting.get(frame.re)?.(frame);
    this.#waiting.delete(frame.re);
  }

  #enter() {
    if (this.#socket.readyState === WebSocket.OPEN) this.send({ type: 'join', id: 'in', room: this.room });
  }

  #roster({ events = [], participants = [] }) {
    for (const { peer } of participants) this.seen.add(peer);
    for (const { event, participant } of events) {
      if (event === 'joined') this.seen.add(participant.peer);
      if (event === 'left') counts.left += 1;
    }
  }

  #joined({ peer, resumed, participants }) {
    this.#roster({ participants });
    if (this.peer !== undefined) counts[resumed && peer === this.peer ? 'resumed' : 'strangers'] += 1;
    this.peer = peer;
    this.#attach();
  }

  #attach() {
    this.#failures = 0;
    this.#attached = true;
    counts.attached += 1;
    this.entered();
  }

  #lost() {
    if (this.#attached) counts.attached -= 1;
    this.#attached = false;
    const maxDelayMs = Math.min(BACKOFF_MS.cap, BACKOFF_MS.first * 2 ** this.#failures++);
    setTimeout(() => this.#connect(), Math.random() * maxDelayMs);
  }
}

let peers = [];

/** Maximum clients that connect at a time, to stay below the rate of handshakes. */
const openAll = async (all, atOnce = 100) => {
  const waiting = [...all];
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await next.open();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
};

const COMMANDS = {
  /** Starts `count` clients, spread over the rooms. */
  async gather({ url, token, rooms, count }) {
    peers = Array.from({ length: count }, (_, n) => new LightPeer(url, token, rooms[n % rooms.length]));
    await openAll(peers);
  },
  /** Starts `count` clients that join and leave one room after another, at a total rate per second. */
  async churn({ url, token, rooms, count, perSecond }) {
    peers = Array.from({ length: count }, () => new LightPeer(url, token));
    await openAll(peers);
    const begun = performance.now();
    const walk = async (peer, first) => {
      for (const [n] of rooms.entries()) {
        const due = begun + ((n * count + first) * 1_000) / perSecond;
        await sleep(Math.max(0, due - performance.now()));
        const room = rooms[(n + first) % rooms.length];
        while ((await peer.request({ type: 'join', room })).type !== 'joined') await sleep(RETRY_MS);
        while ((await peer.request({ type: 'leave', room })).type !== 'left') await sleep(RETRY_MS);
      }
    };
    await Promise.all(peers.map(walk));
    return performance.now() - begun;
  },
  /**
   * Each client sends this many signals to each other one in the room, and repeats those that did not arrive: without
   * the SDK, delivery is at most once.
   * @returns how many arrived
   */
  async mesh({ each }) {
    while (peers.some(({ seen }) => seen.size < peers.length)) await sleep(50);
    const signals = peers.flatMap((from) =>
      peers
        .filter((to) => to !== from)
        .flatMap((to) => Array.from({ length: each }, (_, n) => ({ from, to, n, id: `${from.peer} ${n}` }))),
    );
    for (let missing = signals; missing.length > 0; ) {
      for (const { from, to, n } of missing) from.send({ type: 'signal', to: to.peer, kind: 'candidate' }, String(n));
      const least = performance.now() + 5 * RETRY_MS;
      do {
        await sleep(50);
        missing = signals.filter(({ to, id }) => !to.got.has(id));
      } while (missing.length > 0 && performance.now() < least);
    }
    return signals.length;
  },
  counts: () => counts,
};

process.on('message', async ({ id, do: command, with: argument }) => {
  try {
    process.send({ re: id, value: (await COMMANDS[command](argument)) ?? null });
  } catch (error) {
    process.send({ re: id, error: String(error?.stack ?? error) });
  }
});
process.on('disconnect', () => process.exit(0));
