/** Injection token of the process's {@link RedisClient}, undefined when there is no Redis. */
export const REDIS = Symbol('REDIS');
