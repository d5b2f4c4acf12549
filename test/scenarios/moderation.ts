import { expect } from '@jest/globals';
import { pair, type Topology } from './topology.js';

const fault = (code: string) => ({ type: 'error', code });

/** Moderation, on one node and on several. */
export const MODERATION: Readonly<Record<string, (t: Topology) => Promise<void>>> = {
  'who is kicked goes at once, and comes back with a newer token and a fresh key alone': async (t) => {
    const { alice, bob, room, bobId } = await pair(t);
    expect(await alice.peer.request({ type: 'kick', room, peer: bobId })).toMatchObject({ type: 'done' });
    expect(await bob.peer.next('removed')).toMatchObject({ room, reason: 'removed' });
    const left = await alice.peer.rosterEvent((e) => e.event === 'left');
    expect(left).toEqual({ event: 'left', peer: bobId, reason: 'removed' });
    for (const node of [0, 1, 2]) {
      const again = await t.again(bob, node);
      bob.peer.attempt = again.peer.attempt;
      expect(await again.peer.request({ type: 'join', room })).toMatchObject(fault('removed'));
    }
  },

  'who is banned stays out, on every node, until the ban is lifted': async (t) => {
    const { alice, bob, room, bobId } = await pair(t);
    await alice.peer.request({ type: 'kick', room, peer: bobId, ban: true, reason: 'Shouting' });
    expect(await bob.peer.next('removed')).toMatchObject({ room, reason: 'removed' });
    for (const node of [0, 1, 2]) {
      const again = await t.again(bob, node);
      bob.peer.attempt = again.peer.attempt;
      expect(await again.peer.request({ type: 'join', room })).toMatchObject(fault('banned'));
    }
    const { bans } = await t.rest(2).call('GET', `/v1/rooms/${room}/bans`, undefined, alice.token);
    expect(bans).toMatchObject([{ user: bob.user, reason: 'Shouting', by: alice.user, until: null }]);
    await t.rest(1).call('DELETE', `/v1/rooms/${room}/bans/${bob.user}`, undefined, alice.token);
    const again = await t.again(bob, 1);
    expect(await again.peer.request({ type: 'join', room })).toMatchObject(fault('removed'));
  },

  'who is away when they are put out does not come back': async (t) => {
    const { alice, bob, room, bobId } = await pair(t);
    bob.peer.cut();
    await alice.peer.rosterEvent((e) => e.event === 'away' && e.peer === bobId);
    await t.rest(2).call('POST', `/v1/rooms/${room}/kick`, { peer: bobId }, alice.token);
    expect(await alice.peer.rosterEvent((e) => e.event === 'left')).toMatchObject({ peer: bobId, reason: 'removed' });
    const again = await t.again(bob, 2);
    expect(await again.peer.request({ type: 'join', room })).toMatchObject(fault('removed'));
  },

  'only those above somebody may act on them, and nobody on themselves': async (t) => {
    const { alice, bob, room, aliceId, bobId } = await pair(t);
    for (const type of ['kick', 'mute', 'permit']) {
      expect(await bob.peer.request({ type, room, peer: aliceId })).toMatchObject(fault('forbidden'));
      if (type !== 'permit') {
        expect(await alice.peer.request({ type, room, peer: aliceId })).toMatchObject(fault('forbidden'));
      }
    }
    expect(await bob.peer.request({ type: 'lock', room, locked: true })).toMatchObject(fault('forbidden'));
    await t.rest(1).call('PUT', `/v1/rooms/${room}/members/${bob.user}`, { role: 'moderator' }, alice.token);
    const event = await bob.peer.rosterEvent((e) => e.event === 'permitted');
    expect(event).toEqual({ event: 'permitted', peer: bobId, role: 'moderator', publish: true, chat: true });
    expect(await bob.peer.request({ type: 'lock', room, locked: true })).toMatchObject({ type: 'done' });
    expect(await bob.peer.request({ type: 'kick', room, peer: aliceId })).toMatchObject(fault('forbidden'));
    expect(await alice.peer.next((frame) => frame.type === 'room' && frame['locked'] === true)).toBeDefined();
  },

  'a locked room lets nobody new in, and those who are in come back': async (t) => {
    const { alice, bob, room, bobId } = await pair(t);
    await alice.peer.request({ type: 'lock', room, locked: true });
    for (const { peer } of [alice, bob]) {
      expect(await peer.next((frame) => frame.type === 'room' && frame['locked'])).toMatchObject({ room });
    }
    const carol = await t.enter(2, 'Carol');
    expect(await carol.peer.request({ type: 'join', room })).toMatchObject(fault('room_locked'));
    bob.peer.cut();
    const again = await t.again(bob, 2);
    expect(await again.peer.request({ type: 'join', room })).toMatchObject({ peer: bobId, resumed: true });
    await alice.peer.request({ type: 'lock', room, locked: false });
    await again.peer.next((frame) => frame.type === 'room' && !frame['locked']);
    expect(await carol.peer.request({ type: 'join', room })).toMatchObject({ type: 'joined' });
  },

  'who knocks is seen by the moderators at once, and told at once what they say': async (t) => {
    const [alice, bob, carol] = [await t.enter(0, 'Alice'), await t.enter(1, 'Bob'), await t.enter(2, 'Carol')];
    const { id: room } = await t.rest().room(alice.token, { access: 'lobby' });
    await alice.peer.request({ type: 'join', room });
    expect(await alice.peer.next('knocking')).toMatchObject({ room, knocks: [] });
    expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ type: 'waiting', room });
    const [knock] = (await alice.peer.next('knocking'))['knocks'];
    expect(knock).toMatchObject({ user: bob.user, name: 'Bob' });
    await alice.peer.request({ type: 'answer_knock', room, knock: knock.knock, admit: true });
    expect(await bob.peer.next('admitted')).toMatchObject({ room });
    expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ type: 'joined' });
    expect(await carol.peer.request({ type: 'join', room })).toMatchObject({ type: 'waiting', room });
    const full = await alice.peer.next((frame) => frame.type === 'knocking' && frame['knocks'][0]?.name === 'Carol');
    const body = { knock: full['knocks'][0].knock, admit: false };
    await t.rest(1).call('POST', `/v1/rooms/${room}/lobby`, body, alice.token);
    expect(await carol.peer.next('refused')).toMatchObject({ room, reason: 'denied' });
  },

  'who does not wait any more is on nobody’s list': async (t) => {
    const [alice, bob] = [await t.enter(0, 'Alice'), await t.enter(1, 'Bob')];
    const { id: room } = await t.rest().room(alice.token, { access: 'lobby' });
    await alice.peer.request({ type: 'join', room });
    await bob.peer.request({ type: 'join', room });
    await alice.peer.next((frame) => frame.type === 'knocking' && frame['knocks'].length === 1);
    bob.peer.cut();
    await alice.peer.next((frame) => frame.type === 'knocking' && frame['knocks'].length === 0);
  },

  'a permission that is taken holds at once, and is given back': async (t) => {
    const { alice, bob, room, aliceId, bobId } = await pair(t);
    await alice.peer.request({ type: 'permit', room, peer: bobId, publish: false, chat: false });
    for (const { peer } of [alice, bob]) {
      expect(await peer.rosterEvent((e) => e.event === 'permitted')).toMatchObject({ publish: false, chat: false });
    }
    expect(await bob.peer.request({ type: 'chat', room, text: 'hello' })).toMatchObject(fault('forbidden'));
    bob.peer.send({ type: 'signal', to: aliceId, seq: 1, base: 1, kind: 'offer' }, 'OFFER');
    expect(await alice.peer.next('signal')).toMatchObject({ from: bobId, seq: 1, denied: 'forbidden', body: '' });
    bob.peer.send({ type: 'signal', to: aliceId, kind: 'offer' }, 'OFFER');
    expect(await bob.peer.next('error')).toMatchObject({ to: aliceId, code: 'forbidden' });
    bob.peer.send({ type: 'signal', to: aliceId, seq: 2, base: 1, kind: 'answer' }, 'ANSWER');
    expect(await alice.peer.next('signal')).toMatchObject({ seq: 2, body: 'ANSWER' });
    await alice.peer.request({ type: 'permit', room, peer: bobId, publish: true, chat: true });
    await bob.peer.rosterEvent((e) => e.event === 'permitted' && e.chat);
    expect(await bob.peer.request({ type: 'chat', room, text: 'hello' })).toMatchObject({ type: 'chat' });
  },

  'a request to be quiet reaches the peer': async (t) => {
    const { alice, bob, room, bobId } = await pair(t);
    expect(await alice.peer.request({ type: 'mute', room, peer: bobId })).toMatchObject({ type: 'done' });
    expect(await bob.peer.next('mute_requested')).toMatchObject({ room, by: alice.user });
  },

  'an invite lets so many in as it says, and nobody without it': async (t) => {
    const [alice, bob, carol] = [await t.enter(0, 'Alice'), await t.enter(1, 'Bob'), await t.enter(2, 'Carol')];
    const { id: room } = await t.rest().room(alice.token, { access: 'invite' });
    expect(await bob.peer.request({ type: 'join', room })).toMatchObject(fault('invite_required'));
    const { token } = await t.rest(1).call('POST', `/v1/rooms/${room}/invites`, { uses: 1 }, alice.token);
    expect(await bob.peer.request({ type: 'join', room, invite: token })).toMatchObject({ type: 'joined' });
    expect(await carol.peer.request({ type: 'join', room, invite: token })).toMatchObject(fault('invite_invalid'));
    expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ type: 'joined', resumed: true });
  },
};
