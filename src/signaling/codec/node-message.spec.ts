import { describe, expect, it } from '@jest/globals';
import type { ConnectionId, NodeId, PeerId, RoomId } from '@parley/protocol';
import { joinMessage } from '../../bus/bus.js';
import { decodeNodeMessage, encodeNodeMessage, type NodeMessage, packToPeer } from './node-message.js';
import { readSignalHeader } from './node-message.schema.js';

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
  it.each(MESSAGES)('is decoded as it was encoded: $kind', (message) => {
    expect(decodeNodeMessage(joinMessage(encodeNodeMessage(message)))).toEqual(message);
  });
  it('is encoded the same with a split frame', () => {
    const split = packToPeer(peer, node, { head: '{"type":"signal"', rest: frame.subarray(16) });
    expect(joinMessage(split)).toEqual(joinMessage(packToPeer(peer, node, frame)));
  });
  it('is dropped when it is truncated before its frame begins', () => {
    const whole = joinMessage(encodeNodeMessage(MESSAGES[0] as NodeMessage));
    for (let length = 0; length < whole.length - frame.length; length += 1) {
      expect(decodeNodeMessage(whole.subarray(0, length))).toBeUndefined();
    }
  });
  it('is dropped when it is malformed', () => {
    const change = (value: unknown) =>
      Buffer.concat([Buffer.from([2, 2]), Buffer.from('r1'), Buffer.from([0]), Buffer.from(JSON.stringify(value))]);
    const malformed = [
      Buffer.alloc(0),
      Buffer.from('no message'),
      Buffer.from([255, 0, 0]),
      change(null),
      change({ room: 'r1' }),
      Buffer.from([2, 0, 0, 0x7b]),
    ];
    for (const bytes of malformed) expect(decodeNodeMessage(bytes)).toBeUndefined();
  });

  const TAGS = { to_peer: 0, to_room: 1, change: 2, replaced: 3, undeliverable: 4, broadcast: 5 };
  const write = (kind: keyof typeof TAGS, address: string, detail: string, rest = '') =>
    Buffer.from([
      ...[TAGS[kind], address.length, ...Buffer.from(address, 'latin1')],
      ...[detail.length, ...Buffer.from(detail, 'latin1'), ...Buffer.from(rest)],
    ]);

  it.each([
    ['to_room', '', 'p', 'x'],
    ['to_room', 'a b', 'p', 'x'],
    ['broadcast', 'r1', '', 'x'],
    ['broadcast', 'r1', 'p'.repeat(65), 'x'],
    ['replaced', 'p', '', ''],
    ['replaced', '\u0000', 'c1', ''],
    ['undeliverable', '', 'p', 'peer_away 1'],
    ['undeliverable', 'p', 'é', 'peer_away 1'],
    ['undeliverable', 'p', 'q', 'peer_away 0'],
    ['undeliverable', 'p', 'q', 'peer_away -1'],
    ['undeliverable', 'p', 'q', 'peer_away 1.5'],
    ['undeliverable', 'p', 'q', 'peer_away x'],
    ['undeliverable', 'p', 'q', 'peer_away 1e999'],
    ['undeliverable', 'p', 'q', 'peer_away 281474976710657'],
  ] as const)('is dropped when an id or a number is invalid: %s %j %j %j', (kind, address, detail, rest) => {
    expect(decodeNodeMessage(write(kind, address, detail, rest))).toBeUndefined();
  });

  it('with a reason that only a newer node knows is decoded as `peer_away`', () => {
    expect(decodeNodeMessage(write('undeliverable', 'p', 'q', 'peer_asleep 7 more'))).toEqual({
      kind: 'undeliverable',
      ...{ sender: 'p', to: 'q', code: 'peer_away', seq: 7 },
    });
  });

  const participant = {
    ...{ peer: 'p', user: 'u', name: 'U', role: 'member', meta: {}, state: 'on', order: 1, node: 'n', connection: 'c' },
  };
  const roster = { room: 'r1', epoch: 'e', version: 1, nodes: ['n'], events: [{ event: 'joined', participant }] };
  const decodeChange = (json: string) => decodeNodeMessage(write('change', 'r1', '', json));

  it('of a roster may have fields that a newer node adds', () => {
    const wider = {
      ...roster,
      more: 1,
      events: [{ event: 'joined', more: 1, participant: { ...participant, more: 1 } }],
    };
    expect(decodeChange(JSON.stringify(wider))).toEqual({ kind: 'change', change: wider });
  });

  it.each([
    ['an unknown event', { events: [{ event: 'renamed', peer: 'p' }] }],
    ['an event without its peer', { events: [{ event: 'away' }] }],
    ['an event that is no object', { events: ['away'] }],
    ['events that are no list', { events: { length: 0 } }],
    ['a participant that lacks a field', { events: [{ event: 'joined', participant: { peer: 'p' } }] }],
    ['an unknown role', { events: [{ event: 'joined', participant: { ...participant, role: 'king' } }] }],
    ['meta that is no object', { events: [{ event: 'updated', peer: 'p', meta: [] }] }],
    ['an unknown reason', { events: [{ event: 'left', peer: 'p', reason: 'bored' }] }],
    ['a room that is no id', { room: 'a b' }],
    ['an epoch that is no text', { epoch: 1 }],
    ['a version that is text', { version: '1' }],
    ['a version that is no integer', { version: 1.5 }],
    ['a version below zero', { version: -1 }],
    ['a version that cannot be counted on from', { version: 2 ** 53 }],
    [
      'an order that cannot be compared',
      { events: [{ event: 'joined', participant: { ...participant, order: 1e300 } }] },
    ],
    ['a node that is no id', { nodes: [1] }],
    ['no nodes', { nodes: undefined }],
  ])('of a roster is dropped with %s', (_what, change) => {
    expect(decodeChange(JSON.stringify(roster))).toBeDefined();
    expect(decodeChange(JSON.stringify({ ...roster, ...change }))).toBeUndefined();
  });

  it('of a roster neither reads from a prototype nor changes one', () => {
    expect(decodeChange('{"__proto__":{"room":"r1","epoch":"e","version":1,"nodes":[],"events":[]}}')).toBeUndefined();
    const json = JSON.stringify({ ...roster, events: [{ event: 'updated', peer: 'p', meta: {} }] });
    expect(decodeChange(json.replace('"meta":{}', '"meta":{"__proto__":{"polluted":1}}'))).toBeDefined();
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('the header of a signal that was not delivered', () => {
  it('names its sender and its number', () => {
    expect(readSignalHeader('{"type":"signal","from":"p","seq":7,"base":1,"kind":"offer"}')).toMatchObject({
      ...{ from: 'p', seq: 7 },
    });
    expect(readSignalHeader('{"type":"signal","from":"p","kind":"data"}')?.seq).toBeUndefined();
  });
  it.each([
    '',
    'null',
    '[]',
    '{"type":"ack","from":"p","upto":1}',
    '{"type":"signal"}',
    '{"type":"signal","from":1}',
    '{"type":"signal","from":"a b"}',
    `{"type":"signal","from":"${'p'.repeat(65)}"}`,
    '{"type":"signal","from":"p","seq":"1"}',
    '{"type":"signal","from":"p","seq":1e999}',
    '{"type":"signal","__proto__":{"from":"p"}}',
  ])('is not read when it is malformed: %s', (header) => {
    expect(readSignalHeader(header)).toBeUndefined();
  });
});
