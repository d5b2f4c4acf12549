import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningNode } from '../support/start-node.js';
import { until } from '../support/until.js';

/** The environment of a node that accepts {@link commandNode}. */
export const NODE_SIDE = {
  NODE_OPTIONS: `--import ${new URL('node-side/node-side.mjs', import.meta.url).href}`,
};

/** Steps of node-side/failpoints.mjs that clients reach by ordinary signaling. */
export const STEPS_OF_TALK = [
  ...['before_forward', 'after_forward', 'before_publish', 'after_publish', 'before_deliver', 'after_deliver'],
  ...['before_lease', 'after_lease', 'before_reconcile', 'after_reconcile'],
] as const;

interface Commands {
  /** Kills the process (SIGKILL) the next time that it reaches this step. */
  arm(step: string | undefined): void;
  /** The heap after a garbage collection. */
  heapBytes(): number;
  /** Sets its wall clock ahead. */
  shiftClock(ms: number): void;
  /** Blocks its event loop; the answer comes afterwards. */
  stall(ms: number): void;
}

let last = 0;

/** Executes a command inside a node that was started with {@link NODE_SIDE}. */
export const commandNode = async <Command extends keyof Commands>(
  node: RunningNode,
  command: Command,
  ...[argument]: Parameters<Commands[Command]>
): Promise<ReturnType<Commands[Command]>> => {
  const id = ++last;
  const { process: child } = node;
  writeFileSync(
    join(tmpdir(), `parley-node-side-${child.pid}.json`),
    JSON.stringify({ id, do: command, with: argument }),
  );
  child.kill('SIGUSR2');
  const line = await until(() => new RegExp(`^node-side (\\{"id":${id}\\b.*)$`, 'm').exec(node.output())?.[1]);
  return JSON.parse(line).answer;
};
