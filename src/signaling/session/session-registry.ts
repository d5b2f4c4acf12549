import { CLOSE_CODES, type Limits, type SessionId, type UserId } from '@parley/protocol';
import { TokenBucket } from '../../rate-limit/token-bucket.js';
import { HeartbeatWheel } from '../../websocket/heartbeat-wheel.js';
import type { Session } from './session.js';

/** A token's end is announced so long before it, and enforced so long after it. */
const TOKEN_WARNING_MS = 60_000;
const TOKEN_LEEWAY_MS = 30_000;

/** How much one user may have on this node. */
export interface UserLimits {
  readonly maxPerUser: number;
  readonly framesPerUser: { readonly burst: number; readonly perSecond: number };
}

const USER_LIMITS: UserLimits = { maxPerUser: 20, framesPerUser: { burst: 5_000, perSecond: 1_000 } };

/** What a user's sessions on this node have in common. */
interface User {
  sessions: number;
  readonly frames: TokenBucket;
}

/**
 * The sessions that have a socket on this node. Of two sockets of one session the higher attempt is current;
 * the order in which they arrive never decides.
 */
export class SessionRegistry {
  private readonly current = new Map<SessionId, Session>();
  private readonly users = new Map<UserId, User>();
  /** All sockets, those before `hello` too: in each heartbeat every one is looked at once. */
  private readonly sockets: HeartbeatWheel<Session>;

  constructor(
    private readonly limits: Limits,
    private readonly now: () => number,
    private readonly wallClock: () => number,
    private readonly perUser: UserLimits = USER_LIMITS,
  ) {
    this.sockets = new HeartbeatWheel(limits.heartbeatMs);
  }

  /** When the next {@link beat} is due after this one, milliseconds. */
  get beatMs(): number {
    return this.sockets.everyMs;
  }

  /** Beats in which every socket is looked at once. */
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

  /** The socket is closed. */
  remove(session: Session): void {
    this.sockets.delete(session);
    if (session.info !== undefined && this.current.get(session.info.session) === session) {
      this.current.delete(session.info.session);
      this.forget(session);
    }
  }

  /** Users who have a session here. */
  get userCount(): number {
    return this.users.size;
  }

  /** Whether a session of this user would be one too many. One that is here already is not one more. */
  isFull(user: UserId, id: SessionId): boolean {
    return !this.current.has(id) && (this.users.get(user)?.sessions ?? 0) >= this.perUser.maxPerUser;
  }

  /** Makes this socket the session's current one. False: a newer attempt is. */
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

  /** Whether a newer socket of the same session is here. */
  isSucceeded(session: Session): boolean {
    const holder = this.current.get(session.info.session);
    return holder !== undefined && holder !== session;
  }

  /** A user's sessions whose tokens were issued before a moment (milliseconds since the Unix epoch). */
  issuedBefore(user: UserId, before: number): Session[] {
    return [...this.current.values()].filter(
      (session) => session.principal.user === user && session.principal.issuedAt < before,
    );
  }

  /**
   * The next part of a round: shows that the server lives, and finds those that do not.
   * @returns whoever is well
   */
  beat(): Session[] {
    const now = this.now();
    const well: Session[] = [];
    for (const session of this.sockets.next()) {
      if (now - session.lastActivity >= this.limits.silenceMs) {
        session.terminate(CLOSE_CODES.heartbeatTimeout, 'nothing was heard');
      } else if (session.state === 'on' && !session.endIfSlow()) {
        this.checkToken(session);
        session.heartbeat();
        well.push(session);
      }
    }
    return well;
  }

  /** Sockets that never say hello. */
  expireUnauthenticated(): void {
    const now = this.now();
    for (const session of this.sockets) {
      if (session.state === 'new' && now - session.openedAt >= this.limits.helloTimeoutMs) {
        session.terminate(CLOSE_CODES.helloTimeout, 'no hello came');
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
