import { RawPeer } from '../protocol/raw-peer.js';
import { Rest } from '../protocol/rest.js';

/** A user who is about to be removed, and tries everything to stay. */
export class Victim {
  /** Outcomes of their later attempts. */
  expected: 'banned' | 'removed' = 'removed';
  private readonly peers: RawPeer[] = [];
  /** Sockets that joined the room. */
  private readonly joined = new Set<RawPeer>();
  private readonly key = new RawPeer('').key;
  private attempt = 0;

  /** @param urls of the nodes, starting with the first one to use */
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

  /** @returns the last answer: `joined`, or an error code */
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
      // Closed before an answer: the outcome of the request is unknown.
      return 'closed';
    }
  }

  /** One of many ways to be in a room. */
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

  /** Starts a new session with the current token. @returns undefined if the node is unavailable now */
  async retry(node: number): Promise<string | undefined> {
    const answer = await this.enter(node, new RawPeer('').key);
    return answer === 'unavailable' ? undefined : answer;
  }

  /** Whether each socket that was in the room was notified or is closed. */
  get isNotified(): boolean {
    return [...this.joined].every(
      ({ closeCode, unread }) => closeCode !== undefined || unread.some(({ type }) => type === 'removed'),
    );
  }

  close(): void {
    for (const peer of this.peers.splice(0)) peer.cut();
  }

  /** Refreshes the token on the open socket. */
  private refresh(): void {
    this.peers.at(-1)?.send({ type: 'refresh', id: 'again', token: this.token });
  }

  /** Exchanges a guest's refresh token at that moment. */
  private async exchange(): Promise<void> {
    if (this.refreshToken === undefined) return;
    try {
      const answer = await new Rest(this.urls[2] as string).call('POST', '/v1/auth/refresh', {
        refreshToken: this.refreshToken,
      });
      this.token = answer.accessToken;
    } catch {
      // The session had ended before.
    }
  }
}
