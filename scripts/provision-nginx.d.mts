/** Provides nginx for the tests, and installs it if possible. @returns its path */
export declare const findNginx: () => Promise<string>;
