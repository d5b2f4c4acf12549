import { describe, expect, it } from '@jest/globals';
import type { ConnectionId, NodeId, PeerId, RoomId } from '@parley/protocol';
import { joinMessage } from '../../bus/bus.js';
import { decodeNodeMessage, encodeNodeMessage, type NodeMessage, packToPeer } from './node-message.js';

const peer = 'p'.repeat(64) as PeerId;
const node = 'node-1' as NodeId;
const room = 'r1' as RoomId;
const connection = 'c1' as ConnectionId;
const frame = Buffer.from('{"type":"signal"}\nž🐎\n');

const MESSAGES: NodeMessage[] = [
  { kind: 'to_peer', peer, origin: node, frame },
  { kind: 'to_peer', peer, origin: node, frame: Buffer.alloc(0) },
  { kind: 'to_room', room, except: peer, frame },
  { kind: 'replaced', peer, connection },
  { kind: 'broadcast', room, except: peer, frame },
  { kind: 'undeliverable', sender: peer, to: peer, code: 'peer_away', seq: 7 },
  { kind: 'undeliverable', sender: peer, to: peer, code: 'peer_busy', seq: undefined },
  {
    kind: 'change',
    change: {
      room,
      epoch: 'e',
      version: 3,
      nodes: [node],
      events: [
        { event: 'back', peer, node, connection },
        { event: 'left', peer, reason: 'expired' },
      ],
    },
  },
];

describe('a message between nodes', () => {
  it.each(MESSAGES)('survives the way there and back: $kind', (message) => {
    expect(decodeNodeMessage(joinMessage(encodeNodeMessage(message)))).toEqual(message);
  });
  it('is the same with a frame in two parts', () => {
    const split = packToPeer(peer, node, { head: '{"type":"signal"', rest: frame.subarray(16) });
    expect(joinMessage(split)).toEqual(joinMessage(packToPeer(peer, node, frame)));
  });
  it('is dropped when it is cut anywhere before its frame begins', () => {
    const whole = joinMessage(encodeNodeMessage(MESSAGES[0] as NodeMessage));
    for (let length = 0; length < whole.length - frame.length; length += 1) {
      expect(decodeNodeMessage(whole.subarray(0, length))).toBeUndefined();
    }
  });
  it('is dropped when it is not ours', () => {
    const change = (value: unknown) =>
      Buffer.concat([Buffer.from([2, 2]), Buffer.from('r1'), Buffer.from([0]), Buffer.from(JSON.stringify(value))]);
    const malformed = [
      Buffer.alloc(0),
      Buffer.from('rubbish'),
      Buffer.from([255, 0, 0]),
      change(null),
      change({ room: 'r1' }),
      Buffer.from([2, 0, 0, 0x7b]),
    ];
    for (const bytes of malformed) expect(decodeNodeMessage(bytes)).toBeUndefined();
  });
});
