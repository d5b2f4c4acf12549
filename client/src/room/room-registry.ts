import type { RoomId } from '@parley/protocol';
import { cancelledBy } from '../abort.js';
import type { JoinOptions } from '../client-events.js';
import type { ParleyError } from '../errors.js';
import type { Report } from '../events.js';
import type { Room } from './room.js';

interface Entry {
  readonly room: Room;
  /** Resolves once the first `joined` has come. */
  readonly entered: Promise<Room>;
  /** Calls of `join` that were not cancelled. */
  readonly callers: Set<Caller>;
}

type Caller = Pick<JoinOptions, 'waiting'>;

/** @internal The rooms of a client, and which ones its session can enter no more. */
export class RoomRegistry {
  readonly #entries = new Map<RoomId, Entry>();
  /**
   * Rooms that this session's peer has left, whether or not the server heard of it. It would let an unheard one in again
   * under the same id, whose numbers start again here and continue for the others: so it takes a new session.
   */
  readonly #exhausted = new Set<RoomId>();

  constructor(private readonly report: Report) {}

  /** As they are now: who is told something may take itself off the list. */
  get all(): readonly Room[] {
    return [...this.#entries.values()].map(({ room }) => room);
  }

  get(id: RoomId): Room | undefined {
    return this.#entries.get(id)?.room;
  }

  /** Whether this client is in the room, or on its way into it. */
  has(id: RoomId): boolean {
    return this.get(id)?.live === true;
  }

  /**
   * One more call of `join` waits until the room is entered. The join itself is cancelled with the last of them.
   * @throws ParleyError the result of the join; `cancelled` by `signal`
   */
  enter(id: RoomId, { waiting, signal }: JoinOptions): Promise<Room> {
    const { room, entered, callers } = this.#entries.get(id) as Entry;
    // A call into a room that was entered before waits for nothing.
    if (room.self !== '') return entered;
    const caller: Caller = { ...(waiting && { waiting }) };
    callers.add(caller);
    // The other callers were told when the lobby was entered.
    if (room.inLobby) this.#tell([caller]);
    if (signal === undefined) return entered;
    return new Promise((resolve, reject) => {
      const abort = () => {
        callers.delete(caller);
        const error = cancelledBy(signal);
        if (callers.size === 0) room.cancel(error);
        // It was entered in the same turn: the caller gets it, and may leave it.
        if (room.self === '') reject(error);
      };
      signal.addEventListener('abort', abort);
      entered.finally(() => signal.removeEventListener('abort', abort)).then(resolve, reject);
    });
  }

  /** The user waits in the lobby, or waits again after a lost connection. */
  waiting(id: RoomId): void {
    this.#tell(this.#entries.get(id)?.callers ?? []);
  }

  /** Whether the session had its peer there: another one takes a fresh session. Not for a room that lives. */
  isExhausted(id: RoomId): boolean {
    return this.#entries.has(id) || this.#exhausted.has(id);
  }

  /** In place of one that is over. */
  add(room: Room, entered: Promise<Room>): void {
    this.#entries.set(room.id, { room, entered, callers: new Set() });
  }

  /** The room is over, unless another one took its place by now. */
  forget(id: RoomId, room: object): void {
    const known = this.get(id);
    if (known !== room) return;
    this.#entries.delete(id);
    // A first join that was refused has made no peer.
    if (known.self !== '') this.#exhausted.add(id);
  }

  /**
   * A new session begins, with no peer anywhere: the rooms are left, and joined again under it.
   * @param leave tells the server, while the previous session still has its socket
   * @param without a room that is over, and does not go along
   */
  renew(leave: (id: RoomId) => void, without?: RoomId): void {
    this.#exhausted.clear();
    if (without !== undefined) this.#entries.delete(without);
    for (const room of this.all) {
      // Otherwise the others would see the previous peer as away for the whole resume window.
      if (room.mayBeIn) leave(room.id);
      room.renew();
    }
  }

  /** Ends all of them. */
  close(error: ParleyError): void {
    for (const room of this.all) room.close(error);
    this.#entries.clear();
  }

  #tell(callers: Iterable<Caller>): void {
    for (const { waiting } of [...callers]) {
      try {
        waiting?.();
      } catch (error) {
        this.report(error);
      }
    }
  }
}
