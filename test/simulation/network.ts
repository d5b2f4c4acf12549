import type { WebSocketLike } from '../../client/src/options.js';
import type { Session } from '../../src/signaling/session/session.js';
import type { ClientSocket } from '../../src/websocket/client-socket.js';
import { Wire } from './wire.js';
import type { Actor, World } from './world.js';

/** What takes sockets: a node, as the balancer sees it. */
export interface Listener {
  readonly actor: Actor;
  /** False: the port is closed, or answers 503. */
  readonly listening: boolean;
  accept(socket: ClientSocket): Session;
}

/** The state of the network as one client has it. */
export interface Path {
  readonly actor: Actor;
  /** What holds for all sockets of this client, new ones too. */
  upHeld: boolean;
  downHeld: boolean;
  /** The page does not read, and what comes for it counts so many times its size. */
  reading: boolean;
  extraMs: number;
  /** For so long the bytes of the next socket wait on their way to the node. */
  holdNextMs: number;
  /** Every `hello` that was said. */
  readonly hellos: string[];
}

/** A frame on its way up: undefined when it is lost there. */
export type Rewrite = (frame: string, socket: SimulatedSocket) => string | undefined;

const UNREAD_SCALE = 400;

/** The way between clients and nodes: a balancer, and sockets of which everything can break. */
export class Network {
  readonly sockets = new Set<SimulatedSocket>();
  baseMs = 5;
  jitterMs = 20;
  /** For mutants of the SDK: what it says, changed. */
  rewrite: Rewrite = (frame) => frame;

  constructor(
    readonly world: World,
    readonly listeners: () => readonly Listener[],
  ) {}

  pathOf(actor: Actor): Path {
    return { actor, upHeld: false, downHeld: false, reading: true, extraMs: 0, holdNextMs: 0, hellos: [] };
  }

  delay(path: Path): number {
    return this.baseMs + path.extraMs + this.world.random.next() * (this.jitterMs + path.extraMs);
  }

  /** A class to give to the SDK of this client. */
  webSocket(path: Path): new (url: string, protocols: string) => WebSocketLike {
    const network = this;
    return class extends SimulatedSocket {
      constructor() {
        super(network, path);
      }
    };
  }

  of(path: Path): SimulatedSocket[] {
    return [...this.sockets].filter((socket) => socket.path === path);
  }

  at(node: Actor): SimulatedSocket[] {
    return [...this.sockets].filter((socket) => socket.listener?.actor === node);
  }

  /** After a change of a path's state. */
  apply(path: Path): void {
    for (const socket of this.of(path)) socket.follow();
  }
}

/** One WebSocket: the client's end, the node's end, and two wires between. */
export class SimulatedSocket implements WebSocketLike {
  readyState = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly listener: Listener | undefined;
  private readonly up: Wire | undefined;
  private readonly down: Wire | undefined;
  private session: Session | undefined;
  private holdUpUntil = 0;
  private nodeOver = false;

  constructor(
    private readonly network: Network,
    readonly path: Path,
  ) {
    const { world } = network;
    const open = network.listeners().filter(({ listening, actor }) => listening && actor.alive);
    // A balancer learns of a dead node only after a while.
    this.listener = open.length === 0 || world.random.chance(0.05) ? undefined : world.random.of(open);
    if (this.listener === undefined) {
      world.at(path.actor, network.delay(path), () => this.ended(1006));
      return;
    }
    const { actor } = this.listener;
    network.sockets.add(this);
    this.up = new Wire(world, actor, () => network.delay(path));
    this.down = new Wire(world, path.actor, () => network.delay(path));
    if (path.holdNextMs > 0) {
      this.holdUpUntil = world.now + path.holdNextMs;
      world.later(path.holdNextMs, () => this.follow());
      path.holdNextMs = 0;
    }
    this.follow();
    const { listener } = this;
    // The handshake is let through by a hold of the bytes behind it.
    world.at(actor, network.delay(path) + (path.upHeld ? 60_000 : 0), () => {
      if (!listener.listening) return this.down?.put(0, () => this.ended(1006));
      this.session = listener.accept(new NodeEnd(this));
      this.down?.put(0, () => {
        if (this.readyState !== 0) return;
        this.readyState = 1;
        this.onopen?.({} as never);
      });
    });
  }

  get bufferedAmount(): number {
    return this.up?.isHeld ? this.up.bytes : 0;
  }

  get unread(): number {
    return (this.down?.bytes ?? 0) * (this.path.reading ? 1 : UNREAD_SCALE);
  }

  send(text: string): void {
    const frame = this.network.rewrite(text, this);
    if (frame === undefined) return;
    if (frame.startsWith('{"type":"hello"')) this.path.hellos.push(frame);
    this.up?.put(frame.length, () => this.session?.receive(Buffer.from(frame)));
  }

  close(): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    // What was sent before still arrives, however late: a `hello` too.
    this.up?.put(0, () => this.nodeEnded());
  }

  terminate(): void {
    this.readyState = 3;
    this.up?.put(0, () => this.nodeEnded());
  }

  /** Both ends learn that the connection is gone, soon, and what was under way is lost. */
  reset(): void {
    const { world } = this.network;
    this.up?.lose();
    this.down?.lose();
    const { listener } = this;
    if (listener !== undefined) world.at(listener.actor, world.random.between(0, 50), () => this.nodeEnded());
    world.at(this.path.actor, world.random.between(0, 50), () => this.ended(1006));
  }

  /** Nobody learns anything, and nothing passes any more. */
  vanish(up: boolean, down: boolean): void {
    if (up) this.up?.lose();
    if (down) this.down?.lose();
  }

  /** The state of the path, as it is now. */
  follow(): void {
    const { up, down, path, network } = this;
    if (path.upHeld || this.holdUpUntil > network.world.now) up?.hold();
    else up?.release();
    if (path.downHeld || !path.reading) down?.hold();
    else down?.release();
  }

  /** A frame from the node. */
  fromNode(text: string): void {
    this.down?.put(text.length, () => {
      if (this.readyState === 1) this.onmessage?.({ data: text } as never);
    });
  }

  closedByNode(code: number): void {
    if (this.nodeOver) return;
    this.nodeOver = true;
    this.down?.put(0, () => this.ended(code));
    if (code === 1006) this.up?.lose();
  }

  private nodeEnded(): void {
    this.network.sockets.delete(this);
    this.session?.closed();
  }

  private ended(code: number): void {
    const told = this.readyState === 3;
    this.readyState = 3;
    this.network.sockets.delete(this);
    if (!told) this.onclose?.({ code } as never);
  }
}

/** What the node's session writes to. */
class NodeEnd implements ClientSocket {
  constructor(private readonly socket: SimulatedSocket) {}

  send(frame: Buffer | string): void {
    this.socket.fromNode(frame.toString());
  }

  /** Not seen by the SDK, which has the feature `heartbeat`. */
  ping(): void {}

  /** Only bridges stop reading. */
  pause(): void {}

  resume(): void {}

  get bufferedBytes(): number {
    return this.socket.unread;
  }

  close(code: number): void {
    this.socket.closedByNode(code);
  }

  terminate(): void {
    this.socket.closedByNode(1006);
  }
}
