import type { NodeId, RoomId } from '@parley/protocol';

/**
 * Maximum scripts that wait for the end of a turn; then they are sent at once. This also limits the size of a `touch`.
 */
export const MAX_TOGETHER = 256;

/** Why a room is added to the index: a peer attaches, or the node reconciles the room. */
export type Reason = 'entered' | 'reconciled';

/** Adds rooms of a node to the index. */
export type IndexRooms = (node: NodeId, rooms: Readonly<Record<Reason, ReadonlySet<RoomId>>>) => Promise<void>;

interface Waiting {
  readonly rooms: Readonly<Record<Reason, Set<RoomId>>>;
  readonly answer: Promise<void>;
  settle(answer: Promise<void>): void;
}

/**
 * Collects the room commands of one turn of the event loop and sends them at its end in one write: one `touch` per node
 * with all rooms for the index, then the scripts in the order of requests
 * (docs/adr/0012-room-commands-of-a-turn-are-batched.md).
 */
export class RoomCommandBatch {
  private scripts: (() => void)[] = [];
  private touches = new Map<NodeId, Waiting>();
  private scheduled: NodeJS.Immediate | undefined;

  /** @param together runs `send`, and sends its commands in one write */
  constructor(
    private readonly indexRooms: IndexRooms,
    private readonly together: (send: () => void) => void,
  ) {}

  /** Runs a script after those that were requested earlier. */
  ask<Answer>(script: () => Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.scripts.push(() => void script().then(resolve, reject));
      if (this.scripts.length >= MAX_TOGETHER) this.send();
      else this.scheduled ??= setImmediate(() => this.send());
    });
  }

  /**
   * Runs a script whose room must be in the index first. Both are sent without waiting: a connection executes them in
   * order. Rejects if either fails; both may be repeated.
   */
  async askIndexed<Answer>(node: NodeId, room: RoomId, reason: Reason, script: () => Promise<Answer>): Promise<Answer> {
    const waiting = this.touches.get(node) ?? newWaiting();
    this.touches.set(node, waiting);
    waiting.rooms[reason].add(room);
    const [, answer] = await Promise.all([waiting.answer, this.ask(script)]);
    return answer;
  }

  /** Sends all waiting commands now. */
  send(): void {
    clearImmediate(this.scheduled);
    this.scheduled = undefined;
    const { scripts, touches } = this;
    this.scripts = [];
    this.touches = new Map();
    this.together(() => {
      for (const [node, { rooms, settle }] of touches) settle(this.indexRooms(node, rooms));
      for (const script of scripts) script();
    });
  }
}

const newWaiting = (): Waiting => {
  let settle: Waiting['settle'] = () => {};
  const answer = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { rooms: { entered: new Set(), reconciled: new Set() }, answer, settle };
};
