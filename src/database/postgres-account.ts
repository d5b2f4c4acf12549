import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { NoEmbeddedPostgres } from './postgres-binaries.js';

const run = promisify(execFile);

/** The system user that the server runs as. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'parley';

/** Finds or creates the system user `parley`: PostgreSQL refuses to run as root. */
export const systemUser = async (): Promise<SystemUser> => {
  const found = await findSystemUser();
  if (found !== undefined) return found;
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME]);
  } catch (error) {
    // Another process may have created it at the same time.
    const made = await findSystemUser();
    if (made !== undefined) return made;
    throw new NoEmbeddedPostgres(
      `PostgreSQL does not run as root and the system user ${NAME} cannot be created (${(error as Error).message.trim()}); run Parley as an ordinary user`,
    );
  }
  const made = await findSystemUser();
  if (made === undefined) throw new NoEmbeddedPostgres(`the system user ${NAME} was created but cannot be found`);
  return made;
};

const findSystemUser = async (): Promise<SystemUser | undefined> => {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, NAME])).stdout)),
    );
    return uid === undefined || gid === undefined ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
};
