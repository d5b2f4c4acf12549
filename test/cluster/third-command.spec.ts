import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RawPeer } from '../protocol/raw-peer.js';
import { Rest } from '../protocol/rest.js';
import { type RunningPostgres, startPostgres } from '../support/postgres.js';
import { until } from '../support/until.js';

const ROOT = join(import.meta.dirname, '../..');

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });

/** Finds the first of three consecutive free ports. */
const threePorts = async (): Promise<number> => {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await Promise.all([first, first + 1, first + 2].map(isFree));
    if (free.every(Boolean)) return first;
  }
};

describe('npm run cluster', () => {
  let postgres: RunningPostgres;
  let command: ChildProcess;
  let port: number;
  let output = '';
  const peers: RawPeer[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    port = await threePorts();
    command = spawn(process.execPath, ['scripts/cluster.mjs'], {
      cwd: ROOT,
      env: { ...process.env, PORT: String(port), DATABASE_URL: await postgres.createDatabase(), REDIS_URL: undefined },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    command.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await until(() => output.includes(`Parley is ready:  http://localhost:${port} `), 90_000);
  }, 120_000);
  afterAll(async () => {
    for (const peer of peers) peer.cut();
    if (command?.exitCode === null) {
      const ended = new Promise((resolve) => command.once('exit', resolve));
      command.kill('SIGINT');
      await ended;
    }
    await postgres?.stop();
  });

  /** Connects a client through the load balancer. @returns its node */
  const enter = async (peer: RawPeer, token: string): Promise<string> => {
    await peer.open();
    const { node } = await peer.hello(token);
    return /^node-[12]/.exec(node)?.[0] as string;
  };

  it('spreads clients over two nodes; when one is killed on request, its clients resume on the other one as the same peers', async () => {
    const rest = new Rest(`http://127.0.0.1:${port}`);
    const [{ accessToken: ada }, { accessToken: bela }] = [await rest.register('Ada'), await rest.register('Bela')];
    const { id: room } = await rest.room(ada);
    const [one, two] = [new RawPeer(rest.signaling), new RawPeer(rest.signaling)];
    peers.push(one, two);
    const nodes = [await enter(one, ada), await enter(two, bela)];
    expect(nodes.toSorted()).toEqual(['node-1', 'node-2']);
    await one.request({ type: 'join', room });
    const { peer } = await two.request({ type: 'join', room });
    await one.rosterEvent((event) => event.event === 'joined' && event.participant.peer === peer);

    command.stdin?.write(`${nodes[1]?.at(-1)}\n`);
    await two.closed();
    expect(await enter(two, bela)).toBe(nodes[0]);
    expect(await two.request({ type: 'join', room })).toMatchObject({ type: 'joined', peer, resumed: true });
    await one.rosterEvent((event) => event.event === 'back' && event.peer === peer);
    one.send({ type: 'signal', to: peer, kind: 'data' }, 'still here?');
    expect((await two.next('signal')).body).toBe('still here?');
    await until(() => output.includes(`${nodes[1]} ended`));
    const health = `http://127.0.0.1:${port + Number(nodes[1]?.at(-1))}/health/ready`;
    await until(
      () =>
        fetch(health).then(
          (answer) => answer.ok,
          () => false,
        ),
      60_000,
    );
  }, 120_000);

  it('stops everything at Ctrl-C', async () => {
    const ended = new Promise<number | null>((resolve) => command.once('exit', resolve));
    command.kill('SIGINT');
    expect(await ended).toBe(0);
    for (const each of [port, port + 1, port + 2]) expect(await isFree(each)).toBe(true);
  }, 30_000);
});
