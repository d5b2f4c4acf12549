/** Provides a Redis server for the tests, and downloads it if possible. @returns its path */
export declare const findRedisServer: () => Promise<string>;
