/** Injection token of the process's {@link RedisLink}, undefined when there is no Redis. */
export const REDIS = Symbol('REDIS');
