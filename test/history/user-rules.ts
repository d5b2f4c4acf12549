import { effectiveBy, soundFor } from './due.js';
import type { EventOf, HistoryEvent } from './history.js';
import type { PeerLifetime, Timeline } from './timeline.js';
import type { Bounds, Invariant, Rule, Violation } from './verdict.js';

/** Two rounds of reconciliation by the nodes' default. */
const RECONCILE_MS = 10_000;

/** I17, by what REST committed: nothing sent later passes from or to the peers that the user had in the room. */
export const removedByRestIsSilent: Rule = (timeline, bounds) =>
  timeline.removals.flatMap((removal) => {
    const by = effectiveBy(timeline, removal.t, bounds.removedMs, bounds.convergeMs);
    const peers = new Set(lifetimesOf(timeline, removal).map(({ peer }) => peer));
    return laterSignals(timeline, peers, removal, by).map(({ message, events }) => ({
      ...{ invariant: 'I17', message: `${message} ${removal.user} was removed`, events },
    }));
  });

/** I20: a join that its application gave up leaves nobody in any roster, for longer than the service may take. */
export const cancelledLeavesNobody: Rule = (timeline, bounds) =>
  timeline.cancels.flatMap((cancel): Violation[] => {
    const orphans = timeline.seen.filter(
      ({ event, of, user, peer }) =>
        event === 'joined' &&
        user === cancel.user &&
        !timeline.lifetimes.has(of) &&
        timeline.lifetimes.get(peer)?.room === cancel.room,
    );
    return orphans.flatMap((joined) =>
      shownTooLong(timeline, joined.t < cancel.t ? cancel : joined, new Set([joined.of]), bounds).map(({ roster }) => ({
        invariant: 'I20' as const,
        message: `${roster.peer} still shows ${joined.of}, whose join ${cancel.user} cancelled`,
        events: [cancel, roster],
      })),
    );
  });

/** I21: whoever was kicked or banned is attached nowhere afterwards, nor let in again while the ban lasts. */
export const removedIsOut: Rule = (timeline, bounds) =>
  timeline.removals.flatMap((removal): Violation[] => {
    const by = effectiveBy(timeline, removal.t, bounds.removedMs, bounds.convergeMs);
    const lifetimes = lifetimesOf(timeline, removal);
    const until = removal.ban ? liftedAt(timeline, removal) : removal.t;
    const inside = new Set([
      ...lifetimes
        .filter((lifetime) => by <= timeline.overAt && isAttachedInTheEnd(timeline, lifetime))
        .map(({ peer }) => peer),
      ...shownAfter(timeline, removal.room, new Set(lifetimes.map(({ peer }) => peer)), by)
        .filter(({ roster, peer }) => !mayBeUnseen(timeline, roster, peer, by + bounds.orphanMs))
        .map(({ peer }) => peer),
      ...lateComers(timeline, removal.room, by, until)
        .filter(({ user }) => user === removal.user)
        .map(({ peer }) => peer),
    ]);
    return [...inside].map((peer) =>
      violation('I21', `${peer} of ${removal.user} is in ${removal.room} after its removal`, removal),
    );
  });

/** I22: a locked room lets no one in who was not there. */
export const lockedStaysClosed: Rule = (timeline, bounds) =>
  timeline.locks.flatMap((lock, index): Violation[] => {
    if (!lock.on) return [];
    const by = effectiveBy(timeline, lock.t, bounds.removedMs, bounds.convergeMs);
    const until = timeline.locks.slice(index + 1).find(({ room }) => room === lock.room)?.t ?? timeline.overAt;
    // A join that was cancelled may have made the session a participant before: it comes back.
    const mayBeBack = new Set(timeline.cancels.filter(({ room }) => room === lock.room).map(({ user }) => user));
    const mayEnter = (lifetime: PeerLifetime) =>
      isModerator(timeline, lock.room, lifetime.user, lifetime.bornAt) || isReturn(timeline, lifetime);
    return lateComers(timeline, lock.room, by, until)
      .filter((lifetime) => !mayBeBack.has(lifetime.user) && !mayEnter(lifetime))
      .map(({ peer, user }) => violation('I22', `${user} entered the locked ${lock.room} as ${peer}`, lock));
  });

/** I23: a room that was deleted has nobody in it, and takes nobody. */
export const deletedIsEmpty: Rule = (timeline, bounds) =>
  timeline.deletions.flatMap((deletion): Violation[] => {
    const by = effectiveBy(timeline, deletion.t, bounds.removedMs, bounds.convergeMs);
    const lifetimes = [...timeline.lifetimes.values()].filter(({ room }) => room === deletion.room);
    const peers = new Set(lifetimes.map(({ peer }) => peer));
    return [
      ...lifetimes
        .filter((lifetime) => by <= timeline.overAt && isAttachedInTheEnd(timeline, lifetime))
        .map(({ peer }) => violation('I23', `${peer} is attached to ${deletion.room}, which was deleted`, deletion)),
      ...lateComers(timeline, deletion.room, by, timeline.overAt).map(({ peer }) =>
        violation('I23', `${peer} entered ${deletion.room} after it was deleted`, deletion),
      ),
      ...laterSignals(timeline, peers, deletion, by).map(({ message, events }) => ({
        ...{ invariant: 'I23' as const, message: `${message} ${deletion.room} was deleted`, events },
      })),
    ];
  });

