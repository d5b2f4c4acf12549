import type { SessionId } from '@parley/protocol';

/** Takeovers of one session within {@link WINDOW_MS}; one more ends the session. */
export const MAX_TAKEOVERS = 5;
const WINDOW_MS = 30_000;
/** How long an ended session stays ended on this node: as long as the tombstones of its peers. */
const ENDED_MS = 600_000;
/** Sessions to remember; the one that was taken over longest ago is forgotten first. */
export const MAX_REMEMBERED = 10_000;

interface Takeovers {
  /** When each happened, monotonic milliseconds, oldest first. */
  times: number[];
  /** Another node told that its socket of the session is the current one. */
  lostElsewhere: boolean;
  endedUntil: number;
}

/**
 * Counts how often sockets of one session take it over from each other. Two holders of one key that reconnect in turn would
 * go on forever, and each turn is told to the whole room.
 */
export class TakeoverLimit {
  private readonly sessions = new Map<SessionId, Takeovers>();

  /** @param now monotonic milliseconds */
  constructor(private readonly now: () => number) {}

  /** Sessions that were taken over lately. */
  get size(): number {
    return this.sessions.size;
  }

  /** The session's socket was closed because a newer one is on another node. */
  lost(session: SessionId): void {
    this.remember(session, { ...this.of(session), lostElsewhere: true });
  }

  /**
   * Counts a new socket of a session. @param hasHolder whether another socket of it is open on this node
   * @returns false when the session was taken over too often: it has ended
   */
  count(session: SessionId, hasHolder: boolean): boolean {
    const known = this.sessions.get(session);
    if (known === undefined && !hasHolder) return true;
    const { times, lostElsewhere, endedUntil } = known ?? this.of(session);
    const now = this.now();
    if (endedUntil > now) return false;
    if (!hasHolder && !lostElsewhere) return true;
    const recent = [...times.filter((time) => time > now - WINDOW_MS), now];
    const isEnded = recent.length > MAX_TAKEOVERS;
    this.remember(session, { times: recent, lostElsewhere: false, endedUntil: isEnded ? now + ENDED_MS : 0 });
    return !isEnded;
  }

  private of(session: SessionId): Takeovers {
    return this.sessions.get(session) ?? { times: [], lostElsewhere: false, endedUntil: 0 };
  }

  private remember(session: SessionId, takeovers: Takeovers): void {
    this.sessions.delete(session);
    this.sessions.set(session, takeovers);
    const oldest = this.sessions.keys().next().value;
    if (this.sessions.size > MAX_REMEMBERED && oldest !== undefined) this.sessions.delete(oldest);
  }
}
