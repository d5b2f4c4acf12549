import { RawPeer } from '../protocol/raw-peer.js';
import { Rest } from '../protocol/rest.js';
import type { RunningNode } from '../support/start-node.js';

/** The nodes that a scenario runs on: one or several, it must not matter. */
export class Topology {
  private readonly peers: RawPeer[] = [];

  constructor(readonly nodes: RunningNode[]) {}

  /** The n-th node, counted round. */
  url(n: number): string {
    return (this.nodes[n % this.nodes.length] as RunningNode).url;
  }

  rest(n = 0): Rest {
    return new Rest(this.url(n));
  }

  /** A fresh account with a socket on the n-th node, welcomed. */
  async enter(n: number, name: string): Promise<Client> {
    const { accessToken, user } = await this.rest(n).register(name);
    const peer = await new RawPeer(this.rest(n).signaling).open();
    this.peers.push(peer);
    const welcome = await peer.hello(accessToken);
    if (welcome.type !== 'welcome') throw new Error(JSON.stringify(welcome));
    return { peer, token: accessToken, user: user.id, node: welcome['node'] };
  }

  /** A socket of the same session on another node, with the next attempt; the old one is left as it is. */
  async again(client: Client, n: number): Promise<Client> {
    const peer = await this.socket(client, n, client.peer.attempt);
    const welcome = await peer.hello(client.token);
    if (welcome.type !== 'welcome') throw new Error(JSON.stringify(welcome));
    return { ...client, peer, node: welcome['node'] };
  }

  /** A socket of the same session on another node that has not said hello; `attempt` is the last one used. */
  async socket(client: Client, n: number, attempt: number): Promise<RawPeer> {
    const peer = new RawPeer(this.rest(n).signaling, { key: client.peer.key });
    peer.attempt = attempt;
    this.peers.push(peer);
    return peer.open();
  }

  /** Ends every socket that the scenario opened. */
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

/** Alice on the first node and Bob on the second, in a room that Alice made. */
export const pair = async (t: Topology) => {
  const alice = await t.enter(0, 'Alice');
  const bob = await t.enter(1, 'Bob');
  const { id: room } = await t.rest().room(alice.token);
  const a = await alice.peer.request({ type: 'join', room });
  const b = await bob.peer.request({ type: 'join', room });
  await alice.peer.rosterEvent((e) => e.event === 'joined' && e.participant.peer === b['peer']);
  return { alice, bob, room, aliceId: a['peer'] as string, bobId: b['peer'] as string };
};
