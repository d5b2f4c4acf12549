import { Roster } from '../../client/src/room/roster.js';
import { SignalReceiver } from '../../client/src/signals/signal-receiver.js';
import { MemoryRoom } from '../../src/presence/memory/memory-room.js';
import { MemoryPresence } from '../../src/presence/memory/presence.memory.js';
import { NodeLease } from '../../src/signaling/cluster/node-lease.js';
import { splitFrame } from '../../src/signaling/codec/frame.js';
import { RoomHub } from '../../src/signaling/rooms/room-hub.js';
import { SessionRegistry } from '../../src/signaling/session/session-registry.js';
import { type Mutant, patch, rewrite } from './mutant.js';
import { SimulatedPresence } from './simulated-presence.js';
import type { Script } from './simulation.js';
import { USER_MUTANTS } from './user-mutants.js';

const headerOf = (frame: Buffer): any => JSON.parse(splitFrame(frame, 8_192).header);

const noResend: Script = (run) => {
  const sent = new Set<string>();
  rewrite(run, (header, client) => {
    if (header.type !== 'signal') return header;
    const copy = `${client} ${header.to} ${header.seq}`;
    if (sent.has(copy)) return undefined;
    sent.add(copy);
    return header;
  });
};

const noDedupe: Script = (run) => {
  const { receive } = patch(run, SignalReceiver, {
    receive(this: any, seq: number, base: number, kind: string, body: string | undefined) {
      if (seq <= this.upto && body !== undefined) this.deliver(kind, body);
      receive.call(this, seq, base, kind, body);
    },
  });
};

const nodeAcknowledges: Script = (run) => {
  const { deliver } = patch(run, RoomHub, {
    deliver(this: RoomHub, member: any, frame: Buffer) {
      deliver.call(this, member, frame);
      const { type, from, seq } = headerOf(frame);
      if (type === 'signal') this.binding(from)?.session.send({ type: 'ack', from: member.peer, upto: seq });
    },
  });
};

const noMissedList: Script = (run) => rewrite(run, ({ missed: _missed, ...header }) => header);

const deniedByNode: Script = (run) => {
  const { deliver } = patch(run, RoomHub, {
    deliver(this: RoomHub, member: any, frame: Buffer) {
      const { denied, from, seq } = headerOf(frame);
      if (denied === undefined) deliver.call(this, member, frame);
      else this.binding(from)?.session.send({ type: 'ack', from: member.peer, upto: seq, missed: [seq] });
    },
  });
};

const arrivalOrder: Script = (run) => {
  let pendingJoins = 0;
  patch(run, SessionRegistry, {
    claim(this: any, session: any) {
      const { session: id } = session.info;
      const holder = this.current.get(id);
      this.current.set(id, session);
      holder?.close(4509, 'somebody came later');
      return true;
    },
  });
  const { attach, leave } = patch(run, MemoryRoom, {
    attach(this: any, request: any, now: number) {
      pendingJoins += 1;
      return attach.call(this, { ...request, attempt: pendingJoins }, now);
    },
    leave(this: any, peer: string, reason: string, _attempt: unknown, now: number) {
      return leave.call(this, peer, reason, undefined, now);
    },
  });
};

const noReconcile: Script = (run) => patch(run, NodeLease, { reconcileAll: async () => {} });

/** Nodes that do not compare a room any more are given up there: a second line, which would heal what the first let through. */
const noSecondLine: Script = (run) =>
  patch(run, MemoryRoom, { silentTo: () => new Set(), silentNodes: () => new Set() });

const noReaper: Script = (run) => {
  noSecondLine(run);
  patch(run, MemoryPresence, { sweep: async () => [] });
};

const deadNodeRevived: Script = (run) => {
  noSecondLine(run);
  patch(run, NodeLease, {
    async newLease(this: any) {
      const node = `${this.name}-for-ever`;
      this.local.rooms.node = node;
      await this.ports.bus.listen(node);
      await this.ports.presence.renew(node);
    },
  });
  const { renew } = patch(run, MemoryPresence, {
    renew(this: any, node: string) {
      this.store.dead.delete(node);
      return renew.call(this, node);
    },
  });
};

