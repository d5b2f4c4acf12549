/** An nginx for the tests: the path of a program that runs. Installs one where it can. */
export declare const findNginx: () => Promise<string>;
