import { expect } from '@jest/globals';
import { FrameJudge } from './frame-judge.js';
import { RawPeer } from './raw-peer.js';
import { Rest } from './rest.js';
import { startTarget } from './target.js';

/** The server under test, and peers for its suites, which are disconnected after each test. */
export class Stage {
  rest!: Rest;
  judge: FrameJudge | undefined;
  private stopTarget = async (): Promise<void> => {};
  private readonly opened: RawPeer[] = [];

  /** @param environment settings of the server, unless `PARLEY_URL` names one */
  async start(environment: Record<string, string> = {}): Promise<void> {
    const { origin, stop } = await startTarget(environment);
    this.rest = new Rest(origin);
    this.stopTarget = stop;
    this.judge = await FrameJudge.of(origin);
  }

  stop(): Promise<void> {
    return this.stopTarget();
  }

  cutAll(): void {
    for (const peer of this.opened.splice(0)) peer.cut();
  }

  /** Opens a socket that has sent nothing yet. */
  async socket(key?: string): Promise<RawPeer> {
    const peer = await new RawPeer(this.rest.signaling, {
      ...(key !== undefined && { key }),
      seen: (header) => this.judge?.see(header),
    }).open();
    this.opened.push(peer);
    return peer;
  }

  /** Connects a new account that has sent `hello`. */
  async welcomed(name = 'Tester'): Promise<Caller> {
    const { accessToken, refreshToken, user } = await this.rest.register(name);
    const peer = await this.socket();
    const welcome = await peer.hello(accessToken);
    expect(welcome.type).toBe('welcome');
    return { peer, token: accessToken, refreshToken, user: user.id, session: welcome['session'] };
  }

  /** Connects two peers in one room, with their ids. */
  async pair() {
    const alice = await this.welcomed('Alice');
    const bob = await this.welcomed('Bob');
    const { id: room } = await this.rest.room(alice.token);
    const first = await alice.peer.request({ type: 'join', room });
    const second = await bob.peer.request({ type: 'join', room });
    await alice.peer.rosterEvent((event) => event.event === 'joined' && event.participant.peer === second['peer']);
    return { alice, bob, room, aliceId: first['peer'] as string, bobId: second['peer'] as string };
  }
}

/** A peer that has received `welcome`. */
export interface Caller {
  readonly peer: RawPeer;
  readonly token: string;
  readonly refreshToken: string;
  readonly user: string;
  readonly session: string;
}
