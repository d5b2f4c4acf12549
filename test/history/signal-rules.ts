import { CLOCK_FREEZE } from './history.js';
import { type Interval, intersect, longest, without } from './intervals.js';
import { resultOf, type Signal, type Timeline } from './timeline.js';
import type { Rule, Violation } from './verdict.js';

/** The SDK's own refusals: nothing was sent, and no number used. */
const UNSENT: ReadonlySet<string | undefined> = new Set(['queue_full', 'payload_too_large']);

const isUnsent = (signal: Signal): boolean =>
  resultOf(signal) === 'rejected' && UNSENT.has(signal.outs[0]?.why) && signal.deliveries.length === 0;

const isJudged = (timeline: Timeline, { send }: Signal): boolean =>
  !timeline.isContested(send.from) && !timeline.isContested(send.to);

/** I1, I5, I8: each send of a client that is alive has one result, in time. */
export const oneResult: Rule = (timeline, bounds) => {
  const found: Violation[] = timeline.strayOuts.map((out) => ({
    invariant: 'I1',
    message: `a result for ${out.id}, which was never sent`,
    events: [out],
  }));
  for (const { send, outs } of timeline.signals.values()) {
    if (outs.length > 1)
      found.push({ invariant: 'I1', message: `${send.id} has ${outs.length} results`, events: [send, ...outs] });
    const { crashedAt = Number.POSITIVE_INFINITY } = timeline.lifetimes.get(send.from) ?? {};
    const [out] = outs;
    if (out === undefined) {
      const dueAt = send.t + bounds.resultMs;
      if (crashedAt === Number.POSITIVE_INFINITY && timeline.overAt >= dueAt)
        found.push({ invariant: 'I8', message: `${send.id} never got a result`, events: [send] });
      continue;
    }
    const late = timeline.touchedBy(CLOCK_FREEZE, send.from) ? bounds.sleepMs : 0;
    if (out.t - send.t > bounds.resultMs + late)
      found.push({
        invariant: 'I5',
        message: `${send.id} got its result after ${Math.round(out.t - send.t)} ms`,
        events: [send, out],
      });
  }
  return found;
};

/** I2: what is delivered was sent, as it was sent. */
export const nothingInvented: Rule = (timeline) =>
  timeline.deliveries.flatMap((dlv): Violation[] => {
    const send = timeline.signals.get(dlv.id)?.send;
    const same =
      send !== undefined &&
      send.t <= dlv.t &&
      send.from === dlv.from &&
      send.to === dlv.at &&
      send.hash === dlv.hash &&
      (send.seq === undefined || dlv.seq === undefined || send.seq === dlv.seq);
    if (same) return [];
    const events = send === undefined ? [dlv] : [send, dlv];
    return [{ invariant: 'I2', message: `${dlv.id} was delivered and not sent so`, events }];
  });

/** I3, I4: once, in order, and what was skipped is accounted for. */
export const onceInOrder: Rule = (timeline) => {
  const found: Violation[] = [];
  const delivered = new Set<string>();
  const last = new Map<string, Signal>();
  for (const dlv of timeline.deliveries) {
    const signal = timeline.signals.get(dlv.id);
    if (signal === undefined || !isJudged(timeline, signal)) continue;
    const pair = `${dlv.from} ${dlv.at}`;
    const again = `${pair} ${dlv.id}`;
    const before = last.get(pair);
    if (delivered.has(again))
      found.push({ invariant: 'I3', message: `${dlv.id} was delivered twice`, events: signal.deliveries });
    else if (before !== undefined && before.order > signal.order)
      found.push({
        invariant: 'I4',
        message: `${dlv.id} was delivered after ${before.send.id}, which was sent later`,
        events: [signal.send, before.send, dlv],
      });
    delivered.add(again);
    if (before === undefined || before.order < signal.order) last.set(pair, signal);
  }
  for (const signal of timeline.signals.values()) {
    const { send } = signal;
    const highest = last.get(`${send.from} ${send.to}`);
    if (highest === undefined || signal.order > highest.order || signal.deliveries.length > 0) continue;
    if (!isJudged(timeline, signal) || signal.outs.length === 0 || resultOf(signal) !== 'delivered') continue;
    found.push({
      invariant: 'I4',
      message: `${send.id} was skipped and is called delivered`,
      events: [send, ...signal.outs, highest.send],
    });
  }
  return found;
};

