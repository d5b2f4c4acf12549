import { type EventOf, SECOND_HOLDER } from './history.js';
import { without } from './intervals.js';
import type { PeerLifetime, Timeline } from './timeline.js';
import type { Rule, Violation } from './verdict.js';

const SUPERSEDED = 4509;
/** Ended by someone else, and that at once. */
const REMOVALS: ReadonlySet<string> = new Set(['removed', 'room_closed']);

/** I11: a peer that is alive is in its room in the end. */
export const allAttached: Rule = (timeline) =>
  timeline.survivors
    .filter(({ peer }) => !timeline.isContested(peer))
    .filter(
      ({ attached, endedAt }) => endedAt !== Number.POSITIVE_INFINITY || (attached.at(-1)?.[1] ?? 0) < timeline.overAt,
    )
    .map(({ peer, user }) => ({
      invariant: 'I11',
      message: `${user} is not attached in the end`,
      events: [{ t: timeline.overAt, kind: 'attached', peer, on: false }],
    }));

/** I12, first half: versions never go back within an epoch. */
export const versionsRise: Rule = (timeline) => {
  const found: Violation[] = [];
  for (const [peer, rosters] of timeline.rosters) {
    const highest = new Map<string, EventOf<'roster'>>();
    for (const roster of rosters) {
      const before = highest.get(roster.epoch);
      if (before !== undefined && before.version > roster.version) {
        const message = `${peer} saw version ${roster.version} after ${before.version} of ${roster.epoch}`;
        found.push({ invariant: 'I12', message, events: [before, roster] });
      } else highest.set(roster.epoch, roster);
    }
  }
  return found;
};

/** I12, second half: in the end every roster is those who are there, and nobody who is gone stays for long. */
export const trueRosters: Rule = (timeline, bounds) => {
  if (timeline.overAt < timeline.quietAt + bounds.convergeMs) return [];
  const found: Violation[] = [];
  const { survivors } = timeline;
  const contested = new Set([...timeline.lifetimes.keys()].filter((peer) => timeline.isContested(peer)));
  for (const lifetime of survivors) {
    if (contested.has(lifetime.peer)) continue;
    const last = timeline.rosters.get(lifetime.peer)?.at(-1);
    const expected = survivors.filter(({ room }) => room === lifetime.room).map(({ peer }) => peer);
    const shown = Object.entries(last?.set ?? {});
    const ghosts = shown.filter(([peer, state]) =>
      isGhost(timeline, peer, state, expected, bounds.goneMs, bounds.awayMs),
    );
    const missing = expected.filter((peer) => !contested.has(peer) && last?.set[peer] !== 'on');
    if (ghosts.length === 0 && missing.length === 0) continue;
    const message = `${lifetime.peer} shows ${ghosts.map(([peer, state]) => `${peer} as ${state}`).join(', ') || 'no ghost'} and not ${missing.join(', ') || 'too little'}`;
    found.push({ invariant: 'I12', message, events: last === undefined ? [] : [last] });
  }
  return found;
};

const isGhost = (
  timeline: Timeline,
  peer: string,
  state: string,
  expected: readonly string[],
  goneMs: number,
  awayMs: number,
): boolean => {
  if (expected.includes(peer) || timeline.isContested(peer)) return false;
  const lifetime = timeline.lifetimes.get(peer);
  // A client that crashed before it was told its peer id leaves a peer that nobody can name.
  const overAt = Math.min(lifetime?.endedAt ?? 0, lifetime?.crashedAt ?? 0);
  const since = Math.max(overAt === Number.POSITIVE_INFINITY ? 0 : overAt, timeline.quietAt);
  return timeline.overAt - since > (state === 'on' ? awayMs : goneMs);
};

/** I16: the current socket is never told `superseded` unless somebody else holds the key. */
export const isSuperseded: Rule = (timeline) =>
  timeline.sockets
    .filter(({ peer, code }) => code === SUPERSEDED && !timeline.touchedBy(SECOND_HOLDER, peer))
    .map((socket) => ({
      invariant: 'I16',
      message: `the current socket of ${socket.peer} was told superseded, and nobody else holds its key`,
      events: [socket],
    }));

