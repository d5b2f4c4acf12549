import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConnectionId, NodeId, PeerId, RoomId } from '@parley/protocol';
import { MemoryNode } from '../../../test/support/memory-node.js';
import { joinMessage, type Message } from '../../bus/bus.js';
import { MemoryBusHub } from '../../bus/bus.memory.js';
import { MemoryPresenceStore } from '../../presence/memory/presence.memory.js';
import { encodeNodeMessage, type NodeMessage } from '../codec/node-message.js';
import { NodeMessageHandler } from './node-message-handler.js';

const [ROOM, ORIGIN, NOBODY] = ['r1' as RoomId, 'other' as NodeId, 'nobody' as PeerId];

describe('a message of another node', () => {
  let node: MemoryNode;
  const sent: { to: NodeId; message: Buffer }[] = [];
  const setup = async () => {
    const ada = node.connect('ada');
    await ada.hello();
    const { peer } = await ada.request({ type: 'join', room: ROOM });
    return { ada, peer: peer as PeerId };
  };
  const receive = (message: NodeMessage | Buffer) => {
    const { rooms, stats } = node.services;
    const bus = { send: (to: NodeId, it: Message) => sent.push({ to, message: joinMessage(it) }) > 0 };
    const handler = new NodeMessageHandler(bus as never, rooms, { apply: () => {} } as never, stats);
    handler.receive(Buffer.isBuffer(message) ? message : joinMessage(encodeNodeMessage(message)));
  };

  beforeEach(async () => {
    sent.length = 0;
    node = await new MemoryNode(new MemoryPresenceStore(), new MemoryBusHub()).start();
  });
  afterEach(() => node.stop());

  it('delivers its frame to the addressed peer', async () => {
    const { ada, peer } = await setup();
    receive({ kind: 'to_peer', peer, origin: ORIGIN, frame: Buffer.from('{"type":"signal","from":"bob"}\nv=0') });
    expect(ada.received('signal')).toEqual([{ header: { type: 'signal', from: 'bob' }, body: 'v=0' }]);
    expect(sent).toEqual([]);
  });

  it('for a peer that is not here is reported to the node of the sender', () => {
    const frame = Buffer.from('{"type":"signal","from":"bob","seq":3,"base":1,"kind":"data"}\nx');
    receive({ kind: 'to_peer', peer: NOBODY, origin: ORIGIN, frame });
    const reply = { kind: 'undeliverable', sender: 'bob' as PeerId, to: NOBODY, code: 'peer_away', seq: 3 } as const;
    expect(sent).toEqual([{ to: ORIGIN, message: joinMessage(encodeNodeMessage(reply)) }]);
  });

  it.each([
    '{"type":"ack","from":"bob","upto":1}',
    '{"type":"signal"}',
    '{"type":"signal","from":7}',
    '{"type":"signal","from":"bob","seq":{}}',
    `{"type":"signal","from":"${'b'.repeat(300)}"}`,
    '{',
    '',
  ])('for a peer that is not here, without a valid sender, is dropped: %s', (header) => {
    expect(() =>
      receive({ kind: 'to_peer', peer: NOBODY, origin: ORIGIN, frame: Buffer.from(`${header}\nbody`) }),
    ).not.toThrow();
    expect([sent, node.services.stats.undeliverable]).toEqual([[], 1]);
  });

  it('reports an undelivered signal to its sender', async () => {
    const { ada, peer } = await setup();
    receive({ kind: 'undeliverable', sender: peer, to: NOBODY, code: 'peer_busy', seq: 4 });
    expect(ada.received('error').map(({ header }) => header)).toMatchObject([
      { code: 'peer_busy', to: NOBODY, seq: 4 },
    ]);
  });

  it('closes a replaced socket, and no newer one', async () => {
    const { ada, peer } = await setup();
    receive({ kind: 'replaced', peer, connection: 'another' as ConnectionId });
    expect(ada.socket.closed).toBeUndefined();
    receive({ kind: 'replaced', peer, connection: ada.session.connection });
    expect(ada.socket.closed).toMatchObject({ code: 4509 });
  });

  it('that is malformed is counted and has no other effect', async () => {
    const { ada } = await setup();
    const before = ada.socket.frames.length;
    for (const bytes of [Buffer.alloc(0), Buffer.from([9]), Buffer.from([2, 2, 0x72, 0x31, 0, 0x7b])]) receive(bytes);
    expect([node.services.stats.invalidNodeMessages, ada.socket.frames.length]).toEqual([3, before]);
  });
});
