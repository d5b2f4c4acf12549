import type { TopicClient, TopicLimits, Topics } from '../../src/topics/topics.js';
import { until } from '../support/until.js';

/** Makes and controls an adapter for the suite. */
export interface TopicsFixture {
  /** Makes the topics of another node. */
  node(limits?: TopicLimits): Promise<Topics>;
  stop(): Promise<void>;
}

/** A client of topics, with what it received. */
export interface Listener extends TopicClient {
  /** `topic payload` */
  readonly received: string[];
  readonly counts: number[];
  gaps: number;
}

export const aTopic = (): string => `topic ${Math.random()} ☃`;

export const listen = (topics: Topics): Listener => {
  const received: string[] = [];
  const counts: number[] = [];
  const listener: Listener = {
    ...topics.join({
      onPayload: (topic, payload, subscribers) => {
        received.push(`${topic} ${payload}`);
        counts.push(subscribers);
      },
      onGap: () => {
        listener.gaps += 1;
      },
    }),
    ...{ received, counts, gaps: 0 },
  };
  return listener;
};

export const say = (member: TopicClient, topic: string, text: string): number =>
  member.publish(topic, Buffer.from(text));

/** Resolves when a publication made now has arrived: then no earlier one can arrive any more. */
export const barrier = async (from: TopicClient, to: Listener, topic: string): Promise<void> => {
  const word = `barrier ${Math.random()}`;
  say(from, topic, word);
  await until(() => to.received.includes(`${topic} ${word}`));
};
