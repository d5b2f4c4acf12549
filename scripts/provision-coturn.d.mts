/** Provides coturn for the tests, and installs it if possible. @returns its path */
export declare const findCoturn: () => Promise<string>;
