// A session of tmux beside a running agent, in which a person sees its output (R-SES-2). It only reads files, so nothing
// depends on it: a viewer that does not start, or that somebody kills, harms nothing.
import { execFile } from 'node:child_process';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { shortId } from '../domain/ids.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import { shellWord } from '../stdx/text/shell-words.ts';
import { findOnPath, toolPath } from './resolve-program.ts';
import { filePath } from './session-files.ts';

const run = promisify(execFile);
/** A machine that swaps has no viewer; its agent does not wait longer for one. */
const callMsMax = 2_000;
/** The longest path of a Unix socket, in bytes. */
const socketBytesMax = 100;

export interface Viewed {
  id: string;
  workOrderId: string;
  /** The folder of its output. */
  directory: string;
  /** The viewer ends with this process. */
  pid: number;
}

/** A work order may have several agents, one after the other. */
export const viewerName = ({ id, workOrderId }: Pick<Viewed, 'id' | 'workOrderId'>): string =>
  `moose-${shortId(workOrderId)}-${id.slice(-8)}`;

const socketIn = (dataDirectory: string) => join(dataDirectory, 'tmux.sock');

/** A server of its own for each data directory, without anybody's configuration. Null: there can be none here. */
export function viewerCommand(dataDirectory: string): readonly [string, ...string[]] | null {
  const socket = socketIn(dataDirectory);
  const tmux = findOnPath('tmux', toolPath, '/');
  return tmux === null || Buffer.byteLength(socket) > socketBytesMax
    ? null
    : [tmux, '-f', '/dev/null', '-S', socket];
}

/** Returns its name, or null if there is no viewer. */
export async function startViewer(dataDirectory: string, viewed: Viewed): Promise<string | null> {
  const files = (['stdout', 'stderr'] as const).map((file) => shellWord(filePath(viewed.directory, file)));
  const follow = (more: string) => `tail ${more} -q -n +1 -F ${files.join(' ')} 2>/dev/null`;
  // Where tail does not know `--pid`, reconciliation ends the viewer. What an agent prints does not control the terminal.
  const script = `{ ${follow(`--pid=${viewed.pid}`)} || ${follow('')}; } | tr -d '\\000-\\010\\013-\\037\\177'`;
  const name = viewerName(viewed);
  const started = await ask(dataDirectory, [
    'new-session',
    '-d',
    '-s',
    name,
    '-x',
    '200',
    '-y',
    '50',
    script,
  ]);
  // A Moose that died before it could record the viewer may have started it.
  const isThere = started !== null || (await listViewers(dataDirectory))?.includes(name);
  return isThere ? name : null;
}

/** The viewers that run now; null if that is unknown. */
export async function listViewers(dataDirectory: string): Promise<string[] | null> {
  if (viewerCommand(dataDirectory) === null) return null;
  // Without a server there is nobody to ask, and it often leaves its socket behind when it ends.
  if (!(await isAnswered(socketIn(dataDirectory)))) return [];
  const listed = await ask(dataDirectory, ['list-sessions', '-F', '#{session_name}']);
  // A server without sessions does not run.
  return (listed ?? '').split('\n').filter((name) => name.startsWith('moose-'));
}

/** Whether a process listens on the socket. */
function isAnswered(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createConnection({ path, timeout: callMsMax });
  const end = (isThere: boolean) => {
    socket.destroy();
    resolve(isThere);
  };
  socket.on('connect', () => end(true));
  // A server with a full queue is there.
  socket.on('timeout', () => end(true));
  socket.on('error', (error) => end(!hasErrorCode(error, 'ENOENT', 'ECONNREFUSED')));
  return promise;
}

export async function endViewer(dataDirectory: string, name: string): Promise<void> {
  await ask(dataDirectory, ['kill-session', '-t', `=${name}`]);
}

/** What tmux has printed; null if it has failed. It gets no variables of Moose, which may be secret. */
async function ask(dataDirectory: string, words: readonly string[]): Promise<string | null> {
  const command = viewerCommand(dataDirectory);
  if (command === null) return null;
  const [tmux, ...given] = command;
  const env = { PATH: toolPath, LANG: 'C.UTF-8', TERM: 'screen', SHELL: '/bin/sh' };
  try {
    const { stdout } = await run(tmux, [...given, ...words], {
      env,
      timeout: callMsMax,
      killSignal: 'SIGKILL',
    });
    return stdout;
  } catch {
    return null;
  }
}
