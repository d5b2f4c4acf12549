import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnTied } from '../../scripts/leash.mjs';
import { findRedisServer } from '../../scripts/provision-redis.mjs';
import { until } from './until.js';

/** A real redis-server on loopback, with its own folder and without persistence. It ends with the test. */
export class RedisProcess {
  private child: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'parley-redis-'));

  private constructor(
    private readonly program: string,
    readonly port: number,
    private readonly settings: readonly string[],
    private readonly sentinel: boolean,
  ) {}

  /**
   * @param settings lines of redis.conf
   * @param sentinel true: runs as a sentinel
   */
  static async start(settings: readonly string[] = [], sentinel = false): Promise<RedisProcess> {
    const program = await findRedisServer();
    for (let attempt = 1; ; attempt += 1) {
      const server = new RedisProcess(program, await freePort(), settings, sentinel);
      try {
        await server.restart();
        return server;
      } catch (error) {
        // Another process may have taken the port meanwhile.
        await server.stop();
        if (attempt === 5) throw error;
      }
    }
  }

  /**
   * Starts or restarts it on the same port, and waits until it answers.
   * @param more lines of redis.conf for this start alone
   */
  async restart(more: readonly string[] = []): Promise<void> {
    if (this.child !== undefined) await this.end('SIGTERM');
    const file = join(this.folder, 'redis.conf');
    // A sentinel writes its state into its configuration file, and must find it there after a restart.
    if (this.child === undefined || !this.sentinel) writeFileSync(file, `${[...this.lines(), ...more].join('\n')}\n`);
    const child = spawnTied(this.program, [file, ...(this.sentinel ? ['--sentinel'] : [])]);
    this.child = child;
    let gone = false;
    child.once('error', () => (gone = true));
    child.once('exit', () => (gone = true));
    await until(async () => {
      if (gone) throw new Error(`redis-server ended at its start (${this.program})`);
      return (await answers(this.port)) && !gone;
    });
  }

  /** The process id of the running server. */
  get pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error('redis-server does not run');
    return pid;
  }

  /** Kills it (SIGKILL). */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Pauses it (SIGSTOP): connections stay open without an answer. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.resume();
    await this.end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  private lines(): string[] {
    const common = [`port ${this.port}`, 'bind 127.0.0.1', `dir ${this.folder}`, 'protected-mode no'];
    return this.sentinel
      ? [...common, ...this.settings]
      : [...common, 'save ""', 'appendonly no', 'maxmemory-policy noeviction', ...this.settings];
  }
}

/** Below the range of ephemeral ports, which outgoing connections use; so is the cluster bus port (+10000). */
const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = 11_000 + Math.floor(Math.random() * 11_000);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
  throw new Error('no free port for redis-server between 11000 and 22000');
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => end(data.toString().startsWith('+PONG')));
    socket.once('error', () => end(false));
    socket.setTimeout(1_000, () => end(false));
  });
