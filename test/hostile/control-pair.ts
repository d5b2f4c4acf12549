import { RawPeer } from '../protocol/raw-peer.js';
import { restOf } from './rest-of.js';

/** An address that no attacker uses. */
const HOME = { 'x-forwarded-for': '192.0.2.1' };

/** Two honest clients that send signals continuously, which an attack must not affect. */
export class ControlPair {
  private running: Promise<void> | undefined;
  private stopped = false;
  private delivered = 0;

  private constructor(
    private readonly alice: RawPeer,
    private readonly bob: RawPeer,
    private readonly to: string,
  ) {}

  static async enter(origin: string): Promise<ControlPair> {
    const rest = restOf(origin, '192.0.2.1');
    const [ada, bert] = [await rest.register('Ada'), await rest.register('Bert')];
    const { id: room } = await rest.room(ada.accessToken);
    const enter = async (token: string) => {
      const peer = await new RawPeer(rest.signaling).open(rest.signaling, HOME);
      const welcome = await peer.hello(token);
      if (welcome.type !== 'welcome') throw new Error(`the control pair could not join: ${JSON.stringify(welcome)}`);
      return { peer, id: (await peer.request({ type: 'join', room }))['peer'] as string };
    };
    const alice = await enter(ada.accessToken);
    const bob = await enter(bert.accessToken);
    return new ControlPair(alice.peer, bob.peer, bob.id);
  }

  begin(): void {
    this.stopped = false;
    this.delivered = 0;
    this.running = this.signal();
    // Awaited in end(); until then, a failure must not be an unhandled rejection.
    this.running.catch(() => {});
  }

  /** Stops sending. @returns how many signals arrived @throws if one did not */
  async end(): Promise<number> {
    this.stopped = true;
    await this.running;
    await this.one();
    return this.delivered;
  }

  close(): void {
    this.alice.close();
    this.bob.close();
  }

  private async signal(): Promise<void> {
    while (!this.stopped) {
      await this.one();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private async one(): Promise<void> {
    const body = `signal ${this.delivered}`;
    this.alice.send({ type: 'signal', to: this.to, kind: 'data' }, body);
    const arrived = await this.bob.next((frame) => frame.type === 'signal', body);
    if (arrived.body !== body) throw new Error(`${body} was sent, and ${arrived.body} arrived`);
    this.delivered += 1;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