/** I24: the session that a reload left behind ends for everyone. */
export const reloadEndsTheOld: Rule = (timeline, bounds) =>
  timeline.reloads.flatMap((reload): Violation[] =>
    shownTooLong(timeline, reload, new Set([reload.peer]), bounds).map(({ roster }) => ({
      invariant: 'I24',
      message: `${roster.peer} still shows ${reload.peer}, whose page was reloaded`,
      events: [reload, roster],
    })),
  );

/**
 * I27: a role that was committed while nothing was wrong is what every roster shows from then on. A node that the bus did
 * not reach at that time applies a role with the next join.
 */
export const rolesAreTrue: Rule = (timeline, bounds) =>
  timeline.roles.flatMap((change, index): Violation[] => {
    const { user, room, role } = change;
    const by = change.t + bounds.removedMs;
    if (effectiveBy(timeline, change.t, bounds.removedMs, bounds.convergeMs) !== by) return [];
    const isNext = (next: EventOf<'role'>) => next.user === user && next.room === room;
    const until = timeline.roles.slice(index + 1).find(isNext)?.t ?? Number.POSITIVE_INFINITY;
    const isSound = (t: number) => effectiveBy(timeline, t, 0, bounds.convergeMs) === t;
    const isWrong = ({ t, set, roles }: EventOf<'roster'>, peer: string) =>
      t < until && roles !== undefined && set[peer] === 'on' && (roles[peer] ?? 'member') !== role && isSound(t);
    const peers = [...timeline.lifetimes.values()].filter((one) => one.user === user && one.room === room);
    return peers.flatMap(({ peer }) => {
      const roster = rostersAt(timeline, room, by).find((one) => isWrong(one, peer));
      if (roster === undefined) return [];
      const message = `${roster.peer} shows ${peer} of ${user}, who is ${role}, as another`;
      return [{ invariant: 'I27', message, events: [change, roster] }];
    });
  });

/** I28: once a ban is lifted, its user is not refused for it, until the next removal. */
export const liftedBansAreOver: Rule = (timeline, bounds) =>
  timeline.unbans.flatMap((unban): Violation[] => {
    const isTheirs = ({ user, room }: { readonly user: string; readonly room: string }) =>
      user === unban.user && room === unban.room;
    const by = effectiveBy(timeline, unban.t, bounds.removedMs, bounds.convergeMs);
    const until = timeline.removals.find((next) => isTheirs(next) && next.t > unban.t)?.t ?? Number.POSITIVE_INFINITY;
    return timeline.refusals
      .filter((refused) => isTheirs(refused) && FOR_REMOVAL.has(refused.code))
      .filter(({ askedAt, t }) => askedAt >= by && t < until)
      .map((refused) =>
        violation('I28', `${unban.user} was refused as ${refused.code}, and its ban is lifted`, refused),
      );
  });

/** I29: nobody's join is cancelled but by its own caller. */
export const ownCancelsOnly: Rule = (timeline) =>
  timeline.refusals
    .filter(({ code }) => code === 'cancelled')
    .map((refused) => violation('I29', `${refused.user} did not cancel its join`, refused));

const FOR_REMOVAL: ReadonlySet<string> = new Set(['banned', 'removed']);

/** What each client in a room shows at a moment, and later; a client that is gone shows nothing. */
const rostersAt = (timeline: Timeline, room: string, at: number): EventOf<'roster'>[] =>
  [...timeline.rosters.entries()].flatMap(([peer, rosters]) => {
    const { room: own, endedAt = 0, crashedAt = 0 } = timeline.lifetimes.get(peer) ?? {};
    if (own !== room || at > timeline.overAt || timeline.isContested(peer)) return [];
    const current = rosters.filter(({ t }) => t <= at).at(-1);
    const later = rosters.filter(({ t }) => t > at);
    return current !== undefined && Math.min(endedAt, crashedAt) > at ? [{ ...current, t: at }, ...later] : later;
  });

const violation = (invariant: Invariant, message: string, event: HistoryEvent): Violation => ({
  ...{ invariant, message, events: [event] },
});

/**
 * The peers that a user had in a room when it was removed, or got while it was banned. A kicked user may come back with a newer token, a banned one
 * after the ban: where the store has lost the tombstone, as the same peer.
 */
const lifetimesOf = (timeline: Timeline, removal: EventOf<'removal'>): PeerLifetime[] => {
  const { user, room, t, ban } = removal;
  const allowedFrom = ban ? liftedAt(timeline, removal) : t;
  // A join that was in flight when the ban was committed must not outlive it either.
  const bornUntil = ban ? allowedFrom : t;
  return [...timeline.lifetimes.values()].filter(
    (lifetime) =>
      lifetime.user === user &&
      lifetime.room === room &&
      lifetime.bornAt <= bornUntil &&
      !timeline.isBackAfter(lifetime.peer, allowedFrom),
  );
};

