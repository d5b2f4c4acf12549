/** Provides PgBouncer for the tests, and installs it if possible. @returns its path */
export declare const findPgBouncer: () => Promise<string>;
