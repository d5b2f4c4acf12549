import { RawPeer } from '../protocol/raw-peer.js';
import { Rest } from '../protocol/rest.js';

/** Somebody who is about to be put out, and does everything not to be. */
export class Victim {
  /** What becomes of their later attempts. */
  expected: 'banned' | 'removed' = 'removed';
  private readonly peers: RawPeer[] = [];
  /** Sockets that were let into the room. */
  private readonly joined = new Set<RawPeer>();
  private readonly key = new RawPeer('').key;
  private attempt = 0;

  /** @param urls of the nodes, the one that they begin on first */
  constructor(
    private readonly urls: readonly string[],
    readonly room: string,
    readonly user: string,
    private token: string,
    private refreshToken?: string,
  ) {}

  get isGuest(): boolean {
    return this.refreshToken !== undefined;
  }

  /** @returns what was answered last: `joined`, or an error's code */
  async enter(node = 0, key = this.key): Promise<string> {
    try {
      const peer = new RawPeer(`${this.urls[node % 3]?.replace('http', 'ws')}/v1/signaling`, { key });
      this.peers.push(peer);
      this.attempt += 1;
      peer.attempt = this.attempt;
      await peer.open();
      const closed = peer.closed().then((code) => Promise.reject(new Error(`closed with ${code}`)));
      let last = await Promise.race([peer.hello(this.token), closed]);
      if (last.type === 'welcome') last = await Promise.race([peer.request({ type: 'join', room: this.room }), closed]);
      if (last.type === 'joined') this.joined.add(peer);
      return last.type === 'error' ? (last['code'] as string) : last.type;
    } catch {
      // Closed before an answer: what was asked is not known to have been done.
      return 'closed';
    }
  }

  /** One way of the many to be in a room. */
  async act(kind: number): Promise<void> {
    switch (kind % 6) {
      case 0:
        await this.enter(1);
        return;
      case 1:
        this.peers.at(-1)?.cut();
        await this.enter(0);
        return;
      case 2:
        await this.enter(2, new RawPeer('').key);
        return;
      case 3:
        await Promise.all([this.enter(1), this.enter(2)]);
        return;
      case 4:
        this.refresh();
        await this.exchange();
        await this.enter(1);
        return;
      default:
        await this.enter(1);
        this.peers.at(-1)?.cut();
        await this.enter(2);
    }
  }

  /** From the beginning, with the token that they have. Undefined: the node cannot say now. */
  async retry(node: number): Promise<string | undefined> {
    const answer = await this.enter(node, new RawPeer('').key);
    return answer === 'unavailable' ? undefined : answer;
  }

  /** Whether each socket that was in the room was told, or is closed. */
  get isNotified(): boolean {
    return [...this.joined].every(
      ({ closeCode, unread }) => closeCode !== undefined || unread.some(({ type }) => type === 'removed'),
    );
  }

  close(): void {
    for (const peer of this.peers.splice(0)) peer.cut();
  }

  /** The open socket takes the token once more. */
  private refresh(): void {
    this.peers.at(-1)?.send({ type: 'refresh', id: 'again', token: this.token });
  }

  /** A guest's refresh token, used up at that moment. */
  private async exchange(): Promise<void> {
    if (this.refreshToken === undefined) return;
    try {
      const answer = await new Rest(this.urls[2] as string).call('POST', '/v1/auth/refresh', {
        refreshToken: this.refreshToken,
      });
      this.token = answer.accessToken;
    } catch {
      // It was ended first.
    }
  }
}