/** I17: a removed peer neither gets nor sends. */
export const removedIsSilent: Rule = (timeline, bounds) => {
  const found: Violation[] = [];
  for (const end of timeline.ends) {
    if (!REMOVALS.has(end.why)) continue;
    // Bans and deletions are judged by what REST committed.
    if (timeline.isBackAfter(end.peer, end.t)) continue;
    const by = silentBy(timeline, end.t, bounds.removedMs, bounds.convergeMs);
    for (const dlv of timeline.deliveries) {
      if (dlv.t <= by || (dlv.at !== end.peer && dlv.from !== end.peer)) continue;
      const send = timeline.signals.get(dlv.id)?.send;
      if (send === undefined || send.t <= end.t) continue;
      const message = `${dlv.id} passed ${Math.round(dlv.t - end.t)} ms after ${end.peer} was removed`;
      found.push({ invariant: 'I17', message, events: [end, send, dlv] });
    }
  }
  return found;
};

/** Nodes that could not be told in time learn it when the fault is over. */
const silentBy = (timeline: Timeline, endAt: number, removedMs: number, convergeMs: number): number => {
  const faults = timeline.faults.map(({ at }) => at);
  const soon = endAt + removedMs;
  if (without([endAt, soon], faults).reduce((sum, [from, to]) => sum + to - from, 0) >= removedMs) return soon;
  const calm = without([endAt, timeline.overAt], faults).find(([from, to]) => to - from >= convergeMs);
  return calm === undefined ? Number.POSITIVE_INFINITY : calm[0] + convergeMs;
};

/** I19: every joined has exactly one left, with a reason. */
export const oneLeave: Rule = (timeline, bounds) => {
  const found: Violation[] = [];
  const shown = new Map<string, EventOf<'seen'>[]>();
  for (const seen of timeline.seen) {
    const key = `${seen.peer} ${seen.of}`;
    shown.set(key, [...(shown.get(key) ?? []), seen]);
  }
  for (const events of shown.values()) {
    const fault = whatIsWrong(timeline, events, bounds.goneMs);
    if (fault === undefined) continue;
    const [{ peer, of }] = events as [EventOf<'seen'>];
    found.push({ invariant: 'I19', message: `${peer} of ${of}: ${fault}`, events });
  }
  return found;
};

const whatIsWrong = (timeline: Timeline, events: readonly EventOf<'seen'>[], goneMs: number): string | undefined => {
  for (const [index, { event, reason, t }] of events.entries()) {
    if (event === 'left' && (reason === undefined || reason === '')) return 'left without a reason';
    const before = events[index - 1];
    if (before === undefined) continue;
    if (before.event === event) return `${event} twice`;
    // A peer id is used once; but what the store forgot, it may be told again.
    if (event === 'joined' && !timeline.lostDataBefore(t)) return 'joined again after it had left';
  }
  const last = events.at(-1) as EventOf<'seen'>;
  const of = timeline.lifetimes.get(last.of);
  const observer = timeline.lifetimes.get(last.peer);
  if (last.event !== 'joined' || of === undefined || observer === undefined || !isThere(timeline, observer))
    return undefined;
  const overAt = Math.min(of.endedAt, of.crashedAt);
  if (overAt === Number.POSITIVE_INFINITY || timeline.isContested(last.of)) return undefined;
  return timeline.overAt - Math.max(overAt, timeline.quietAt) > goneMs ? 'joined, and never left' : undefined;
};

const isThere = (timeline: Timeline, lifetime: PeerLifetime): boolean =>
  timeline.survivors.includes(lifetime) && !timeline.isContested(lifetime.peer);

/** I13: every buffer within its bound, every key with a time to live. */
export const bounded: Rule = (timeline) => [
  ...timeline.sizes
    .filter(({ value, bound }) => value > bound)
    .map(
      (size): Violation => ({
        invariant: 'I13',
        message: `${size.what} is ${size.value}, and may be ${size.bound}`,
        events: [size],
      }),
    ),
  ...timeline.keys
    .filter(({ ttlMs }) => !(ttlMs > 0))
    .map((key): Violation => ({ invariant: 'I13', message: `${key.key} lives for ever`, events: [key] })),
];
