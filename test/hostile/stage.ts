import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { RawPeer, type ReceivedFrame } from '../protocol/raw-peer.js';
import { type RunningNode, startNode } from '../support/start-node.js';
import { ControlPair } from './control-pair.js';
import { type AddressedRest, restOf } from './rest-of.js';

export const SECRET = 'kT9wQe7xLm2ZpV4sRb8YcN6uHf3JdG5a-hostile-stage';

/** Text that must never be in a log: tokens, keys, addresses of candidates, ICE passwords. */
const SECRETS_IN_LOGS = /eyJ[A-Za-z0-9_-]{10}|Bearer |candidate:|a=ice-pwd|\bsk_|hunter2-hostile/;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs tokens by hand that no library would sign. @param claims or their JSON text */
export const sign = (
  header: object,
  claims: object | string,
  key: string | Buffer = SECRET,
  digest = 'sha256',
): string => {
  const payload = typeof claims === 'string' ? Buffer.from(claims).toString('base64url') : encode(claims);
  const signed = `${encode(header)}.${payload}`;
  return `${signed}.${createHmac(digest, key).update(signed).digest('base64url')}`;
};

export const seconds = (): number => Math.floor(Date.now() / 1000);

/** Makes a token of an issuer that shares the secret. */
export const external = (sub: string, more: object = {}): string =>
  sign(
    { alg: 'HS256', typ: 'JWT' },
    { sub, name: sub, iss: 'parley', aud: 'parley', iat: seconds(), exp: seconds() + 600, ...more },
  );

/** The first frame of a new session. */
export const hello = (token: string, more: object = {}) => ({
  type: 'hello',
  id: '1',
  token,
  key: randomBytes(32).toString('base64url'),
  attempt: 1,
  ...more,
});

/**
 * A node under attack. During every test, two honest clients send signals: the test fails if one of these is
 * not delivered, or the process dies. After the last test, the log must not contain a secret.
 */
export class Stage {
  node!: RunningNode;
  private control!: ControlPair;
  private lastAddress = 0;
  private readonly peers: RawPeer[] = [];

  constructor(readonly environment: Record<string, string>) {}

  async start(): Promise<void> {
    this.node = await startNode({
      JWT_SECRET: SECRET,
      TRUSTED_PROXIES: 'loopback',
      HELLO_TIMEOUT_MS: '1500',
      HEARTBEAT_MS: '500',
      SILENCE_MS: '4000',
      ADDRESS_REQUEST_BURST: '100000',
      METRICS_BURST: '100000',
      ...this.environment,
    });
    this.control = await ControlPair.enter(this.node.url);
  }

  begin(): void {
    this.control.begin();
  }

  async end(): Promise<void> {
    for (const peer of this.peers.splice(0)) peer.cut();
    const delivered = await this.control.end();
    expect(delivered).toBeGreaterThan(0);
    expect(this.node.process.exitCode).toBeNull();
  }

  async stop(): Promise<void> {
    this.control?.close();
    await this.node?.stop();
    const told = this.node
      .output()
      .split('\n')
      .filter((line) => SECRETS_IN_LOGS.test(line));
    expect(told).toEqual([]);
  }

  /** Returns an unused address. */
  newAddress(): string {
    this.lastAddress += 1;
    return `198.51.${100 + Math.floor(this.lastAddress / 250)}.${this.lastAddress % 250}`;
  }

  rest(address = this.newAddress()): AddressedRest {
    return restOf(this.node.url, address);
  }

  get signaling(): string {
    return this.rest('192.0.2.2').signaling;
  }

  /** Opens a socket that has not sent `hello`. */
  async socket(options: { readonly address?: string; readonly key?: string } = {}): Promise<RawPeer> {
    const { address = this.newAddress(), key } = options;
    const peer = new RawPeer(this.signaling, key === undefined ? {} : { key });
    this.peers.push(peer);
    return peer.open(this.signaling, { 'x-forwarded-for': address });
  }

  /** Registers an account and opens its socket. */
  async enter(name = 'Mallory') {
    const rest = this.rest();
    const { accessToken: token, user, refreshToken } = await rest.register(name);
    const peer = await this.socket();
    const welcome = await peer.hello(token);
    if (welcome.type !== 'welcome') throw new Error(JSON.stringify(welcome));
    return { rest, peer, token, refreshToken, user: user.id, session: welcome['session'] as string };
  }

  /** Connects two accounts in a room of the first. */
  async pair() {
    const mallory = await this.enter('Mallory');
    const victim = await this.enter('Victim');
    const { id: room } = await mallory.rest.room(mallory.token);
    const join = async ({ peer }: { peer: RawPeer }) => (await peer.request({ type: 'join', room }))['peer'] as string;
    const malloryId = await join(mallory);
    const victimId = await join(victim);
    await mallory.peer.rosterEvent((event) => event.event === 'joined' && event.participant.peer === victimId);
    return { mallory, victim, room, malloryId, victimId };
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.node.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
  }

  /** The log lines for a security monitor. */
  securityLines(): any[] {
    return this.node
      .output()
      .split('\n')
      .filter((line) => line.includes('"security":true'))
      .map((line) => JSON.parse(line));
  }
}

/** Makes the stage for the tests of a file. */
export const hostileStage = (environment: Record<string, string> = {}): Stage => {
  const stage = new Stage(environment);
  beforeAll(() => stage.start(), 90_000);
  beforeEach(() => stage.begin());
  afterEach(() => stage.end(), 30_000);
  afterAll(() => stage.stop(), 30_000);
  return stage;
};

/** The code of an `error` frame. */
export const codeOf = (frame: ReceivedFrame): string => `${frame.type} ${frame['code']}`;
