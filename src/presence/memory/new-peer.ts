import type { PeerId } from '@parley/protocol';
import type { AttachRequest, AttachResult } from '../presence.js';
import type { Stored } from './stored.js';

type Verdict =
  | { readonly kind: 'admitted'; readonly replaces: Stored | undefined }
  | Extract<AttachResult, { kind: 'locked' | 'full' | 'user_full' }>;

/**
 * Decides whether a room takes a peer that is not in it. A user whose own peer is `away` is never refused for a limit:
 * the one that has been `away` longest makes room. The same rule as `refusal_of` in lua/attach.lua.
 */
export const judgeNewPeer = (
  members: ReadonlyMap<PeerId, Stored>,
  { participant: { user }, capacity, maxPeersPerUser = Number.POSITIVE_INFINITY, returningOnly = false }: AttachRequest,
): Verdict => {
  const own = [...members.values()].filter(({ member }) => member.user === user);
  if (returningOnly && own.length === 0) return { kind: 'locked' };
  const isUserFull = own.length >= maxPeersPerUser;
  if (!isUserFull && members.size < capacity) return { kind: 'admitted', replaces: undefined };
  const [replaces] = own
    .filter(({ member }) => member.state === 'away')
    .sort((a, b) => a.deadline - b.deadline || a.member.order - b.member.order);
  if (replaces !== undefined) return { kind: 'admitted', replaces };
  return { kind: isUserFull ? 'user_full' : 'full' };
};
