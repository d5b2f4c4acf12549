import type { IceServer } from '@parley/protocol';
import type { Session } from './session.js';
import type { Services } from './signaling-services.js';

/** The part of their life after which credentials are replaced: at random between, or all would be at once. */
const EARLIEST = 1 / 2;
const LATEST = 3 / 4;

/** ICE servers for a session, whose credentials will be replaced before they end. */
export const freshIceServers = (
  session: Session,
  { ice, wallClock }: Pick<Services, 'ice' | 'wallClock'>,
  random: () => number = Math.random,
): readonly IceServer[] => {
  if (ice.lifeMs !== undefined) {
    session.renewIceAt = wallClock() + ice.lifeMs * (EARLIEST + (LATEST - EARLIEST) * random());
  }
  return ice.for(session.principal.user, session.attachment.session);
};

/** Asked in each heartbeat: sends new ICE servers to those sessions whose credentials end soon. */
export const renewIceServers = (sessions: readonly Session[], services: Pick<Services, 'ice' | 'wallClock'>): void => {
  if (services.ice.lifeMs === undefined) return;
  const now = services.wallClock();
  for (const session of sessions) {
    if (session.state !== 'on' || session.renewIceAt === undefined || session.renewIceAt > now) continue;
    session.send({ type: 'ice_servers', iceServers: freshIceServers(session, services) });
  }
};
