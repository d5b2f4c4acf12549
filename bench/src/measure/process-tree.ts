import { readdirSync, readFileSync } from 'node:fs';

/** /proc counts in hundredths of a second on every known Linux (`getconf CLK_TCK`). */
const MICROSECONDS_A_TICK = 10_000;

/** Parses /proc/PID/stat, whose second field is a name in brackets with any characters. */
const statOf = (pid: number): string[] | undefined => {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    // It ended meanwhile.
    return undefined;
  }
};

/** Lists these processes and all their descendants, by the parents in /proc/PID/stat. */
export const treeOf = (roots: readonly number[]): number[] => {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = Number(statOf(pid)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found: number[] = [];
  const open = [...roots];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    found.push(pid);
    open.push(...(children.get(pid) ?? []));
  }
  return found;
};

/** CPU time of the trees so far, user and system, microseconds. */
export const cpuOf = (roots: readonly number[]): number => {
  let ticks = 0;
  for (const pid of treeOf(roots)) {
    const stat = statOf(pid);
    if (stat !== undefined) ticks += Number(stat[11]) + Number(stat[12]);
  }
  return ticks * MICROSECONDS_A_TICK;
};

/** Resident memory of the trees, KiB. */
export const residentOf = (roots: readonly number[]): number => {
  let kib = 0;
  for (const pid of treeOf(roots)) {
    try {
      kib += Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
    } catch {
      // It ended meanwhile.
    }
  }
  return kib;
};

/** Busy time of this machine's cores so far, by any process, microseconds. */
export const machineBusy = (): number => {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readFileSync('/proc/stat', 'latin1')
    .split('\n', 1)[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) * MICROSECONDS_A_TICK;
};