/** I6, I7, I15: `delivered` and `rejected` are true, and only the policy rejects. */
export const trueResults: Rule = (timeline) => {
  const found: Violation[] = [];
  for (const signal of timeline.signals.values()) {
    const { send, deliveries, deniedAt } = signal;
    const [out] = signal.outs;
    if (out === undefined || !isJudged(timeline, signal)) continue;
    const events = [send, ...deliveries, out];
    if (out.result === 'delivered' && !deliveries.some(({ t }) => t <= out.t))
      found.push({ invariant: 'I6', message: `${send.id} is called delivered and was not`, events });
    if (out.result !== 'rejected') continue;
    if (deliveries.length > 0)
      found.push({ invariant: 'I7', message: `${send.id} is called rejected and was delivered`, events });
    if (deniedAt.length === 0 && !isUnsent(signal))
      found.push({ invariant: 'I15', message: `${send.id} is called rejected and nothing denied it`, events });
  }
  return found;
};

/** I9: once nothing is wrong, everything arrives. */
export const soundAfterFaults: Rule = (timeline, bounds) => {
  const found: Violation[] = [];
  for (const signal of timeline.signals.values()) {
    const { send, outs } = signal;
    if (send.t < timeline.quietAt || send.t + bounds.resultMs > timeline.overAt) continue;
    const from = timeline.lifetimes.get(send.from);
    const to = timeline.lifetimes.get(send.to);
    if (from === undefined || to === undefined || !isJudged(timeline, signal)) continue;
    if ([from, to].some((lifetime) => Math.min(lifetime.endedAt, lifetime.crashedAt) !== Number.POSITIVE_INFINITY))
      continue;
    const result = resultOf(signal);
    if (result === 'delivered' || result === 'rejected') continue;
    const message = `${send.id} was sent when nothing was wrong, and is ${result ?? 'without a result'}`;
    found.push({ invariant: 'I9', message, events: [send, ...outs] });
  }
  return found;
};

/** I10: only a peer that is over is called gone. */
export const goneIsOver: Rule = (timeline) =>
  [...timeline.signals.values()].flatMap((signal): Violation[] => {
    const { send } = signal;
    const [out] = signal.outs;
    if (out?.result !== 'peer_gone') return [];
    const lifetime = timeline.lifetimes.get(send.to);
    if (timeline.ends.some((end) => end.peer === send.to && end.t <= out.t)) return [];
    const loss = timeline.lossBefore(out.t);
    if (timeline.lostDataBefore(out.t)) {
      // The only copy of a peer that is away is the store's.
      const absent = without([Math.max(lifetime?.bornAt ?? loss, loss), out.t], lifetime?.attached ?? []);
      if (absent.some(([from, to]) => to > from)) return [];
      // One whose node cannot reach the store is away by all that it hears.
      if (timeline.hadCutNode([loss, out.t])) return [];
    }
    return [{ invariant: 'I10', message: `${send.id}: ${send.to} is called gone and was not`, events: [send, out] }];
  });

/** I14: `unknown` is only said when there was no way for long enough. */
export const honestUnknown: Rule = (timeline, bounds) =>
  [...timeline.signals.values()].flatMap((signal): Violation[] => {
    const { send } = signal;
    const [out] = signal.outs;
    if (out?.result !== 'unknown' || out.why !== 'timeout' || !isJudged(timeline, signal)) return [];
    const from = timeline.lifetimes.get(send.from);
    const to = timeline.lifetimes.get(send.to);
    if (from === undefined || to === undefined) return [];
    const sound = without([send.t, out.t], timeline.faultsOn(send.from, send.to));
    // Nobody can hand over what is for a peer that is over: a roster that came back older may still show it.
    const alive: Interval = [Number.NEGATIVE_INFINITY, Math.min(from.endedAt, to.endedAt)];
    const both = intersect(intersect(intersect(sound, [alive]), from.attached), to.attached);
    if (longest(both) < bounds.soundMs) return [];
    const message = `${send.id} is unknown, though both sides were there for ${Math.round(longest(both))} ms`;
    return [{ invariant: 'I14', message, events: [send, out] }];
  });

/** I18: `from` is the session of the socket that the signal came in on. */
export const trueSender: Rule = (timeline) =>
  timeline.deliveries.flatMap((dlv): Violation[] => {
    const send = timeline.signals.get(dlv.id)?.send;
    const lifetime = timeline.lifetimes.get(dlv.from);
    if (send?.session === undefined || lifetime === undefined || lifetime.session === send.session) return [];
    const message = `${dlv.id} came from the session ${send.session} and names a peer of ${lifetime.session}`;
    return [{ invariant: 'I18', message, events: [send, dlv] }];
  });
