import { RawPeer } from '../protocol/raw-peer.js';
import { Rest } from '../protocol/rest.js';
import type { RunningNode } from '../support/start-node.js';

/** The nodes that a scenario runs on, one or several, which must not matter. */
export class Topology {
  private readonly peers: RawPeer[] = [];

  constructor(readonly nodes: RunningNode[]) {}

  /** The n-th node, modulo their number. */
  url(n: number): string {
    return (this.nodes[n % this.nodes.length] as RunningNode).url;
  }

  rest(n = 0): Rest {
    return new Rest(this.url(n));
  }

  /** Registers an account and connects it to the n-th node. */
  async enter(n: number, name: string): Promise<Client> {
    const { accessToken, user } = await this.rest(n).register(name);
    const peer = await new RawPeer(this.rest(n).signaling).open();
    this.peers.push(peer);
    const welcome = await peer.hello(accessToken);
    if (welcome.type !== 'welcome') throw new Error(JSON.stringify(welcome));
    return { peer, token: accessToken, user: user.id, node: welcome['node'] };
  }

  /** Opens another socket of a session on another node, with the next attempt; the old one stays open. */
  async again(client: Client, n: number): Promise<Client> {
    const peer = await this.socket(client, n, client.peer.attempt);
    const welcome = await peer.hello(client.token);
    if (welcome.type !== 'welcome') throw new Error(JSON.stringify(welcome));
    return { ...client, peer, node: welcome['node'] };
  }

  /** Opens another socket of a session that has not sent `hello`; `attempt` is the last one used. */
  async socket(client: Client, n: number, attempt: number): Promise<RawPeer> {
    const peer = new RawPeer(this.rest(n).signaling, { key: client.peer.key });
    peer.attempt = attempt;
    this.peers.push(peer);
    return peer.open();
  }

  /** Closes every socket that the scenario opened. */
  clear(): void {
    for (const peer of this.peers.splice(0)) peer.cut();
  }
}

export interface Client {
  readonly peer: RawPeer;
  readonly token: string;
  readonly user: string;
  readonly node: string;
}

/** Connects Alice to the first node and Bob to the second, in a room of Alice. */
export const pair = async (t: Topology) => {
  const alice = await t.enter(0, 'Alice');
  const bob = await t.enter(1, 'Bob');
  const { id: room } = await t.rest().room(alice.token);
  const a = await alice.peer.request({ type: 'join', room });
  const b = await bob.peer.request({ type: 'join', room });
  await alice.peer.rosterEvent((e) => e.event === 'joined' && e.participant.peer === b['peer']);
  return { alice, bob, room, aliceId: a['peer'] as string, bobId: b['peer'] as string };
};
