/** Injection token of the process's {@link RedisClient}; undefined without Redis. */
export const REDIS = Symbol('REDIS');
