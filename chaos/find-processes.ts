// Finds the processes of a scratch instance in the kernel's table: by their folder, their parent or their session.
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

export interface SeenProcess {
  pid: number;
  parent: number;
  command: string;
}

/** A process that ends while it is looked at is as good as gone. */
const gone = () => '';

async function pids(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function seen(pid: number): Promise<SeenProcess | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(gone);
  // The second field is the program's name in brackets, which may contain anything.
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (stat === '' || state === 'Z') return null;
  const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(gone)).replaceAll('\0', ' ').trim();
  return { pid, parent: Number(parent), command };
}

/** All living processes below these, with themselves. */
export async function processesBelow(roots: readonly number[]): Promise<SeenProcess[]> {
  const all = (await Promise.all((await pids()).map(seen))).filter((one) => one !== null);
  const found = all.filter(({ pid }) => roots.includes(pid));
  for (const one of found) found.push(...all.filter(({ parent }) => parent === one.pid));
  return found;
}

/** The gateways of a data directory. */
export async function gatewaysOf(dataDirectory: string): Promise<number[]> {
  const parent = `${await realpath(dataDirectory).catch(() => dataDirectory)}/gateway/`;
  const all = await pids();
  const folders = await Promise.all(all.map((pid) => readlink(`/proc/${pid}/cwd`).catch(gone)));
  return all.filter((_, at) => folders[at]?.startsWith(parent));
}

/** Processes of any session of this data directory, living and unfinished. */
export async function sessionProcessesOf(dataDirectory: string): Promise<SeenProcess[]> {
  const found: SeenProcess[] = [];
  for (const pid of await pids()) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(gone);
    if (!environment.includes('MOOSE_SESSION=')) continue;
    const one = await seen(pid);
    if (one && `${environment} ${one.command}`.includes(dataDirectory)) found.push(one);
  }
  return found;
}

/** The first line of `postmaster.pid`; null if the database does not run. */
export async function postmasterOf(dataDirectory: string): Promise<number | null> {
  for (const place of ['postgres', 'postgres/relocated']) {
    const text = await readFile(join(dataDirectory, place, 'data', 'postmaster.pid'), 'utf8').catch(gone);
    if (text !== '') return Number(text.split('\n')[0]);
  }
  return null;
}
