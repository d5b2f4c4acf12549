import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findCoturn } from '../../scripts/provision-coturn.mjs';
import { TurnClient } from './turn-client.js';
import { until } from './until.js';

const SHIPPED = join(import.meta.dirname, '../../docker/turnserver.conf');
/** Settings in which a test's coturn must differ from the shipped ones, as it shares the machine with others. */
const OWN = ['listening-port', 'min-port', 'max-port', 'pidfile', 'userdb', 'log-file'];
/** Loopback, the only address that tests relay to. */
const LOOPBACK = /^denied-peer-ip=127\./;

/** Options of a real coturn on loopback with the configuration that Parley ships. */
export interface CoturnOptions {
  /** {@link Coturn.secret} is the first one. Default: a random one. */
  readonly secrets?: readonly string[];
  /** Allows relaying to loopback, which the shipped configuration denies. Calls on one machine need it. */
  readonly loopbackPeers?: boolean;
  /** More lines; each replaces the shipped lines of that name. */
  readonly settings?: readonly string[];
}

/** A coturn process on loopback, with its own folder. */
export class Coturn {
  private child: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'parley-coturn-'));
  private printed = '';

  private constructor(
    private readonly program: string,
    readonly port: number,
    readonly secret: string,
    lines: readonly string[],
  ) {
    const own = [`listening-port=${port}`, `pidfile=${this.folder}/pid`, `userdb=${this.folder}/db`, 'log-file=stdout'];
    writeFileSync(join(this.folder, 'turnserver.conf'), `${[...lines, ...own].join('\n')}\n`);
  }

  static async start(options: CoturnOptions = {}): Promise<Coturn> {
    const program = await findCoturn();
    const secrets = options.secrets ?? [randomBytes(24).toString('base64url')];
    const settings = options.settings ?? [];
    const replaced = [...OWN, ...settings.map((line) => line.split('=')[0] as string)];
    const shipped = readFileSync(SHIPPED, 'utf8')
      .split('\n')
      .filter((line) => !replaced.includes(line.split('=')[0] as string))
      .filter((line) => !(options.loopbackPeers && LOOPBACK.test(line)));
    const lines = [
      ...shipped,
      ...settings,
      ...secrets.map((secret) => `static-auth-secret=${secret}`),
      ...['127.0.0.1', '::1'].map((address) => `relay-ip=${address}`),
      'listening-ip=127.0.0.1',
      ...(options.loopbackPeers ? ['allow-loopback-peers'] : []),
    ];
    for (let attempt = 1; ; attempt += 1) {
      const server = new Coturn(program, await freePort(), secrets[0] as string, lines);
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

  /** The value for `TURN_URLS`. */
  get urls(): string {
    return ['udp', 'tcp'].map((transport) => `turn:127.0.0.1:${this.port}?transport=${transport}`).join();
  }

  /** Its output so far. */
  get output(): string {
    return this.printed;
  }

  /** Starts or restarts it on the same port, without its allocations, and waits until it answers. */
  async restart(): Promise<void> {
    await this.end();
    const child = spawn(this.program, ['-c', join(this.folder, 'turnserver.conf')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    let gone = false;
    child.once('error', () => (gone = true));
    child.once('exit', () => (gone = true));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => (this.printed = (this.printed + text).slice(-1_000_000)));
    }
    await until(async () => {
      if (gone) throw new Error(`turnserver ended at its start:\n${this.printed}`);
      return this.answers();
    });
  }

  /** Adds a secret with coturn's own admin program. */
  learn(secret: string): void {
    const words = ['--set-secret', secret, '--realm', 'parley', '--userdb', join(this.folder, 'db')];
    execFileSync(join(dirname(this.program), 'turnadmin'), words, { stdio: 'ignore' });
  }

  async stop(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Invalid credentials: their refusal shows that the server answers. */
  private async answers(): Promise<boolean> {
    const client = await TurnClient.open(this.port, { username: 'nobody', credential: '' });
    return client
      .allocate()
      .then(
        () => true,
        () => false,
      )
      .finally(() => client.close());
  }

  private async end(): Promise<void> {
    const { child } = this;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }
}

/** Below the range of ephemeral ports, which outgoing connections use. */
const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = 22_000 + Math.floor(Math.random() * 5_000);
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error('no free port for turnserver between 22000 and 27000');
};
