import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { treeOf } from './process-tree.js';

const WRITTEN_MS = 180_000;

/** The folder of a node's heap snapshots, and the flags that make it write one on SIGUSR2. */
export class HeapSnapshots {
  readonly folder = mkdtempSync(join(tmpdir(), 'parley-heap-'));
  readonly flags = ['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${this.folder}`];

  /** Bytes of all reachable objects: the sum of the self sizes of a snapshot. */
  async take(pid: number): Promise<number> {
    process.kill(pid, 'SIGUSR2');
    const end = performance.now() + WRITTEN_MS;
    while (performance.now() < end) {
      await wait(250);
      const name = readdirSync(this.folder).find((file) => file.endsWith('.heapsnapshot'));
      const size = name === undefined ? undefined : sumOf(join(this.folder, name));
      if (name === undefined || size === undefined) continue;
      rmSync(join(this.folder, name));
      return size;
    }
    throw new Error('no heap snapshot was written');
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Finds the server process in the tree of the shell that started it. */
export const programOf = (root: number): number => {
  const found = treeOf([root]).find((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/exe`) === process.execPath;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error('the node has ended');
  return found;
};

/** Undefined: the snapshot is not complete yet. */
const sumOf = (file: string): number | undefined => {
  const text = readFileSync(file, 'utf8');
  if (!text.trimEnd().endsWith(']}')) return undefined;
  const { snapshot, nodes } = JSON.parse(text) as Snapshot;
  const fields = snapshot.meta.node_fields;
  let sum = 0;
  for (let at = fields.indexOf('self_size'); at < nodes.length; at += fields.length) sum += nodes[at] as number;
  return sum;
};

interface Snapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: readonly string[] } };
  readonly nodes: readonly number[];
}
