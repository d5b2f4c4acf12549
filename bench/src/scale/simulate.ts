import type { NodeId, Participant, PeerId, RoomId } from '@parley/protocol';
import { seeded } from '../../../client/src/testing/virtual-clock.js';
import type { Message } from '../../../src/bus/bus.js';
import { MemoryBus } from '../../../src/bus/bus.memory.js';
import { decodePayload } from '../../../src/bus/transport/batch.js';
import { Outbox } from '../../../src/bus/transport/outbox.js';
import { NodeMessageHandler } from '../../../src/signaling/cluster/node-message-handler.js';
import { relayedFrame } from '../../../src/signaling/codec/fast-header.js';
import { RoomHub } from '../../../src/signaling/rooms/room-hub.js';
import type { RosterSync } from '../../../src/signaling/rooms/roster-sync.js';
import type { Session } from '../../../src/signaling/session/session.js';
import { SignalingStats } from '../../../src/signaling/signaling-stats.js';
import { MEASURED } from './costs.js';

export interface Plan {
  readonly nodes: number;
  readonly rooms: number;
  readonly peersPerRoom: number;
  readonly signals: number;
  /** Signals of all nodes together within the time that a batch collects. */
  readonly signalsPerRound: number;
  readonly seed: number;
}

export interface Outcome {
  readonly delivered: number;
  readonly remote: number;
  readonly commands: number;
  readonly bytes: number;
}

/** A model of Redis for the bus: a PUBLISH is answered, and received by its node, one round later. */
class ModelledRedis {
  commands = 0;
  bytes = 0;
  readonly nodes = new Map<NodeId, (message: Buffer) => void>();
  private published: { to: NodeId; payload: Buffer; answer: () => void }[] = [];

  publish(to: NodeId, payload: Buffer): Promise<void> {
    this.commands += 1;
    this.bytes += payload.length;
    return new Promise((answer) => this.published.push({ to, payload, answer }));
  }

  /** Simulates one round trip. @returns true if anything was in flight */
  round(): boolean {
    const due = this.published;
    this.published = [];
    for (const { to, payload, answer } of due) {
      const read = decodePayload(payload);
      for (const message of read?.kind === 'messages' ? read.messages : []) this.nodes.get(to)?.(message);
      answer();
    }
    return due.length > 0;
  }
}

/** The real outbox and batches, on the model of Redis. */
class ModelledBus extends MemoryBus {
  private readonly own: Outbox;

  constructor(redis: ModelledRedis) {
    super();
    this.own = new Outbox((to, { payload }) => redis.publish(to, payload));
  }

  override send(to: NodeId, message: Message): boolean {
    return this.own.put(to, message);
  }
}

/**
 * Signals between peers of rooms whose peers are on nodes by chance, with the routing code that a node runs: rosters,
 * routes, batches, and the delivery on the other side.
 */
export const simulate = async (plan: Plan): Promise<Outcome> => {
  const random = seeded(plan.seed);
  const redis = new ModelledRedis();
  const outcome = { delivered: 0, remote: 0 };
  const nodes = Array.from({ length: plan.nodes }, (_, index) => {
    const bus = new ModelledBus(redis);
    const stats = new SignalingStats();
    const rooms = new RoomHub(bus, stats);
    rooms.node = `n${index}` as NodeId;
    redis.nodes.set(rooms.node, new NodeMessageHandler(bus, rooms, {} as RosterSync, stats).receive);
    return { rooms, stats };
  });
  const peers = fill(plan, nodes, random, () => {
    outcome.delivered += 1;
  });
  const tail = Buffer.alloc(MEASURED.signalBytes, 'x');
  for (let sent = 0; sent < plan.signals; ) {
    for (let i = 0; i < plan.signalsPerRound && sent < plan.signals; i += 1, sent += 1) {
      const { rooms, session, mates } = peers[Math.floor(random() * peers.length)] as Simulated;
      const { from, member } = rooms.route(session, mates[Math.floor(random() * mates.length)] as PeerId);
      rooms.deliver(member, relayedFrame('signal', from, tail));
    }
    // Outboxes flush at the end of the turn.
    await new Promise(setImmediate);
    redis.round();
  }
  do await new Promise(setImmediate);
  while (redis.round());
  outcome.remote = nodes.reduce((sum, { stats }) => sum + stats.signalsRemote, 0);
  return { ...outcome, commands: redis.commands, bytes: redis.bytes };
};

interface Simulated {
  readonly rooms: RoomHub;
  readonly session: Session;
  readonly mates: readonly PeerId[];
}

const fill = (
  plan: Plan,
  nodes: readonly { readonly rooms: RoomHub }[],
  random: () => number,
  onFrame: () => void,
): Simulated[] => {
  const all: Simulated[] = [];
  for (let index = 0; index < plan.rooms; index += 1) {
    const room = `r${index}` as RoomId;
    const ids = Array.from({ length: plan.peersPerRoom }, (_, peer) => `${room}-${peer}` as PeerId);
    const homes = ids.map(() => nodes[Math.floor(random() * nodes.length)] as (typeof nodes)[number]);
    const members = ids.map((peer, order) => {
      const participant = {
        peer,
        user: peer,
        name: peer,
        role: 'member',
        meta: {},
        state: 'on',
        order,
      } as unknown as Participant;
      return { ...participant, node: (homes[order] as (typeof homes)[number]).rooms.node, connection: peer as never };
    });
    for (const { rooms } of new Set(homes)) rooms.open(room).replace({ room, epoch: 'e', version: 1, members });
    ids.forEach((peer, order) => {
      const { rooms } = homes[order] as (typeof homes)[number];
      // The part of a session that routing uses: its rooms, and offering frames to it.
      const session = {
        state: 'on',
        rooms: new Map([[room, peer]]),
        offerFrame: () => {
          onFrame();
          return true;
        },
      } as unknown as Session;
      rooms.bindPeer(session, members[order] as never, room).held = undefined;
      all.push({ rooms, session, mates: ids.filter((id) => id !== peer) });
    });
  }
  return all;
};
