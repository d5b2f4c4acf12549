import type { EventOf } from './history.js';
import type { Timeline } from './timeline.js';
import type { Rule, Violation } from './verdict.js';

/** I25: a client of another protocol gets what was sent to it by its own kind, and nothing else. */
export const bridgesKeepApart: Rule = (timeline) =>
  timeline.heard.flatMap((heard): Violation[] => {
    const said = timeline.said.get(heard.id);
    if (said !== undefined && said.t <= heard.t && isFor(timeline, said, heard.client)) return [];
    const message = `${heard.client} got ${heard.id}, which was not for it`;
    return [{ invariant: 'I25', message, events: said === undefined ? [heard] : [said, heard] }];
  });

/** I26: once nothing is wrong, clients of another protocol reach each other both ways. */
export const bridgesComeBack: Rule = (timeline, bounds) => {
  if (timeline.overAt < timeline.quietAt + bounds.convergeMs) return [];
  const all = [...timeline.bridges.values()];
  return all.flatMap((from) =>
    all
      .filter((to) => to.client !== from.client && to.via === from.via && to.scope === from.scope)
      .filter(
        (to) => !timeline.heard.some(({ client, id }) => client === to.client && isNew(timeline, id, from.client)),
      )
      .map((to): Violation => {
        const message = `${to.client} gets nothing of ${from.client} after the last fault`;
        return { invariant: 'I26', message, events: [from, to] };
      }),
  );
};

const isFor = ({ bridges }: Timeline, said: EventOf<'said'>, client: string): boolean => {
  const from = bridges.get(said.client);
  const to = bridges.get(client);
  if (from === undefined || to === undefined || from.via !== to.via || from.scope !== to.scope) return false;
  return said.to === (to.via === 'peerjs' ? client : to.scope);
};

const isNew = ({ said, quietAt }: Timeline, id: string, from: string): boolean => {
  const message = said.get(id);
  return message !== undefined && message.client === from && message.t >= quietAt;
};
