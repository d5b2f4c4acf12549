import type { IceServer } from '@parley/protocol';
import { decideForServer } from '../../auth/policy.js';
import type { HandlerContext } from '../messages/handler-context.js';
import type { Session } from './session.js';

/** Credentials are replaced after this part of their validity, at random in between so that not all are at once. */
const EARLIEST = 1 / 2;
const LATEST = 3 / 4;

/** Creates ICE servers for a session, and schedules their replacement before their credentials expire. */
export const freshIceServers = (
  session: Session,
  { ice, wallClock }: Pick<HandlerContext, 'ice' | 'wallClock'>,
  random: () => number = Math.random,
): readonly IceServer[] => {
  if (ice.ttlMs !== undefined) {
    session.renewIceAt = wallClock() + ice.ttlMs * (EARLIEST + (LATEST - EARLIEST) * random());
  }
  return ice.for(session.principal.user);
};

/**
 * Creates the ICE servers for `welcome`: without TURN for a guest whom no room admits, which gets it with its first join.
 * @throws unexpected errors of the database; while it is unavailable, none
 */
export const firstIceServers = async (
  session: Session,
  context: Pick<HandlerContext, 'ice' | 'wallClock' | 'access'>,
): Promise<readonly IceServer[]> => {
  if (context.ice.ttlMs === undefined || (await context.access.mayRelay(session.principal))) {
    return freshIceServers(session, context);
  }
  session.renewIceAt = context.wallClock();
  return context.ice.withoutRelay;
};

/** Sends TURN credentials that are due before a join: peers need the relay from the first ICE candidate on. */
export const renewIceServersBeforeJoin = (
  session: Session,
  context: Pick<HandlerContext, 'ice' | 'wallClock'>,
): void => {
  if (isDue(session, context.wallClock())) sendFresh(session, context);
};

/** Sends new ICE servers to the sessions whose credentials expire soon; called with each heartbeat. */
export const renewIceServers = (
  sessions: readonly Session[],
  context: Pick<HandlerContext, 'ice' | 'wallClock'>,
): void => {
  if (context.ice.ttlMs === undefined) return;
  const now = context.wallClock();
  for (const session of sessions) {
    if (session.state !== 'on' || !isDue(session, now)) continue;
    // A guest is entitled to TURN by a room that admitted it; outside a room it gets it when it joins one.
    if (session.rooms.size > 0 || decideForServer(session.principal, 'ice.read')) sendFresh(session, context);
  }
};

const isDue = ({ renewIceAt }: Session, now: number): boolean => renewIceAt !== undefined && renewIceAt <= now;

const sendFresh = (session: Session, context: Pick<HandlerContext, 'ice' | 'wallClock'>): void => {
  session.send({ type: 'ice_servers', iceServers: freshIceServers(session, context) });
};
