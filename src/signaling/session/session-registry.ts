import { CLOSE_CODES, type Limits, type SessionId, type UserId } from '@parley/protocol';
import { TokenBucket } from '../../rate-limit/token-bucket.js';
import { HeartbeatWheel } from '../../websocket/heartbeat-wheel.js';
import type { Session } from './session.js';

/** How long before a token expires `token_expiring` is sent. */
const TOKEN_WARNING_MS = 60_000;
/** How long after a token expired its socket is closed. */
const TOKEN_LEEWAY_MS = 30_000;

/** Limits per user on this node: sessions, and frames of all of them together. */
export interface UserLimits {
  readonly maxPerUser: number;
  readonly framesPerUser: { readonly burst: number; readonly perSecond: number };
}

const USER_LIMITS: UserLimits = { maxPerUser: 20, framesPerUser: { burst: 5_000, perSecond: 1_000 } };

/** The state shared by a user's sessions on this node. */
interface User {
  sessions: number;
  readonly frames: TokenBucket;
}

/**
 * Holds the sessions with a socket on this node. Of two sockets of one session, the one with the higher attempt is
 * current; the order in which they arrive never matters.
 */
export class SessionRegistry {
  private readonly current = new Map<SessionId, Session>();
  private readonly users = new Map<UserId, User>();
  /** All sockets, also those before `hello`, each checked once per heartbeat interval. */
  private readonly sockets: HeartbeatWheel<Session>;

  constructor(
    private readonly limits: Limits,
    private readonly now: () => number,
    private readonly wallClock: () => number,
    private readonly perUser: UserLimits = USER_LIMITS,
  ) {
    this.sockets = new HeartbeatWheel(limits.heartbeatMs);
  }

  /** Milliseconds between two calls of {@link beat}. */
  get beatMs(): number {
    return this.sockets.everyMs;
  }

  /** The number of calls of {@link beat} that check every socket once. */
  get beats(): number {
    return this.sockets.slots;
  }

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

  /** Removes a session whose socket closed. */
  remove(session: Session): void {
    this.sockets.delete(session);
    if (session.info !== undefined && this.current.get(session.info.session) === session) {
      this.current.delete(session.info.session);
      this.forget(session);
    }
  }

  /** The number of users with a session on this node. */
  get userCount(): number {
    return this.users.size;
  }

  /** Whether the user is at the limit of sessions. A session that is on this node already may always come back. */
  isFull(user: UserId, id: SessionId): boolean {
    return !this.current.has(id) && (this.users.get(user)?.sessions ?? 0) >= this.perUser.maxPerUser;
  }

  /** Makes this socket the current one of its session. @returns false when a newer attempt is current */
  claim(session: Session): boolean {
    const { session: id, attempt } = session.info;
    const holder = this.current.get(id);
    if (holder !== undefined && holder.info.attempt >= attempt) return false;
    this.current.set(id, session);
    this.remember(session);
    if (holder !== undefined) this.forget(holder);
    holder?.close(CLOSE_CODES.superseded, 'a newer socket of this session took over');
    return true;
  }

  private remember(session: Session): void {
    const { user } = session.principal;
    const { burst, perSecond } = this.perUser.framesPerUser;
    const known = this.users.get(user) ?? {
      sessions: 0,
      frames: new TokenBucket(burst, perSecond, this.now()),
    };
    this.users.set(user, known);
    known.sessions += 1;
    session.userFrames = known.frames;
    session.quotaLease?.authenticated();
  }

  private forget(session: Session): void {
    const { user } = session.principal;
    const known = this.users.get(user);
    if (known === undefined) return;
    known.sessions -= 1;
    if (known.sessions === 0) this.users.delete(user);
  }

  /** Whether a newer socket of the same session is on this node. */
  isSucceeded(session: Session): boolean {
    const holder = this.current.get(session.info.session);
    return holder !== undefined && holder !== session;
  }

  /** Lists a user's sessions whose tokens were issued before a time. @param before milliseconds since the Unix epoch */
  issuedBefore(user: UserId, before: number): Session[] {
    return [...this.current.values()].filter(
      (session) => session.principal.user === user && session.principal.issuedAt < before,
    );
  }

  /**
   * Checks the next slot of the heartbeat wheel: sends heartbeats, and terminates silent sessions and slow readers.
   * @returns the sessions that are still alive
   */
  beat(): Session[] {
    const now = this.now();
    const alive: Session[] = [];
    for (const session of this.sockets.next()) {
      if (now - session.lastActivity >= this.limits.silenceMs) {
        session.terminate(CLOSE_CODES.heartbeatTimeout, 'no frame was received in time');
      } else if (session.state === 'on' && !session.endIfSlow()) {
        this.checkToken(session);
        session.heartbeat();
        alive.push(session);
      }
    }
    return alive;
  }

  /** Terminates the sockets that did not send `hello` in time. */
  expireUnauthenticated(): void {
    const now = this.now();
    for (const session of this.sockets) {
      if (session.state === 'new' && now - session.openedAt >= this.limits.helloTimeoutMs) {
        session.terminate(CLOSE_CODES.helloTimeout, 'no hello was received in time');
      }
    }
  }

  private checkToken(session: Session): void {
    const { expiresAt } = session.principal;
    const left = expiresAt - this.wallClock();
    if (left <= -TOKEN_LEEWAY_MS) {
      session.close(CLOSE_CODES.tokenExpired, 'the access token has expired');
    } else if (left <= TOKEN_WARNING_MS && !session.tokenWarned) {
      session.tokenWarned = true;
      session.send({ type: 'token_expiring', expiresAt });
    }
  }
}
