import { describe, expect, it } from '@jest/globals';
import type { NodeSlot } from './fleet.js';
import { useStage } from './stage.js';

describe('a slot of the fleet', () => {
  const stage = useStage({ nodes: 1 });
  const taken = 'n1 already has a node';

  /** The nodes that are subscribed in Redis, each to its own channel. */
  const listening = async (): Promise<number> => {
    const [channels] = (await stage.fleet.redis.command('pubsub', 'channels', '*:node:*')) as [string[]];
    return channels.length;
  };

  it('accepts no second node while one starts, serves or terminates', async () => {
    const slot = stage.fleet.slot(0) as NodeSlot;
    await expect(stage.fleet.boot(slot)).rejects.toThrow(taken);
    const gone = stage.fleet.terminate(slot);
    await expect(stage.fleet.boot(slot)).rejects.toThrow(taken);
    expect(await gone).toBe(0);
    const started = stage.fleet.boot(slot);
    await expect(stage.fleet.boot(slot)).rejects.toThrow(taken);
    await started;
    await stage.fleet.whenReady();
    expect(await listening()).toBe(1);
  });
});