const noBase: Script = (run) => rewrite(run, (header) => (header.type === 'signal' ? { ...header, base: 1 } : header));

const offlineQueue: Script = (run) => {
  SimulatedPresence.queueOffline = true;
  run.whenOver(() => {
    SimulatedPresence.queueOffline = false;
  });
};

const outOfOrder: Script = (run) => {
  const handed = new Set<string>();
  const { receive } = patch(run, SignalReceiver, {
    receive(this: any, seq: number, base: number, kind: string, body: string | undefined) {
      this.inOrder ??= this.deliver;
      this.deliver = (late: string, text: string) => {
        if (!handed.has(text)) this.inOrder(late, text);
        handed.add(text);
      };
      if (seq > this.upto && body !== undefined) this.deliver(kind, body);
      receive.call(this, seq, base, kind, body);
    },
  });
};

const epochGoesOn: Script = (run) => patch(run, MemoryRoom, { follow() {} });

/** As if only the server's name decided: the same failover from the same state gives the same epoch again. */
const derivedEpoch: Script = (run) =>
  patch(run, MemoryRoom, {
    follow(this: any, generation: number) {
      const server = generation % 2;
      if (this.epoch !== '' && this.generation % 2 !== server) this.epoch = `${this.epoch}${server}`.slice(-24);
      this.generation = generation;
    },
  });

/** A client that follows its server to no epoch that it has left. */
const retiredEpochs: Script = (run) => {
  const { adopt, apply } = patch(run, Roster, {
    adopt(this: any, snapshot: any) {
      this.retired ??= new Set();
      if (this.retired.has(snapshot.epoch)) return [];
      if (this.epoch !== undefined && this.epoch !== snapshot.epoch) this.retired.add(this.epoch);
      return adopt.call(this, snapshot);
    },
    apply(this: any, delta: any) {
      return this.retired?.has(delta.epoch) ? [] : apply.call(this, delta);
    },
  });
};

/** A client that takes a roster only if it is newer than what it knows. */
const joinedIgnored: Script = (run) => {
  const { adopt } = patch(run, Roster, {
    adopt(this: any, snapshot: any) {
      return this.epoch === undefined || this.epoch === snapshot.epoch ? adopt.call(this, snapshot) : [];
    },
  });
};

/** Those that RELIABILITY names, and one that this simulation led to. */
export const MUTANTS: readonly Mutant[] = [
  { name: 'no resend', apply: noResend },
  { name: 'no dedupe', apply: noDedupe },
  { name: 'the node acknowledges', apply: nodeAcknowledges },
  { name: 'no missed list', apply: noMissedList },
  { name: 'a denied repeat is answered by the node', apply: deniedByNode },
  {
    name: 'arrival order instead of attempt',
    apply: arrivalOrder,
    faults: ['client_late_hello', 'client_repeated_hello'],
  },
  { name: 'no reconcile', apply: noReconcile },
  { name: 'no reaper', apply: noReaper },
  {
    name: 'a dead node id is revived',
    apply: deadNodeRevived,
    faults: ['node_sigkill', 'node_sigkill_all', 'node_sigstop', 'client_half_open'],
  },
  { name: 'no base', apply: noBase, faults: ['redis_down', 'node_cut', 'client_reset'] },
  { name: 'offline queue', apply: offlineQueue, faults: ['redis_down', 'node_cut'] },
  { name: 'delivered out of order', apply: outOfOrder },
  {
    name: 'an epoch goes on over lost writes',
    apply: epochGoesOn,
    faults: ['redis_rollback', 'redis_rollback', 'client_reset', 'node_sigkill'],
  },
  {
    name: 'an epoch is derived from the server',
    apply: derivedEpoch,
    faults: ['redis_failed_back', 'redis_failed_back', 'client_reset', 'node_cut'],
  },
  { name: 'a client returns to no epoch that it left', apply: retiredEpochs, faults: ['redis_failed_back'] },
  { name: 'the answer to a join is ignored', apply: joinedIgnored, faults: ['redis_failed_back', 'client_reset'] },
  ...USER_MUTANTS,
];
