import { describe, expect, it } from '@jest/globals';
import type { NodeId } from '@parley/protocol';
import { MemoryBus, MemoryBusHub } from './bus.memory.js';

const nextTick = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('the memory bus, isolated and restored', () => {
  it('loses what is sent meanwhile, and reports a gap', async () => {
    const hub = new MemoryBusHub();
    const [one, two] = [new MemoryBus(hub), new MemoryBus(hub)];
    const received: string[] = [];
    two.onMessage((message) => received.push(message.toString()));
    two.onGap(() => received.push('gap'));
    await one.listen('one' as NodeId);
    await two.listen('two' as NodeId);
    hub.isolate(two);
    expect(two.available).toBe(false);
    expect(two.send('one' as NodeId, Buffer.from('x'))).toBe(false);
    expect(one.send('two' as NodeId, Buffer.from('lost'))).toBe(true);
    await nextTick();
    hub.restore(two);
    expect(one.send('two' as NodeId, Buffer.from('found'))).toBe(true);
    await nextTick();
    expect(received).toEqual(['gap', 'found']);
  });
});
