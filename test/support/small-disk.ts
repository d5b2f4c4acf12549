import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privileged } from './network.js';

/** A tmpfs of a few megabytes, which a test may fill up. Needs root, or sudo without a password. */
export class SmallDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'parley-disk-'));

  constructor(megabytes: number) {
    privileged('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', this.folder);
  }

  /** Fills it up. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.folder);
    writeFileSync(this.ballast, Buffer.alloc(bavail * bsize));
  }

  /** Undoes {@link fill}. */
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
