/** A Redis server for the tests: the path of a program that runs. Fetches one where it can. */
export declare const findRedisServer: () => Promise<string>;