/** Whether a user was a moderator of a room at this moment, or lately: then a lock keeps it from nothing. */
const isModerator = (timeline: Timeline, room: string, user: string, at: number): boolean =>
  timeline.roles.some(
    (change) => change.room === room && change.user === user && change.role === 'moderator' && change.t <= at,
  );

/** Whoever asked to enter once it must have been refused, and was in before it was allowed again. */
const lateComers = (timeline: Timeline, room: string, by: number, until: number): PeerLifetime[] =>
  [...timeline.lifetimes.values()].filter(
    (lifetime) =>
      lifetime.room === room && lifetime.askedAt !== undefined && lifetime.askedAt >= by && lifetime.bornAt < until,
  );

/**
 * Whether a roster may still show an earlier peer of the user, which makes a new one a return, as after a reload. A store
 * that lost data may show again who had left.
 */
const isReturn = (timeline: Timeline, { peer, user, room, bornAt, askedAt = bornAt }: PeerLifetime): boolean =>
  [...timeline.lifetimes.values()].some(
    (earlier) =>
      earlier.user === user &&
      earlier.room === room &&
      earlier.peer !== peer &&
      earlier.bornAt <= bornAt &&
      (earlier.endedAt >= askedAt || earlier.endedWhy === 'expired' || timeline.lostDataBefore(bornAt)),
  );

const liftedAt = (timeline: Timeline, { user, room, t }: EventOf<'removal'>): number =>
  timeline.unbans.find((unban) => unban.user === user && unban.room === room && unban.t >= t)?.t ?? timeline.overAt;

const isAttachedInTheEnd = ({ overAt }: Timeline, { attached, endedAt, crashedAt }: PeerLifetime): boolean =>
  Math.min(endedAt, crashedAt) > overAt && (attached.at(-1)?.[1] ?? 0) >= overAt;

/** Signals of these peers that were sent after this, and delivered after it must have taken effect. */
const laterSignals = (
  timeline: Timeline,
  peers: ReadonlySet<string>,
  since: HistoryEvent,
  by: number,
): Omit<Violation, 'invariant'>[] =>
  timeline.deliveries.flatMap((dlv) => {
    const send = timeline.signals.get(dlv.id)?.send;
    if (send === undefined || dlv.t <= by || send.t <= since.t) return [];
    if (!peers.has(dlv.at) && !peers.has(dlv.from)) return [];
    return [{ message: `${dlv.id} passed ${Math.round(dlv.t - since.t)} ms after`, events: [since, send, dlv] }];
  });

/**
 * What the others in a room were shown of these peers after this moment. The user itself is no witness: an SDK that is let
 * in as another peer shows what it knew until it has told its application.
 */
const shownAfter = (timeline: Timeline, room: string, peers: ReadonlySet<string>, at: number) => {
  const users = new Set([...peers].map((peer) => timeline.lifetimes.get(peer)?.user));
  const isWitness = (lifetime: PeerLifetime | undefined) => lifetime?.room === room && !users.has(lifetime.user);
  return [...timeline.rosters.values()].flatMap((rosters) =>
    rosters
      .filter(({ peer, t }) => t > at && isWitness(timeline.lifetimes.get(peer)))
      .flatMap((roster) => [...peers].filter((peer) => peer in roster.set).map((peer) => ({ roster, peer }))),
  );
};

/**
 * In the epoch after a loss of data, a client shows those as away, for a while, whom it knew before and has not seen. A store
 * that came back older shows even as on who was removed since, until the node of that peer has reconciled the room.
 */
const mayBeUnseen = (timeline: Timeline, { set, t }: EventOf<'roster'>, peer: string, until: number): boolean =>
  t <= until && (set[peer] === 'away' ? timeline.lostDataBefore(t) : t - timeline.lastLossBefore(t) <= RECONCILE_MS);

/** The same, by the rosters that are last too, once nothing has been wrong for as long as the service may take. */
const shownTooLong = (
  timeline: Timeline,
  { t }: HistoryEvent,
  peers: ReadonlySet<string>,
  { orphanMs }: Bounds,
): { readonly roster: EventOf<'roster'>; readonly peer: string }[] => {
  const by = soundFor(timeline, t, orphanMs);
  if (by > timeline.overAt) return [];
  const rooms = new Set(timeline.survivors.map(({ room }) => room));
  const later = [...rooms]
    .flatMap((room) => shownAfter(timeline, room, peers, by))
    .filter(({ roster, peer }) => !mayBeUnseen(timeline, roster, peer, by + orphanMs));
  const last = timeline.survivors.flatMap(({ peer }) => timeline.rosters.get(peer)?.at(-1) ?? []);
  const stale = last
    .filter(({ t: at, peer }) => at <= by && !timeline.isContested(peer))
    .flatMap((roster) => [...peers].filter((peer) => peer in roster.set).map((peer) => ({ roster, peer })));
  return [...later, ...stale];
};
