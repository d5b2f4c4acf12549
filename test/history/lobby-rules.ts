import { effectiveBy } from './due.js';
import type { Rule, Violation } from './verdict.js';

/** I30: a moderator's answer reaches whoever waits: 1 s later the user is in, or was refused, or has given up. */
export const answersReachTheLobby: Rule = (timeline, bounds) =>
  timeline.answers.flatMap((answer): Violation[] => {
    const { user, room, t } = answer;
    const by = effectiveBy(timeline, t, bounds.removedMs, bounds.convergeMs);
    // A node that the bus did not reach at that time cannot tell its clients.
    if (by !== t + bounds.removedMs || by > timeline.overAt) return [];
    const isTheirs = (one: { readonly user: string; readonly room: string }) => one.user === user && one.room === room;
    const wait = timeline.waits.filter((one) => isTheirs(one) && one.t <= by).at(-1);
    if (wait === undefined) return [];
    const outcomes = [...timeline.refusals, ...timeline.cancels, ...timeline.waits]
      .filter(isTheirs)
      .map((one) => one.t);
    const entered = [...timeline.lifetimes.values()].filter(isTheirs).map(({ bornAt }) => bornAt);
    if ([...outcomes, ...entered].some((at) => at > wait.t)) return [];
    const message = `${user} waits in the lobby of ${room}, and was ${answer.admit ? 'admitted' : 'denied'}`;
    return [{ invariant: 'I30', message, events: [wait, answer] }];
  });
