import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNginx } from '../../scripts/provision-nginx.mjs';
import { freePort } from './free-port.js';
import { until } from './until.js';

const SHIPPED = join(import.meta.dirname, '../../docker/nginx.conf');

/** A real nginx on loopback, with the configuration that Parley ships. */
export interface Nginx {
  /** The URL without TLS. */
  readonly port: number;
  readonly tlsPort: number;
  stop(): Promise<void>;
}

/** Differences from the shipped configuration. */
export interface NginxOptions {
  /** Ports of the nodes on loopback, instead of Docker's host names. */
  readonly nodes: readonly number[];
  readonly certificate: string;
  readonly key: string;
  /** Addresses of a proxy in front: enables the lines that the configuration has as comments. */
  readonly front?: string;
}

export const startNginx = async ({ nodes, certificate, key, front }: NginxOptions): Promise<Nginx> => {
  const program = await findNginx();
  const folder = mkdtempSync(join(tmpdir(), 'parley-nginx-'));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const servers = nodes.map((node) => `    server 127.0.0.1:${node} max_fails=1 fail_timeout=5s;`).join('\n');
  const text = readFileSync(SHIPPED, 'utf8')
    .replaceAll('/tmp/', `${folder}/`)
    .replace(/(?:^ *server node-.*\n)+/m, `${servers}\n`)
    .replace(/^ *resolver .*\n/m, '')
    .replace('listen 8080;', `listen 127.0.0.1:${port};`)
    .replace('listen 8443 ssl;', `listen 127.0.0.1:${tlsPort} ssl;`)
    .replace('/run/secrets/tls_certificate', certificate)
    .replace('/run/secrets/tls_key', key)
    .replace(/# (set_real_ip_from) 192\.0\.2\.10;/, (line, name) => (front === undefined ? line : `${name} ${front};`))
    .replace(/# 192\.0\.2\.10 1;/, (line) => (front === undefined ? line : `${front} 1;`));
  writeFileSync(join(folder, 'nginx.conf'), `daemon off;\n${text}`);
  const child = spawn(program, ['-c', join(folder, 'nginx.conf'), '-p', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (printed = (printed + chunk).slice(-100_000)));
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(() => {
      if (child.exitCode !== null) throw new Error(`nginx ended at its start:\n${printed}`);
      return listens(tlsPort);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, tlsPort, stop };
};

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** Stops it and its workers. */
const end = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
};
