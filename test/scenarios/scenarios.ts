import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { MODERATION } from './moderation.js';
import { pair, type Topology } from './topology.js';

/** Scenarios for one node and for several, by their titles. */
export const SCENARIOS: Readonly<Record<string, (t: Topology) => Promise<void>>> = {
  ...MODERATION,

  'two peers exchange an offer and an answer, and acknowledge them': async (t) => {
    const { alice, bob, aliceId, bobId } = await pair(t);
    alice.peer.send({ type: 'signal', to: bobId, seq: 1, base: 1, kind: 'offer' }, 'OFFER\n');
    expect(await bob.peer.next('signal')).toMatchObject({ from: aliceId, seq: 1, kind: 'offer', body: 'OFFER\n' });
    bob.peer.send({ type: 'ack', to: aliceId, upto: 1 });
    bob.peer.send({ type: 'signal', to: aliceId, seq: 1, base: 1, kind: 'answer' }, 'ANSWER');
    expect(await alice.peer.next('ack')).toMatchObject({ from: bobId, upto: 1 });
    expect(await alice.peer.next('signal')).toMatchObject({ from: bobId, kind: 'answer', body: 'ANSWER' });
  },

  'a thousand signals keep their order and arrive once': async (t) => {
    const { alice, bob, bobId } = await pair(t);
    const count = 900;
    for (let seq = 1; seq <= count; seq += 1) {
      alice.peer.send({ type: 'signal', to: bobId, seq, base: 1, kind: 'candidate' }, `${seq}`);
    }
    for (let seq = 1; seq <= count; seq += 1) expect(Number((await bob.peer.next('signal'))['body'])).toBe(seq);
    await bob.peer.barrier();
    expect(bob.peer.unread.filter((frame) => frame.type === 'signal')).toEqual([]);
  },

  'everyone sees who joins, updates and leaves, at the same version': async (t) => {
    const { alice, bob, room, bobId } = await pair(t);
    const carol = await t.enter(2, 'Carol');
    const joined = await carol.peer.request({ type: 'join', room, meta: { muted: true } });
    for (const { peer } of [alice, bob]) {
      const event = await peer.rosterEvent((e) => e.event === 'joined' && e.participant.peer === joined['peer']);
      expect(event.participant).toMatchObject({ name: 'Carol', meta: { muted: true }, state: 'on' });
    }
    await bob.peer.request({ type: 'update', room, meta: { hand: 1 } });
    for (const { peer } of [alice, carol]) {
      expect((await peer.rosterEvent((e) => e.event === 'updated')).meta).toEqual({ hand: 1 });
    }
    await bob.peer.request({ type: 'leave', room });
    for (const { peer } of [alice, carol]) {
      expect(await peer.rosterEvent((e) => e.event === 'left')).toEqual({ event: 'left', peer: bobId, reason: 'left' });
    }
    const views = await Promise.all([alice, carol].map(({ peer }) => peer.request({ type: 'join', room })));
    expect(views[0]?.['version']).toBe(views[1]?.['version']);
    expect(views[0]?.['participants']).toEqual(views[1]?.['participants']);
    const { participants } = await t.rest(1).call('GET', `/v1/rooms/${room}/participants`, undefined, alice.token);
    expect(participants.map((p: any) => p.name).sort()).toEqual(['Alice', 'Carol']);
  },

  'a session that lost its socket comes back on another node as the same peer': async (t) => {
    const { alice, bob, room, bobId } = await pair(t);
    bob.peer.cut();
    await alice.peer.rosterEvent((e) => e.event === 'away' && e.peer === bobId);
    const again = await t.again(bob, 2);
    expect(await again.peer.request({ type: 'join', room })).toMatchObject({ peer: bobId, resumed: true });
    await alice.peer.rosterEvent((e) => e.event === 'back' && e.peer === bobId);
    alice.peer.send({ type: 'signal', to: bobId, kind: 'data' }, 'welcome back');
    expect((await again.peer.next('signal'))['body']).toBe('welcome back');
  },

  'a session that moves first and leaves later is never seen away': async (t) => {
    const { alice, bob, room, bobId } = await pair(t);
    const moved = await t.again(bob, 2);
    expect(await moved.peer.request({ type: 'join', room })).toMatchObject({ peer: bobId, resumed: true });
    expect(await bob.peer.closed()).toBe(4509);
    await alice.peer.rosterEvent((e) => e.event === 'back' && e.peer === bobId);
    alice.peer.send({ type: 'signal', to: bobId, kind: 'data' }, 'moved');
    expect((await moved.peer.next('signal'))['body']).toBe('moved');
    const events = alice.peer.unread.flatMap((frame) => frame['events'] ?? []);
    expect(events.filter((e: any) => e.event === 'away')).toEqual([]);
  },

  'an older socket that joins late does not take the peer back': async (t) => {
    const { bob, room } = await pair(t);
    const moved = await t.again(bob, 2);
    await moved.peer.request({ type: 'join', room });
    const late = await t.socket(bob, 1, 0);
    // The session's node knows this since `hello`; other nodes learn it from the room.
    const hello = await late.hello(bob.token);
    const answer = hello.type === 'welcome' ? await late.request({ type: 'join', room }) : hello;
    expect(answer).toMatchObject({ type: 'error', code: 'superseded', retryable: false });
    expect(await late.closed()).toBe(4509);
    await moved.peer.barrier();
  },

  'chat reaches everyone, is kept once, and has one order': async (t) => {
    const { alice, bob, room } = await pair(t);
    const id = randomUUID();
    const stored = await alice.peer.request({ type: 'chat', id, room, text: 'first' });
    expect(await alice.peer.request({ type: 'chat', id, room, text: 'first' })).toEqual(stored);
    const answer = await bob.peer.request({ type: 'chat', id: randomUUID(), room, text: 'second' });
    expect(answer['seq']).toBe(stored['seq'] + 1);
    expect(await bob.peer.next('chat')).toMatchObject({ text: 'first', seq: stored['seq'] });
    expect(await alice.peer.next('chat')).toMatchObject({ text: 'second' });
    const page = await t.rest(1).call('GET', `/v1/rooms/${room}/messages`, undefined, bob.token);
    expect(page.messages.map((m: any) => m.text)).toEqual(['first', 'second']);
  },

  'a broadcast goes to everyone else, wherever they are': async (t) => {
    const { alice, bob, room, aliceId } = await pair(t);
    const carol = await t.enter(2, 'Carol');
    const joined = await carol.peer.request({ type: 'join', room });
    await alice.peer.rosterEvent((e) => e.event === 'joined' && e.participant.peer === joined['peer']);
    alice.peer.send({ type: 'broadcast', room, kind: 'wave' }, 'hello');
    for (const { peer } of [bob, carol]) {
      expect(await peer.next('broadcast')).toMatchObject({ from: aliceId, kind: 'wave', body: 'hello' });
    }
  },

  'a room that is to end at a time ends its peers everywhere, once': async (t) => {
    const { alice, bob, room } = await pair(t);
    const endsAt = new Date(Date.now() + 300).toISOString();
    await t.rest(2).patchRoom(room, { endsAt }, alice.token);
    for (const { peer } of [alice, bob]) {
      expect(await peer.next('removed')).toMatchObject({ room, reason: 'room_closed' });
    }
    expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ type: 'error', code: 'room_not_found' });
    await alice.peer.barrier();
    expect(alice.peer.unread.filter(({ type }) => type === 'removed')).toEqual([]);
  },

  'a room that is to end when empty stays while somebody is in it, and no longer': async (t) => {
    const { alice, bob, room } = await pair(t);
    await t.rest(2).patchRoom(room, { endWhenEmptySeconds: 0 }, alice.token);
    const { id: other } = await t.rest(1).room(alice.token, { endWhenEmptySeconds: 0 });
    // Empty for longer than the first one would be if its participants were not counted.
    await t.rest(1).untilGone(other, alice.token);
    await alice.peer.request({ type: 'leave', room });
    expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ type: 'joined', resumed: true });
    await bob.peer.request({ type: 'leave', room });
    await t.rest(0).untilGone(room, bob.token);
  },

  'a room that is deleted over REST ends its peers everywhere': async (t) => {
    const { alice, bob, room } = await pair(t);
    await t.rest(1).call('DELETE', `/v1/rooms/${room}`, undefined, alice.token);
    for (const { peer } of [alice, bob]) {
      expect(await peer.next('removed')).toMatchObject({ room, reason: 'room_closed' });
    }
    expect(await bob.peer.request({ type: 'join', room })).toMatchObject({ type: 'error', code: 'room_not_found' });
  },
};
