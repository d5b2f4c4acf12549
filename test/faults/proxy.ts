import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { resetSocket } from '../support/reset-socket.js';
import { type Faults, ProxiedStream } from './proxied-stream.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

interface Link {
  readonly client: Socket;
  server: Socket | undefined;
  streams: readonly ProxiedStream[];
  bytes: number;
  /** One side has closed, and the other does not know because the path is dead. */
  orphaned: boolean;
}

/**
 * A TCP proxy that injects network faults. It runs in the process of the test; faults apply to open and new connections
 * at once.
 */
export class FaultProxy {
  private faults: Faults = {};
  private readonly links = new Set<Link>();
  private readonly server: Server;
  private turn = 0;

  private constructor(private readonly targets: () => readonly Address[]) {
    this.server = createServer((client) => this.accept(client));
  }

  /** @param targets called for each connection; they are used in turn, and one that refuses is skipped */
  static async start(targets: () => readonly Address[]): Promise<FaultProxy> {
    const proxy = new FaultProxy(targets);
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get size(): number {
    return this.links.size;
  }

  /** Replaces the faults of the path. A stream that lost bytes is reset when they would flow again. */
  set(faults: Faults): void {
    this.faults = faults;
    for (const link of [...this.links]) {
      if (link.streams.some((stream) => stream.torn && !stream.drops) || (link.orphaned && !this.isDead))
        this.reset(link);
      else for (const stream of link.streams) stream.pump();
    }
  }

  /** Removes all faults. */
  heal(): void {
    this.set({});
  }

  /** Resets connections (RST). @param share of them, from 0 to 1 */
  cut(share = 1, random: () => number = Math.random): void {
    for (const link of [...this.links]) if (share === 1 || random() < share) this.reset(link);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const link of [...this.links]) this.reset(link);
    await closed;
  }

  private get isDead(): boolean {
    return this.faults.blackhole === 'both';
  }

  private accept(client: Socket): void {
    const link: Link = { client, server: undefined, streams: [], bytes: 0, orphaned: false };
    this.links.add(link);
    client.setNoDelay(true);
    client.on('error', () => {});
    client.on('close', () => this.gone(link));
    // Accepted and ignored: the target behind a dead path does not notice.
    if (this.isDead) {
      link.orphaned = true;
      client.resume();
      return;
    }
    const all = this.targets();
    const first = this.turn++ % Math.max(1, all.length);
    this.connectTo(link, [...all.slice(first), ...all.slice(0, first)]);
  }

  private connectTo(link: Link, [target, ...others]: readonly Address[]): void {
    if (target === undefined) return this.reset(link);
    const server = connect(target.port, target.host);
    server.setNoDelay(true);
    server.once('error', () => {
      if (link.server === undefined && this.links.has(link)) this.connectTo(link, others);
    });
    server.once('connect', () => {
      if (!this.links.has(link)) return server.destroy();
      link.server = server;
      const count = (bytes: number) => this.count(link, bytes);
      const faults = () => this.faults;
      link.streams = [
        new ProxiedStream('up', link.client, server, faults, count),
        new ProxiedStream('down', server, link.client, faults, count),
      ];
      server.on('error', () => {});
      server.on('close', () => this.gone(link));
    });
  }

  private count(link: Link, bytes: number): void {
    link.bytes += bytes;
    if (link.bytes > (this.faults.limitBytes ?? Number.POSITIVE_INFINITY)) this.reset(link);
  }

  private gone(link: Link): void {
    if (!this.links.has(link)) return;
    if (this.isDead) link.orphaned = true;
    else this.reset(link, link.client.errored === null && (link.server?.errored ?? null) === null);
  }

  private reset(link: Link, gently = false): void {
    this.links.delete(link);
    for (const stream of link.streams) stream.close(gently);
    for (const socket of [link.client, link.server]) {
      if (socket === undefined || socket.destroyed) continue;
      if (gently) socket.destroySoon();
      else resetSocket(socket);
    }
  }
}
