// Finds the processes of a scratch instance in the process table: by folder, parent or session.
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

export interface SeenProcess {
  pid: number;
  parent: number;
  command: string;
}

/** A process that ends during the inspection counts as gone. */
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

/** These processes and all their living descendants. */
export async function processesBelow(roots: readonly number[]): Promise<SeenProcess[]> {
  const all = (await Promise.all((await pids()).map(seen))).filter((one) => one !== null);
  const found = all.filter(({ pid }) => roots.includes(pid));
  for (const one of found) found.push(...all.filter(({ parent }) => parent === one.pid));
  return found;
}

/** The gateways of the data directories in this folder, or of this data directory. */
export async function gatewaysOf(folder: string): Promise<number[]> {
  const parent = `${await realpath(folder).catch(() => folder)}/`;
  const all = await pids();
  const folders = await Promise.all(all.map((pid) => readlink(`/proc/${pid}/cwd`).catch(gone)));
  return all.filter(
    (_, at) => folders[at]?.startsWith(parent) && folders[at].includes('/gateway/', parent.length - 1),
  );
}

/** All session processes of this data directory, or of those in this folder, living and zombies. */
export async function sessionProcessesOf(folder: string): Promise<SeenProcess[]> {
  const found: SeenProcess[] = [];
  for (const pid of await pids()) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(gone);
    if (!environment.includes('MOOSE_SESSION=')) continue;
    const one = await seen(pid);
    if (one && isNamedIn(`${environment}\0${one.command}`, folder)) found.push(one);
  }
  return found;
}

/** What may surround a path in a command, an environment or JSON; `//` begins the path of a URL. */
const between = /^[\0\s=:,;"'`()<>[\]{}|&\\/]?$/;

/** Whether the text names the folder or what is in it, and not only one whose path contains this one. */
function isNamedIn(text: string, folder: string): boolean {
  for (let at = text.indexOf(folder); at !== -1; at = text.indexOf(folder, at + 1)) {
    const [before = '', after = ''] = [text[at - 1], text[at + folder.length]];
    if (between.test(before) && between.test(after)) return true;
  }
  return false;
}

/** The first line of `postmaster.pid`; null if the database does not run. */
export async function postmasterOf(dataDirectory: string): Promise<number | null> {
  for (const place of ['postgres', 'postgres/relocated']) {
    const text = await readFile(join(dataDirectory, place, 'data', 'postmaster.pid'), 'utf8').catch(gone);
    if (text !== '') return Number(text.split('\n')[0]);
  }
  return null;
}
