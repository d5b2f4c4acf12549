import { createInterface } from 'node:readline';
import { startOnLeash } from '../../../scripts/leash.mjs';
import type { Running } from './system.js';

/** A running server, with the root of its process tree. */
export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): void;
}

const BOOT_MS = 60_000;

/**
 * Starts a server that ends with this process, and waits for the line with its address.
 * @param ready matches that line; its first group is the port, unless a port was given
 */
export const startServer = async (
  words: readonly string[],
  environment: Record<string, string>,
  ready: RegExp,
  given?: number,
): Promise<ServerProcess> => {
  const { PATH, HOME } = process.env;
  const server = startOnLeash('INT', process.execPath, words, { PATH, HOME, ...environment });
  const said: string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    let isReady = false;
    const give = (why: string) => {
      if (isReady) return;
      reject(new Error(`${words.at(-1)} ${why}:\n${said.join('\n')}`));
    };
    const timer = setTimeout(() => {
      give('was not ready in time');
      server.kill();
    }, BOOT_MS);
    void server.ended.then((code) => give(`ended with ${code}`));
    createInterface({ input: server.output }).on('line', (line) => {
      const found = ready.exec(line);
      if (found === null) return void (said.length < 50 && said.push(line));
      isReady = true;
      clearTimeout(timer);
      resolve(given ?? Number(found[1]));
    });
  });
  return { pid: server.pid, port, stop: () => server.stop().then(() => undefined), kill: server.kill };
};

/** Combines servers to one system. */
export const runningOf = (nodes: readonly ServerProcess[], afterwards: () => void = () => {}): Running => ({
  ports: nodes.map(({ port }) => port),
  pids: nodes.map(({ pid }) => pid),
  kill: (node) => nodes[node]?.kill(),
  async stop() {
    await Promise.all(nodes.map((node) => node.stop()));
    afterwards();
  },
});
