import type { IceServer } from '@parley/protocol';
import { decideForServer } from '../../auth/policy.js';
import type { HandlerContext } from '../messages/handler-context.js';
import type { Session } from './session.js';

/** The part of their life after which credentials are replaced: at random between, or all would be at once. */
const EARLIEST = 1 / 2;
const LATEST = 3 / 4;

/** ICE servers for a session, whose credentials will be replaced before they end. */
export const freshIceServers = (
  session: Session,
  { ice, wallClock }: Pick<HandlerContext, 'ice' | 'wallClock'>,
  random: () => number = Math.random,
): readonly IceServer[] => {
  if (ice.ttlMs !== undefined) {
    session.renewIceAt = wallClock() + ice.ttlMs * (EARLIEST + (LATEST - EARLIEST) * random());
  }
  return ice.for(session.principal.user, session.info.session);
};

/**
 * ICE servers for `welcome`. Without credentials for a guest whom no room lets in; it gets them when it joins one.
 * @throws what the database throws, other than that it is unavailable
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

/** Before a session enters a room that let it in: its peers need the relay from the first ICE candidate on. */
export const renewIceServersBeforeJoin = (
  session: Session,
  context: Pick<HandlerContext, 'ice' | 'wallClock'>,
): void => {
  if (isDue(session, context.wallClock())) sendFresh(session, context);
};

/** Asked in each heartbeat: sends new ICE servers to those sessions whose credentials end soon. */
export const renewIceServers = (
  sessions: readonly Session[],
  context: Pick<HandlerContext, 'ice' | 'wallClock'>,
): void => {
  if (context.ice.ttlMs === undefined) return;
  const now = context.wallClock();
  for (const session of sessions) {
    if (session.state !== 'on' || !isDue(session, now)) continue;
    // A guest has a claim to them by a room that let it in: without one it is asked about when it joins.
    if (session.rooms.size > 0 || decideForServer(session.principal, 'ice.read')) sendFresh(session, context);
  }
};

const isDue = ({ renewIceAt }: Session, now: number): boolean => renewIceAt !== undefined && renewIceAt <= now;

const sendFresh = (session: Session, context: Pick<HandlerContext, 'ice' | 'wallClock'>): void => {
  session.send({ type: 'ice_servers', iceServers: freshIceServers(session, context) });
};
