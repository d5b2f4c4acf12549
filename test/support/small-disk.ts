import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privileged } from './network.js';

/** A disk of a few megabytes that a test may fill up: a tmpfs of its own. Takes root, or sudo without a question. */
export class SmallDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'parley-disk-'));

  constructor(megabytes: number) {
    privileged('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', this.folder);
  }

  /** Nothing more can be written. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.folder);
    writeFileSync(this.ballast, Buffer.alloc(bavail * bsize));
  }

  /** As before {@link fill}. */
  clear(): void {
    rmSync(this.ballast, { force: true });
  }

  remove(): void {
    privileged('umount', this.folder);
    rmdirSync(this.folder);
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}
