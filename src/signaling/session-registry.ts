import { CLOSE_CODES, type Limits, type SessionId, type UserId } from '@parley/protocol';
import type { Session } from './session.js';

/** A token's end is announced so long before it, and enforced so long after it. */
const TOKEN_WARNING_MS = 60_000;
const TOKEN_LEEWAY_MS = 30_000;

/**
 * The sessions that have a socket on this node. Of two sockets of one session the higher attempt is current;
 * the order in which they arrive never decides.
 */
export class SessionRegistry {
  private readonly current = new Map<SessionId, Session>();
  private readonly sockets = new Set<Session>();

  constructor(
    private readonly limits: Limits,
    private readonly now: () => number,
    private readonly wallClock: () => number,
  ) {}

  /** All sockets, those before `hello` too. */
  get size(): number {
    return this.sockets.size;
  }

  get all(): Session[] {
    return [...this.sockets];
  }

  get sessionCount(): number {
    return this.current.size;
  }

  add(session: Session): void {
    this.sockets.add(session);
  }

  /** The socket is closed. */
  remove(session: Session): void {
    this.sockets.delete(session);
    if (session.attachment !== undefined && this.current.get(session.attachment.session) === session) {
      this.current.delete(session.attachment.session);
    }
  }

  /** Makes this socket the session's current one. False: a newer attempt is. */
  claim(session: Session): boolean {
    const { session: id, attempt } = session.attachment;
    const holder = this.current.get(id);
    if (holder !== undefined && holder.attachment.attempt >= attempt) return false;
    this.current.set(id, session);
    holder?.close(CLOSE_CODES.superseded, 'a newer socket of this session took over');
    return true;
  }

  /** Whether a newer socket of the same session is here. */
  isSucceeded(session: Session): boolean {
    const holder = this.current.get(session.attachment.session);
    return holder !== undefined && holder !== session;
  }

  /** A user's sessions whose tokens were issued before a moment (milliseconds since the Unix epoch). */
  issuedBefore(user: UserId, before: number): Session[] {
    return [...this.current.values()].filter(
      (session) => session.principal.user === user && session.principal.issuedAt < before,
    );
  }

  /** Called every heartbeat: shows that the server lives, and finds those that do not. */
  beat(): void {
    const now = this.now();
    for (const session of [...this.sockets]) {
      if (now - session.lastHeard >= this.limits.silenceMs) {
        session.abandon(CLOSE_CODES.heartbeatTimeout, 'nothing was heard');
      } else if (session.state === 'on') {
        this.checkToken(session);
        session.heartbeat();
      }
    }
  }

  /** Called more often: sockets that never say hello. */
  expireUnauthenticated(): void {
    const now = this.now();
    for (const session of [...this.sockets]) {
      if (session.state === 'new' && now - session.lastHeard >= this.limits.helloTimeoutMs) {
        session.abandon(CLOSE_CODES.helloTimeout, 'no hello came');
      }
    }
  }

  private checkToken(session: Session): void {
    const { expiresAt } = session.principal;
    const left = expiresAt - this.wallClock();
    if (left <= -TOKEN_LEEWAY_MS) {
      session.close(CLOSE_CODES.tokenExpired, 'the token has ended');
    } else if (left <= TOKEN_WARNING_MS && !session.tokenWarned) {
      session.tokenWarned = true;
      session.send({ type: 'token_expiring', expiresAt });
    }
  }
}
