import { type ClientMessageType, DEFAULT_LIMITS, type Limits, type PeerId, type RoomId } from '@parley/protocol';
import { MemoryBusHub } from '../../src/bus/bus.memory.js';
import { MemoryPresenceStore } from '../../src/presence/memory/presence.memory.js';
import type { TokenBucket } from '../../src/rate-limit/token-bucket.js';
import { parseClientMessage } from '../../src/signaling/codec/client-message.schema.js';
import type { HandlerContext } from '../../src/signaling/messages/handler-context.js';
import type { Handler } from '../../src/signaling/messages/handlers/handler.js';
import { handleHello } from '../../src/signaling/messages/handlers/hello.js';
import { handleJoin } from '../../src/signaling/messages/handlers/join.js';
import { type MemoryClient, MemoryNode } from './memory-node.js';

export const ROOM = 'r1' as RoomId;

/** A client in {@link ROOM}. */
export interface Entered {
  readonly client: MemoryClient;
  readonly peer: PeerId;
}

/** A node whose handlers a spec calls directly: no socket, no router, and an error of a handler reaches the spec. */
export class HandlerFixture {
  private frozenAt: number | undefined;

  private constructor(
    readonly node: MemoryNode,
    readonly store: MemoryPresenceStore,
  ) {}

  static async start(limits: Partial<Limits> = {}): Promise<HandlerFixture> {
    const store = new MemoryPresenceStore();
    const node = await new MemoryNode(store, new MemoryBusHub(), { ...DEFAULT_LIMITS, ...limits }).start();
    return new HandlerFixture(node, store);
  }

  get context(): HandlerContext {
    const { frozenAt } = this;
    return frozenAt === undefined ? this.node.services : { ...this.node.services, now: () => frozenAt };
  }

  /** Empties a rate limit, and stops the clock so that it stays empty. */
  exhaust(bucket: TokenBucket): void {
    const now = this.node.services.now();
    while (bucket.take(now));
    this.frozenAt = now;
  }

  stop(): Promise<void> {
    return this.node.stop();
  }

  /** Calls a handler with a message as the parser returns it. Rejects with the handler's error. */
  async run<T extends ClientMessageType>(
    handler: Handler<T>,
    client: MemoryClient,
    message: { readonly type: T; readonly [field: string]: unknown },
    body?: string,
    tail?: string,
  ): Promise<void> {
    const parsed = parseClientMessage(JSON.stringify(message)) as Parameters<Handler<T>>[0];
    const bytes = (text: string | undefined) => (text === undefined ? undefined : Buffer.from(text));
    const rest = bytes(tail);
    await handler(parsed, client.session, this.context, bytes(body), ...(rest === undefined ? [] : [rest]));
  }

  /** Connects a client that has sent `hello`. */
  async welcome(user: string, options: { key?: string; attempt?: number } = {}): Promise<MemoryClient> {
    const client = this.node.connect(user, options);
    const { key, attempt } = client;
    await this.run(handleHello, client, { type: 'hello', id: 'hello', token: user, key, attempt });
    return client;
  }

  /** Connects a client in a room. */
  async enter(user: string, room: string = ROOM): Promise<Entered> {
    const client = await this.welcome(user);
    await this.run(handleJoin, client, { type: 'join', id: 'join', room });
    return { client, peer: client.session.rooms.get(room as RoomId) as PeerId };
  }

  /** Revokes permissions of a peer, as a moderator does. */
  restrict(peer: PeerId, permissions: { publish?: false; chat?: false }): void {
    const binding = this.context.rooms.binding(peer);
    if (binding === undefined) throw new Error(`${peer} is not here`);
    binding.participant = { ...binding.participant, ...permissions };
  }
}

/** The header of the last frame that a client received. */
export const lastFrame = (client: MemoryClient): any => client.socket.messages().at(-1);
