import { describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import type { Client } from './clients.js';
import type { NodeSlot } from './fleet.js';
import { commandNode, NODE_SIDE, STEPS_OF_TALK } from './node-side.js';
import { useStage } from './stage.js';

const isDead = (slot: NodeSlot) => until(() => slot.node?.process.signalCode === 'SIGKILL');

describe('F02: a node that is killed at one step of its work', () => {
  const stage = useStage({ environment: NODE_SIDE });
  let account: { token: string; room: string };
  let clients: Client[];
  let gone: string[];

  /** The client and the action that bring the node to the step. */
  interface Cause {
    /** The node to kill: that of this client, or another one. */
    readonly at: 'its node' | 'another node';
    act(client: Client, victim: NodeSlot): Promise<unknown>;
  }
  const elsewhere = (own: NodeSlot): NodeSlot => stage.fleet.slots.find((slot) => slot !== own) as NodeSlot;
  const talking: Cause = { at: 'its node', act: async () => {} };
  const talkingToAnother: Cause = {
    at: 'its node',
    // Earlier kills may have moved all clients to one node, and then no signal leaves it.
    act: async (client, victim) => {
      const others = clients.filter((other) => other !== client);
      for (const other of others) if ((await stage.slotOf(other)) !== victim) return;
      await stage.move(others[0] as Client, elsewhere(victim));
    },
  };
  const going: Cause = { at: 'its node', act: (client) => client.command('cut') };
  const coming: Cause = {
    at: 'another node',
    act: async (client, victim) => {
      stage.fleet.only = victim;
      await client.command('cut');
      await isDead(victim);
      stage.fleet.only = undefined;
    },
  };
  const leaving: Cause = {
    at: 'its node',
    act: async (_client, victim) => {
      const leaver = await stage.connect(account, victim);
      const self = await leaver.self();
      gone.push(self);
      for (const other of clients) await other.until(({ roster }) => roster?.[self] === 'on');
      await leaver.leave();
    },
  };
  const told = (name: NodeJS.Signals): Cause => ({
    at: 'its node',
    act: async (_client, { node }) => node?.process.kill(name),
  });

  const ROWS: Readonly<Record<string, readonly [step: string, cause: Cause][]>> = {
    'of signals, leases and comparisons': STEPS_OF_TALK.map((step) => [
      step,
      /forward|publish/.test(step) ? talkingToAnother : talking,
    ]),
    'of coming in, going out and leaving': [
      ['after_claim_before_welcome', coming],
      ['before_attach', coming],
      ['after_attach_before_joined', coming],
      ['before_detach', going],
      ['after_detach', going],
      ['before_leave', leaving],
      ['after_leave_before_left', leaving],
    ],
    'of its own end': [
      ['mid_drain', told('SIGTERM')],
      ['before_retire', told('SIGINT')],
      ['after_retire', told('SIGINT')],
    ],
  };

  it.each(Object.entries(ROWS))(
    '%s: every signal has its result, no other peer leaves, and all are there in the end',
    async (_row, steps) => {
      account = await stage.fleet.account();
      gone = [];
      clients = [];
      for (let n = 0; n < 3; n += 1) clients.push(await stage.connect(account, stage.fleet.slot(n)));
      for (const client of clients) await client.command('talk', { everyMs: 60 });
      for (const [n, [step, { at, act }]] of steps.entries()) {
        const client = clients[n % clients.length] as Client;
        for (const each of clients) await each.until(({ attached }) => attached);
        const own = await stage.slotOf(client);
        const victim = at === 'its node' ? own : elsewhere(own);
        await commandNode(victim.node!, 'arm', step);
        await act(client, victim);
        await isDead(victim);
        await stage.fleet.kill(victim);
        await stage.fleet.boot(victim);
        await stage.fleet.whenReady();
      }
      for (const client of clients) await client.command('hush');
      for (const client of clients) await client.send(3);
      await stage.judge();
      for (const client of clients) {
        const { rosterEvents } = await client.until(({ roster }) => Object.values(roster ?? {}).join() === 'on,on,on');
        const left = rosterEvents.filter(({ event }) => event === 'left').map(({ of }) => of);
        expect([...left].sort()).toEqual([...gone].sort());
      }
    },
    180_000,
  );

  it('of a sweep, after its last room: another node completes the sweep', async () => {
    const clients = (await stage.room(3)) as [Client, Client, Client];
    const orphan = await clients[2].self();
    const [one, two, three] = stage.fleet.slots as [NodeSlot, NodeSlot, NodeSlot];
    // The client does not return, so the sweep has to find its peer.
    await clients[2].crash(true);
    for (const slot of [one, two]) await commandNode(slot.node!, 'arm', 'after_look_before_settle');
    await stage.fleet.kill(three);
    const victim = await until(() => [one, two].find(({ node }) => node?.process.signalCode === 'SIGKILL'));
    await commandNode((victim === one ? two : one).node!, 'arm', undefined);
    await stage.fleet.kill(victim);
    for (const client of clients.slice(0, 2)) {
      await client.send(3);
      const { rosterEvents } = await client.until(({ roster }) => Object.values(roster ?? {}).join() === 'on,on');
      const left = rosterEvents.filter(({ event }) => event === 'left');
      expect(left).toEqual([{ event: 'left', of: orphan, reason: 'expired' }]);
    }
    await stage.judge();
  }, 90_000);

  it('of a chat message: it is stored once, and its sender gets the reply', async () => {
    const [writer] = (await stage.room(1)) as [Client];
    for (const step of ['before_commit', 'after_commit_before_ack']) {
      const victim = await stage.slotOf(writer);
      await commandNode(victim.node!, 'arm', step);
      const written = writer.command('chat', { text: step });
      await isDead(victim);
      await stage.fleet.kill(victim);
      const { id } = await written;
      const { messages } = await writer.command('history');
      expect(messages.filter(({ text }: { text: string }) => text === step)).toMatchObject([{ id }]);
    }
    await stage.judge();
  }, 90_000);
});
