/** A Chromium for the browser tests: its path. Installs one where it can. */
export declare const findChromium: () => Promise<string>;
