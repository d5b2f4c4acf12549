import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The `ip` program of iproute2, which the test command finds. */
const IP = process.env['PARLEY_IP'] ?? '/usr/sbin/ip';

/** Runs a command as root: directly if the test is root, else by sudo without a password. @returns its output */
export const privileged = (...command: string[]): string => {
  const [program, ...words] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
  return execFileSync(program as string, words, { encoding: 'utf8' });
};

/** A network namespace with loopback and the interfaces that the test adds. */
export class TestNetwork {
  private readonly folder = mkdtempSync(join(tmpdir(), 'parley-network-'));

  private constructor(private readonly name: string) {}

  static create(): TestNetwork {
    const network = new TestNetwork(`parley-${process.pid}`);
    privileged(IP, 'netns', 'add', network.name);
    network.ip('link', 'set', 'lo', 'up');
    return network;
  }

  /** Adds an interface with an address and the default route. */
  connect(device: string, address: string): void {
    this.ip('link', 'add', device, 'type', 'veth', 'peer', 'name', `${device}-far`);
    this.ip('link', 'set', `${device}-far`, 'up');
    this.ip('addr', 'add', `${address}/24`, 'dev', device);
    this.ip('link', 'set', device, 'up');
    this.ip('route', 'add', 'default', 'dev', device);
  }

  /** Removes an interface and its address. */
  disconnect(device: string): void {
    this.ip('link', 'del', device);
  }

  /** The prefix of a command that runs it in this namespace. */
  get prefix(): string[] {
    const words = [IP, 'netns', 'exec', this.name];
    return process.getuid?.() === 0 ? words : ['sudo', '-n', '--preserve-env', ...words];
  }

  /** A program that runs another one in this namespace, for callers that accept a path but no prefix. */
  wrapper(program: string): string {
    const path = join(this.folder, 'run');
    writeFileSync(path, `#!/bin/sh\nexec ${this.prefix.join(' ')} '${program}' "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  }

  remove(): void {
    privileged(IP, 'netns', 'del', this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private ip(...words: string[]): void {
    privileged(IP, '-n', this.name, ...words);
  }
}
