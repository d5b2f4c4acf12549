import { beforeEach, describe, expect, it } from '@jest/globals';
import type { PeerId, RoomId } from '@parley/protocol';
import { ParleyError } from '../errors.js';
import { enterRoom, made, stream, track } from '../testing/entered-room.js';
import { participant } from '../testing/fake-gateway.js';
import { FakePeerConnection } from '../testing/fake-peer-connection.js';
import { settle } from '../testing/virtual-clock.js';

/** A browser that creates no connection while a URL is refused (W3C WebRTC §4.4.1.6). */
class Picky extends FakePeerConnection {
  static refuses = true;

  constructor(configuration?: RTCConfiguration) {
    if (Picky.refuses) throw new DOMException('ICE server parsing failed', 'SyntaxError');
    super(configuration);
  }
}

/** A browser in which every call about media fails. */
class Broken extends FakePeerConnection {
  override addTrack(): never {
    throw new DOMException('no more tracks', 'OperationError');
  }
}

const entered = async (RTCPeerConnection: new (configuration?: RTCConfiguration) => unknown) => {
  const errors: ParleyError[] = [];
  const report = (error: unknown) => errors.push(error as ParleyError);
  const others = [participant('a', 1), participant('b', 9)];
  const { room, signal, sent } = await enterRoom(others, { RTCPeerConnection, report });
  const [a, b] = [room.peers.get('a' as PeerId), room.peers.get('b' as PeerId)];
  if (!a || !b) throw new Error('A peer is missing.');
  return { room, signal, sent, errors, a, b };
};

beforeEach(() => {
  FakePeerConnection.made = [];
  Picky.refuses = true;
});

describe('a browser that throws', () => {
  it('when a connection is created costs that connection, is reported per peer, and leaves the room joined', async () => {
    const { room, errors, a, b } = await entered(Picky);
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      ['internal', 'The connection to peer a failed: ICE server parsing failed'],
      ['internal', 'The connection to peer b failed: ICE server parsing failed'],
    ]);
    expect([a.state, b.state]).toEqual(['failed', 'failed']);
    expect(() => a.connection).toThrow(errors[0] as ParleyError);
    await expect(b.stats()).rejects.toBe(errors[1]);
    expect(() => a.createDataChannel('x')).toThrow(ParleyError);
    a.restartIce();
    room.publish(track('video'), stream).unpublish();
    const chats: string[] = [];
    room.on('chat', ({ text }) => chats.push(text));
    const event = { event: 'joined' as const, participant: participant('c', 10) };
    room.receive({ type: 'roster', room: 'room' as RoomId, epoch: 'e1', version: 2, events: [event] }, undefined);
    expect([...room.peers.keys()]).toEqual(['a', 'b', 'c']);
    expect(errors).toHaveLength(3);
  });

  it('is tried again with new ICE servers, and what is published goes to the new connection', async () => {
    const { room, sent, errors, b } = await entered(Picky);
    const camera = room.publish(track('video'), stream);
    Picky.refuses = false;
    room.configure({ iceServers: [{ urls: 'stun:two' }] });
    await settle();
    expect(errors).toHaveLength(2);
    expect(b.state).toBe('new');
    expect(FakePeerConnection.made.map(({ senders }) => senders[0]?.track)).toEqual([camera.track, camera.track]);
    expect(sent()[0]).toBe('offer');
  });

  it('is tried again when the other side offers', async () => {
    const { signal, sent, a } = await entered(Picky);
    Picky.refuses = false;
    signal('a', 1, 'offer', { type: 'offer', sdp: 'one', connection: 'theirs' });
    await settle();
    expect(sent()).toEqual(['answer']);
    expect(a.connection).toBe(made(0));
  });

  it('when a track is added is reported per peer, and every other peer still gets it', async () => {
    let first = true;
    class OneBroken {
      constructor() {
        const chosen = first ? new Broken() : new FakePeerConnection();
        first = false;
        // biome-ignore lint/correctness/noConstructorReturn: one of two kinds of connection
        return chosen;
      }
    }
    const { room, errors } = await entered(OneBroken);
    const camera = room.publish(track('video'), stream);
    expect(errors.map(({ message }) => message)).toEqual(['The connection to peer a failed: no more tracks']);
    expect(made(1).senders[0]?.track).toBe(camera.track);
  });
});

describe('replaceTrack', () => {
  it('resolves when a connection is closed meanwhile, which never settles its own promise', async () => {
    const { room } = await entered(FakePeerConnection);
    const camera = room.publish(track('video'), stream);
    const sender = made(0).senders[0];
    if (sender) sender.replaceTrack = () => new Promise(() => {});
    const replaced = camera.replaceTrack(null);
    const event = { event: 'left' as const, peer: 'a' as PeerId, reason: 'left' as const };
    room.receive({ type: 'roster', room: 'room' as RoomId, epoch: 'e1', version: 2, events: [event] }, undefined);
    await replaced;
    expect(made(1).senders[0]?.track).toBeNull();
  });
});
