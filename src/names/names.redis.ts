import { readFileSync } from 'node:fs';
import type { NodeId } from '@parley/protocol';
import type { RedisKeys } from '../redis/keys.js';
import type { RedisCommands, Reply, Script } from '../redis/redis-commands.js';
import {
  type Claim,
  type ClaimResult,
  NAME_TIMERS,
  type NameKey,
  type Names,
  NamesUnavailable,
  type NameTimers,
  type QueuedMessage,
  type RouteResult,
} from './names.js';

const SCRIPTS = ['claim', 'release', 'route', 'withdraw'] as const;
/** Keys of every script: the name, its messages. */
const KEYS = 2;

/** Names in Redis. A name and its messages share a slot, so that each step is one script. */
export class RedisNames implements Names {
  private readonly scripts: Readonly<Record<(typeof SCRIPTS)[number], Script>>;

  constructor(
    private readonly redis: { readonly commands: RedisCommands; readonly keys: RedisKeys },
    private readonly timers: Pick<NameTimers, 'nameTtlMs' | 'expireMs'> = NAME_TIMERS,
  ) {
    const load = (name: string) => {
      const lua = readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');
      return [name, redis.commands.script(`parley:name-${name}`, lua, KEYS)];
    };
    this.scripts = Object.fromEntries(SCRIPTS.map(load));
  }

  get available(): boolean {
    return this.redis.commands.available;
  }

  claim(key: NameKey, claim: Claim, gone?: NodeId): Promise<ClaimResult> {
    return this.take(key, claim, gone ?? '', 'claim');
  }

  renew(key: NameKey, claim: Claim): Promise<ClaimResult> {
    return this.take(key, claim, '', 'renew');
  }

  async release(key: NameKey, connection: string): Promise<boolean> {
    return (await this.run(() => this.scripts.release(...this.keysOf(key), connection))) === 1;
  }

  async route(key: NameKey, { from, body }: QueuedMessage, max: number, gone?: NodeId): Promise<RouteResult> {
    const ttlMs = 2 * this.timers.expireMs;
    const reply = await this.run(() => this.scripts.route(...this.keysOf(key), from, body, max, ttlMs, gone ?? ''));
    const [kind, node, connection] = reply as ['held' | 'queued' | 'full', NodeId, string];
    return kind === 'held' ? { kind, node, connection } : { kind };
  }

  async withdraw(key: NameKey, from: string): Promise<number> {
    return Number(await this.run(() => this.scripts.withdraw(...this.keysOf(key), from)));
  }

  private async take(key: NameKey, claim: Claim, gone: string, how: 'claim' | 'renew'): Promise<ClaimResult> {
    const { node, connection, proof } = claim;
    const values = [node, connection, proof, this.timers.nameTtlMs, gone, how];
    const reply = await this.run(() => this.scripts.claim(...this.keysOf(key), ...values));
    const [kind, before, connectionBefore, messages] = reply as ['claimed' | 'taken', NodeId, string, string[]];
    if (kind === 'taken') return { kind, node: before };
    const replaced = connectionBefore === '' ? undefined : { node: before, connection: connectionBefore };
    return { kind, messages: messages.map(readQueuedMessage), replaced };
  }

  private keysOf({ tenant, name }: NameKey): [string, string] {
    return [this.redis.keys.name(tenant, name), this.redis.keys.queuedMessages(tenant, name)];
  }

  private async run(act: () => Promise<Reply>): Promise<Reply> {
    try {
      return await act();
    } catch (error) {
      throw new NamesUnavailable(error instanceof Error ? error.message : 'Redis failed', { cause: error });
    }
  }
}

const readQueuedMessage = (text: string): QueuedMessage => {
  const end = text.indexOf(' ');
  return { from: text.slice(0, end), body: text.slice(end + 1) };
};
