import { signal } from '@preact/signals';
import { codeOf } from '../api/problem.js';
import * as rest from '../api/rest.js';
import { withToken } from './session.js';

const PAGE = 20;

/** The room list. A new request aborts the previous one, whose result would be outdated. */
export class RoomList {
  readonly rooms = signal<readonly rest.RoomSummary[]>([]);
  readonly busy = signal(false);
  /** Code of the last error, or undefined. */
  readonly problem = signal<string | undefined>(undefined);
  readonly more = signal(false);
  readonly search = signal('');
  /** False until the first response. */
  readonly loaded = signal(false);
  private cursor: string | undefined;
  private current: AbortController | undefined;

  /** Reads the first page again. */
  async load(): Promise<void> {
    this.cursor = undefined;
    await this.read(false);
  }

  async loadMore(): Promise<void> {
    if (this.cursor && !this.busy.value) await this.read(true);
  }

  close(): void {
    this.current?.abort();
  }

  async remove(room: rest.RoomSummary): Promise<void> {
    await withToken((token) => rest.deleteRoom(token, room.id));
    this.rooms.value = this.rooms.value.filter(({ id }) => id !== room.id);
  }

  private async read(append: boolean): Promise<void> {
    this.current?.abort();
    const mine = new AbortController();
    this.current = mine;
    this.busy.value = true;
    this.problem.value = undefined;
    const query = {
      limit: PAGE,
      search: this.search.value.trim(),
      ...(append && this.cursor ? { cursor: this.cursor } : {}),
    };
    try {
      const page = await withToken((token) => rest.listRooms(token, query, mine.signal));
      if (mine.signal.aborted) return;
      const current = new Set(append ? this.rooms.value.map(({ id }) => id) : []);
      const added = page.items.filter(({ id }) => !current.has(id));
      this.rooms.value = append ? [...this.rooms.value, ...added] : added;
      this.cursor = page.nextCursor ?? undefined;
      this.more.value = page.nextCursor !== null;
      this.loaded.value = true;
    } catch (error) {
      if (!mine.signal.aborted) this.problem.value = codeOf(error);
    } finally {
      if (this.current === mine) this.busy.value = false;
    }
  }
}
