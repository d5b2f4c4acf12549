import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_LIMITS, type PeerId, type RoomId } from '@parley/protocol';
import { enterRoom as enter, made, remote, stream, track } from '../testing/entered-room.js';
import { participant } from '../testing/fake-gateway.js';
import { FakePeerConnection } from '../testing/fake-peer-connection.js';
import { settle } from '../testing/virtual-clock.js';

beforeEach(() => {
  FakePeerConnection.made = [];
});

describe('the connections of a room', () => {
  it('exist once per other participant, opened by the earlier peer', async () => {
    const { room, sent } = await enter([participant('earlier', 1), participant('later', 9)]);
    await settle();
    expect([...room.peers.values()].map(({ id, polite }) => [id, polite])).toEqual([
      ['earlier', true],
      ['later', false],
    ]);
    expect(made(0).channels).toEqual([]);
    expect(made(1).channels).toEqual([{ label: 'parley', protocol: 'parley.v1' }]);
    expect(sent()).toEqual(['offer']);
  });

  it('get every publication, the present and the future ones', async () => {
    const { room } = await enter([participant('a', 1)]);
    const camera = room.publish(track('video'), stream);
    expect(room.publish(camera.track as MediaStreamTrack, stream)).toBe(camera);
    const event = { event: 'joined' as const, participant: participant('b', 9) };
    room.receive({ type: 'roster', room: 'room' as RoomId, epoch: 'e1', version: 2, events: [event] }, undefined);
    expect(FakePeerConnection.made.map(({ senders }) => senders[0]?.track)).toEqual([camera.track, camera.track]);
    const other = track('video');
    await camera.replaceTrack(other);
    expect(FakePeerConnection.made.map(({ senders }) => senders[0]?.track)).toEqual([other, other]);
    await expect(camera.replaceTrack(track('audio'))).rejects.toThrow(TypeError);
    camera.unpublish();
    camera.unpublish();
    expect(room.publications).toEqual([]);
    expect(FakePeerConnection.made.map(({ senders }) => senders[0]?.track)).toEqual([null, null]);
  });

  it('give each publication a sender of its own, and leave no transceiver behind', async () => {
    const { room, signal } = await enter([participant('a', 1)]);
    const again = track('video');
    const streams = Array.from({ length: 5 }, (_, n) => ({ id: `screen ${n}` }) as MediaStream);
    for (const [n, shared] of streams.entries()) {
      const screen = room.publish(again, shared);
      signal('a', 2 * n + 1, 'offer', { type: 'offer', sdp: `up ${n}` });
      await settle();
      expect(made(0).transceivers.map(({ sender }) => sender)).toEqual([made(0).senders[n]]);
      screen.unpublish();
      signal('a', 2 * n + 2, 'offer', { type: 'offer', sdp: `down ${n}` });
      await settle();
      expect(made(0).transceivers).toEqual([]);
    }
    expect(made(0).senders.map((sender) => sender.stream)).toEqual(streams);
  });

  it('keep a transceiver on which the other side sends, and the one whose transport carries the others', async () => {
    const { room, signal } = await enter([participant('a', 1)]);
    const [camera, screen] = [room.publish(track('video'), stream), room.publish(track('video'), stream)];
    signal('a', 1, 'offer', { type: 'offer', sdp: 'one' });
    await settle();
    const [first, second] = made(0).transceivers;
    const received = Object.assign(second?.receiver.track as object, new EventTarget(), { addEventListener() {} });
    const arrived = { track: received, streams: [remote('theirs').stream] };
    made(0).dispatchEvent(Object.assign(new Event('track'), arrived));
    made(0).localDescription = { type: 'answer', sdp: `v=0\r\na=group:BUNDLE ${first?.mid} 9\r\n` };
    camera.unpublish();
    screen.unpublish();
    expect(made(0).transceivers.map(({ stopping }) => stopping)).toEqual([false, false]);
    expect(made(0).senders.map((sender) => sender.track)).toEqual([null, null]);
  });

  it('send a publication again whose transceiver the other side stopped at that moment', async () => {
    const { room, signal } = await enter([participant('a', 1)]);
    const camera = room.publish(track('video'), stream);
    // What a rejected m-line does to a transceiver (RFC 9429 §5.11).
    const [taken] = made(0).transceivers;
    if (taken) taken.stopping = true;
    signal('a', 1, 'offer', { type: 'offer', sdp: 'one' });
    await settle();
    expect(made(0).senders.map((sender) => sender.track)).toEqual([camera.track, camera.track]);
    expect(made(0).transceivers.map(({ sender }) => sender)).toEqual([made(0).senders[1]]);
  });

  it('take new ICE servers without being interrupted', async () => {
    const { room } = await enter([participant('a', 1)]);
    expect(made(0).configuration).toEqual({ iceServers: [{ urls: 'stun:one' }] });
    room.configure({ iceServers: [{ urls: 'stun:two' }] });
    expect(made(0).configuration).toEqual({ iceServers: [{ urls: 'stun:two' }] });
    expect([FakePeerConnection.made.length, made(0).closed]).toEqual([1, false]);
  });

  it('stay while their peer is away, and close when it has left', async () => {
    const { room } = await enter([participant('a', 1)]);
    const roster = (version: number, event: object) =>
      room.receive({ type: 'roster', room: room.id, epoch: 'e1', version, events: [event] } as never, undefined);
    roster(2, { event: 'away', peer: 'a' });
    expect(made(0).closed).toBe(false);
    roster(3, { event: 'left', peer: 'a', reason: 'expired' });
    expect(made(0).closed).toBe(true);
    expect(room.peers.size).toBe(0);
  });

  it('survive a new epoch in which their peer is not back yet, and end when it does not come', async () => {
    const { room, joined, clock, out } = await enter([participant('a', 1), participant('b', 2)]);
    room.connected();
    room.receive(joined('e2', 1, [participant('b', 2)]), undefined);
    expect(room.participants.get('a' as PeerId)?.state).toBe('away');
    expect(made(0).closed).toBe(false);
    await clock.advanceAsync(DEFAULT_LIMITS.resumeWindowMs);
    // Only a roster that is read now tells: this client may have been the one that was cut off.
    expect(made(0).closed).toBe(false);
    expect(out.filter(({ header }) => header.type === 'join')).toHaveLength(3);
    room.receive(joined('e2', 1, [participant('b', 2)]), undefined);
    expect([...room.participants.keys()]).not.toContain('a');
    expect([made(0).closed, made(1).closed]).toEqual([true, false]);
  });

  it('are replaced, with all publications, when the other side created a new RTCPeerConnection', async () => {
    const { room, signal, sent } = await enter([participant('a', 1)]);
    room.publish(track('video'), stream);
    signal('a', 1, 'offer', { type: 'offer', sdp: 's1', connection: 'first' });
    await settle();
    signal('a', 2, 'offer', { type: 'offer', sdp: 's2', connection: 'first' });
    await settle();
    expect(FakePeerConnection.made).toHaveLength(1);
    signal('a', 3, 'offer', { type: 'offer', sdp: 's3', connection: 'second' });
    await settle();
    expect([made(0).closed, made(1).closed]).toEqual([true, false]);
    expect(made(1).senders).toHaveLength(1);
    expect(sent().filter((kind) => kind === 'answer')).toHaveLength(3);
  });

  it('show nothing of a peer while it may not publish, and what it sends again when it may', async () => {
    const { room, permitted } = await enter([participant('a', 1), participant('b', 2, { publish: false })]);
    const news: string[] = [];
    for (const peer of room.peers.values()) {
      peer.on('track', ({ stream }) => news.push(`${peer.id} shows ${stream.id}`));
      peer.on('track_ended', ({ stream }) => news.push(`${peer.id} ends ${stream.id}`));
    }
    const [first, second] = [remote('one'), remote('two')];
    const send = (at: number, { track, stream }: typeof first) =>
      made(at).dispatchEvent(Object.assign(new Event('track'), { track, streams: [stream] }));
    send(0, first);
    send(1, second);
    expect([...(room.peers.get('b' as PeerId)?.streams.keys() ?? [])]).toEqual([]);
    expect(second.track.enabled).toBe(false);
    permitted(2, 'a', false);
    permitted(3, 'b', true);
    permitted(4, 'a', true);
    first.track.dispatchEvent(new Event('ended'));
    expect(news).toEqual(['a shows one', 'a ends one', 'b shows two', 'a shows one', 'a ends one']);
    expect(second.track.enabled).toBe(true);
    expect([...(room.peers.get('b' as PeerId)?.streams.keys() ?? [])]).toEqual(['two']);
  });

  it('carry nothing of this client while it may not publish, and nothing comes back by itself', async () => {
    const { room, permitted } = await enter([participant('a', 1)]);
    const camera = room.publish(track('video'), stream);
    let ended = 0;
    camera.on('ended', () => {
      ended += 1;
    });
    permitted(2, 'me', false);
    expect([room.publications, made(0).senders[0]?.track, ended]).toEqual([[], null, 1]);
    expect(() => room.publish(track('video'), stream)).toThrow(expect.objectContaining({ code: 'forbidden' }));
    permitted(3, 'me', true);
    expect([room.publications, made(0).senders[0]?.track]).toEqual([[], null]);
    const again = room.publish(track('video'), stream);
    await settle();
    expect(made(0).senders.map((sender) => sender.track)).toEqual([null, again.track]);
  });

  it('are opened by the later peer when the offer of the earlier one would be denied', async () => {
    const { sent } = await enter([participant('earlier', 1, { publish: false })]);
    await settle();
    expect(made(0).channels).toHaveLength(1);
    expect(sent()).toEqual(['offer']);
  });

  it('are closed by leaving', async () => {
    const { room, out, clock } = await enter([participant('a', 1)]);
    const left = room.leave();
    expect(made(0).closed).toBe(true);
    expect(out.at(-1)?.header.type).toBe('leave');
    await clock.advanceAsync(5_000);
    await left;
    expect(() => room.publish(track('video'), stream)).toThrow(expect.objectContaining({ code: 'closed' }));
  });
});
