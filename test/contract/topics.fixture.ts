import type { TopicClient, TopicLimits, Topics } from '../../src/topics/topics.js';
import { until } from '../support/until.js';

/** What the suite needs of an adapter. */
export interface TopicsFixture {
  /** The topics of one more node. */
  node(limits?: TopicLimits): Promise<Topics>;
  stop(): Promise<void>;
}

/** Somebody who listens, with what they heard. */
export interface Listener extends TopicClient {
  /** `topic payload` */
  readonly heard: string[];
  readonly counts: number[];
  gaps: number;
}

export const aTopic = (): string => `topic ${Math.random()} ☃`;

export const listen = (topics: Topics): Listener => {
  const heard: string[] = [];
  const counts: number[] = [];
  const listener: Listener = {
    ...topics.join({
      onPayload: (topic, payload, subscribers) => {
        heard.push(`${topic} ${payload}`);
        counts.push(subscribers);
      },
      onGap: () => {
        listener.gaps += 1;
      },
    }),
    ...{ heard, counts, gaps: 0 },
  };
  return listener;
};

export const say = (member: TopicClient, topic: string, text: string): number =>
  member.publish(topic, Buffer.from(text));

/** Resolves when a publication of now has arrived: whatever was published before it has too, or never will. */
export const barrier = async (from: TopicClient, to: Listener, topic: string): Promise<void> => {
  const word = `barrier ${Math.random()}`;
  say(from, topic, word);
  await until(() => to.heard.includes(`${topic} ${word}`));
};
