/** Provides Chromium for the browser tests, and installs it if possible. @returns its path */
export declare const findChromium: () => Promise<string>;
