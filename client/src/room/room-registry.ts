import type { RoomId } from '@parley/protocol';
import { ParleyError } from '../errors.js';
import type { Room } from './room.js';

interface Entry {
  readonly room: Room;
  /** Resolves once the first `joined` has come. */
  readonly entered: Promise<Room>;
  /** Calls of `join` that wait for it, and have not been cancelled. */
  callers: number;
}

/** @internal The rooms of a client, and which ones its session can enter no more. */
export class RoomRegistry {
  readonly #entries = new Map<RoomId, Entry>();
  /**
   * Rooms that this session's peer has left, whether or not the server heard of it. It would let an unheard one in again
   * under the same id, whose numbers start again here and continue for the others: so it takes a new session.
   */
  readonly #exhausted = new Set<RoomId>();

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
   * One more call of `join` waits until the room is entered. The join itself is given up with the last of them.
   * @throws ParleyError what became of the join, `cancelled` by `signal`
   */
  enter(id: RoomId, signal?: AbortSignal): Promise<Room> {
    const entry = this.#entries.get(id) as Entry;
    entry.callers += 1;
    if (signal === undefined) return entry.entered;
    return new Promise((resolve, reject) => {
      const cancel = () => {
        entry.callers -= 1;
        if (entry.callers === 0) entry.room.cancel();
        else if (entry.room.self === '') reject(new ParleyError('cancelled'));
      };
      signal.addEventListener('abort', cancel);
      const done = () => signal.removeEventListener('abort', cancel);
      entry.entered.finally(done).then(resolve, reject);
    });
  }

  /** Whether the session had its peer there: another one takes a fresh session. Not for a room that lives. */
  isExhausted(id: RoomId): boolean {
    return this.#entries.has(id) || this.#exhausted.has(id);
  }

  /** In place of one that is over. */
  add(room: Room, entered: Promise<Room>): void {
    this.#entries.set(room.id, { room, entered, callers: 0 });
  }

  /** The room is over, unless another one took its place by now. */
  forget(id: RoomId, room: object): void {
    const known = this.get(id);
    if (known !== room) return;
    this.#entries.delete(id);
    // A first join that was refused has made no peer.
    if (known.self !== '') this.#exhausted.add(id);
  }

  /** A fresh session begins, with no peer anywhere. @param without a room that is over, and does not go along */
  renew(without?: RoomId): void {
    this.#exhausted.clear();
    if (without !== undefined) this.#entries.delete(without);
  }

  /** Ends all of them. */
  close(error: ParleyError): void {
    for (const room of this.all) room.close(error);
    this.#entries.clear();
  }
}
