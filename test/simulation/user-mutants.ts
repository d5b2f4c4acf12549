import { ParleyError } from '../../client/src/errors.js';
import { RoomRegistry } from '../../client/src/room/room-registry.js';
import { AdmissionGuard } from '../../src/signaling/moderation/admission-guard.js';
import { Lobby } from '../../src/signaling/moderation/lobby.js';
import { ModerationEventHandler } from '../../src/signaling/moderation/moderation-event-handler.js';
import { RoomJoin } from '../../src/signaling/rooms/room-join.js';
import { RoomLifecycle } from '../../src/signaling/rooms/room-lifecycle.js';
import { type Mutant, patch, rewrite } from './mutant.js';
import type { Script } from './simulation.js';

const removalsUnheard: Script = (run) => {
  const { apply } = patch(run, ModerationEventHandler, {
    async apply(this: any, event: { readonly fact: string }) {
      if (event.fact !== 'user_removed') await apply.call(this, event);
    },
  });
};

const lockIgnored: Script = (run) => {
  const { attach } = patch(run, RoomJoin, {
    attach(this: any, { returningOnly: _locked, ...admission }: any) {
      return attach.call(this, admission);
    },
  });
};

/** The first answer stands, whatever happened while it was on its way. */
const uncheckedAdmission: Script = (run) =>
  patch(run, AdmissionGuard, {
    async admitted(this: any, entry: any, admit: () => Promise<unknown>) {
      const answer = await admit();
      entry.mark = 'none';
      return answer;
    },
  });

/** What happens while the peer is attached is not looked at. */
const uncheckedAttach: Script = (run) =>
  patch(run, AdmissionGuard, {
    attached: (_entry: unknown, admission: unknown, steps: any) => steps.attach(admission),
  });

/** Events of one kind mark no join that is in flight. */
const unmarked =
  (unheard: string): Script =>
  (run) => {
    const { note } = patch(run, AdmissionGuard, {
      note(this: any, event: { readonly fact: string }) {
        if (event.fact !== unheard) return note.call(this, event);
        const { pending } = this;
        this.pending = new Set();
        try {
          return note.call(this, event);
        } finally {
          this.pending = pending;
        }
      },
    });
  };

const deletionUnheard: Script = (run) => patch(run, RoomLifecycle, { end: async () => {} });

/** A removal is held against its user for as long as it is cached. */
const removalForEver: Script = (run) => {
  const { open } = patch(run, AdmissionGuard, {
    open(this: any, operation: any) {
      const entry = open.call(this, operation);
      if (this.removals.users.has(`${operation.room} ${operation.user}`)) entry.mark = 'removed';
      return entry;
    },
  });
};

/** A join that its application gave up is given up by the client alone. */
const cancelUnsaid: Script = (run) => rewrite(run, (header) => (header.type === 'leave' ? undefined : header));

/** One call of `join` gives up what others wait for. */
const cancelForAll: Script = (run) => {
  const { enter } = patch(run, RoomRegistry, {
    enter(this: any, id: string, options: { signal?: AbortSignal }) {
      options.signal?.addEventListener('abort', () => this.get(id)?.cancel(new ParleyError('cancelled')));
      return enter.call(this, id, options);
    },
  });
};

const closedUnnoticed: Script = (run) => patch(run, RoomLifecycle, { closed() {} });

/** After a reconnect, a client joins the room again that it joined first, and no other. */
const oneRoomResumed: Script = (run) => {
  const seen = new Map<string, { hellos: number; room: string | undefined }>();
  rewrite(run, (header, client) => {
    const known = seen.get(client) ?? { hellos: 0, room: undefined };
    seen.set(client, known);
    if (header.type === 'hello') known.hellos += 1;
    if (header.type !== 'join') return header;
    known.room ??= header.room;
    return known.hellos > 1 && header.room !== known.room ? undefined : header;
  });
};

const answersUnheard: Script = (run) => patch(run, Lobby, { answered() {} });

/** What moderators and users do, done wrong. */
export const USER_MUTANTS: readonly Mutant[] = [
  { name: 'a removal is not acted on', apply: removalsUnheard, faults: ['client_reset'] },
  { name: 'a lock is ignored', apply: lockIgnored, faults: ['client_reset'] },
  { name: 'the end of a room is not acted on', apply: deletionUnheard, faults: ['client_reset'] },
  { name: 'a join is not checked after it was admitted', apply: uncheckedAdmission, faults: ['client_reset'] },
  { name: 'a join is not checked after it was attached', apply: uncheckedAttach, faults: ['client_reset'] },
  { name: 'a removal during a join is not noted', apply: unmarked('user_removed'), faults: ['client_reset'] },
  { name: 'a demotion during a join is not noted', apply: unmarked('member_changed'), faults: ['client_reset'] },
  { name: 'an answer does not reach the lobby', apply: answersUnheard, faults: ['client_reset'] },
  { name: 'a lifted ban stays in force', apply: removalForEver, faults: ['client_reset'] },
  { name: 'a cancelled join is not taken back', apply: cancelUnsaid, faults: ['client_reset'] },
  { name: 'one caller cancels the join of another', apply: cancelForAll, faults: ['client_reset'] },
  { name: 'a closed socket stays in its rooms', apply: closedUnnoticed, faults: ['client_reset'] },
  { name: 'one room of a session is resumed', apply: oneRoomResumed, faults: ['client_reset'] },
];
