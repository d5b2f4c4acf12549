import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PEERJS_SCENARIOS } from '../scenarios/peerjs.js';
import { PeerjsPeer } from '../scenarios/peerjs-peer.js';
import { Topology } from '../scenarios/topology.js';
import { type RunningNode, startNode } from '../support/start-node.js';

describe('PeerServer on one node', () => {
  let node: RunningNode | undefined;
  let topology = new Topology([]);
  beforeAll(async () => {
    node = await startNode();
    topology = new Topology([node]);
  }, 120_000);
  afterAll(() => node?.stop());

  it.each(Object.entries(PEERJS_SCENARIOS))('%s', (_name, scenario) => scenario(topology));
});

describe('PeerServer with settings', () => {
  it('separates the ids of each key, and lists them if discovery is on', async () => {
    const node = await startNode({ PEERJS_PATH: '/call/here', PEERJS_KEYS: 'one,two', PEERJS_DISCOVERY: 'on' });
    const join = (key: string) => PeerjsPeer.join(node.url, { id: 'ada', key, token: key }, '/call/here/');
    await Promise.all([join('one'), join('two')]);
    const list = async (key: string) => {
      const answer = await fetch(`${node.url}/call/here/${key}/peers`);
      return [answer.status, answer.status === 200 ? await answer.json() : undefined];
    };
    expect(await list('one')).toEqual([200, ['ada']]);
    expect(await list('three')).toEqual([401, undefined]);
    expect((await fetch(`${node.url}/peerjs/id`)).status).toBe(404);
    await node.stop();
  }, 60_000);

  it('is not served when it is off, and requires a token in production', async () => {
    const off = await startNode({ PEERJS: 'off' });
    const nobody = new PeerjsPeer(off.url, { id: 'ada' });
    await nobody.closes();
    expect(nobody.end).toBe(404);
    expect((await fetch(`${off.url}/peerjs/peerjs/id`)).status).toBe(404);
    await off.stop();
    const production = await startNode({ NODE_ENV: 'production' });
    expect(await new PeerjsPeer(production.url, { id: 'ada' }).closes()).toEqual([{ type: 'INVALID-KEY' }]);
    await production.stop();
  }, 120_000);

  it('refuses to start with an invalid setting', async () => {
    await expect(startNode({ PEERJS_PATH: '/' })).rejects.toThrow('PEERJS_PATH must be a path');
  }, 60_000);
});
