import { afterEach, describe, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { BusModule } from '../bus/bus.module.js';
import { BUS } from '../bus/bus.tokens.js';
import { readConfig } from '../config/config.js';
import { ConfigModule } from '../config/config.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { PRESENCE } from '../presence/presence.tokens.js';
import { RedisModule } from './redis.module.js';

const REDIS = {
  REDIS_URL: 'redis://127.0.0.1:1',
  DATABASE_URL: 'postgres://127.0.0.1:1/parley',
  JWT_SECRET: 'x8Jf2kQ0aLr5Tn7VbYw3Zc6Md9Pe1HgU',
};

describe('the modules of presence and bus', () => {
  let app: TestingModule | undefined;

  const start = async (environment: NodeJS.ProcessEnv) => {
    app = await Test.createTestingModule({
      imports: [ConfigModule.forRoot(readConfig(environment)), RedisModule, PresenceModule, BusModule],
    }).compile();
    await app.init();
    return { presence: app.get(PRESENCE), bus: app.get(BUS) };
  };

  afterEach(async () => {
    await app?.close();
  });

  it('work in memory without REDIS_URL', async () => {
    const { presence, bus } = await start({});
    expect(await presence.renew('node')).toBe('alive');
    await bus.listen('node');
    expect([presence.available, bus.available]).toEqual([true, true]);
  });

  it('start without a reachable Redis, and report that they are unavailable', async () => {
    const { presence, bus } = await start(REDIS);
    expect([presence.available, bus.available]).toEqual([false, false]);
    await expect(presence.nodes()).rejects.toMatchObject({ name: 'PresenceUnavailable' });
  });

  it('close both when the application shuts down', async () => {
    const { presence, bus } = await start({});
    await bus.listen('node');
    await app?.close();
    expect([presence.available, bus.available]).toEqual([false, false]);
  });
});
