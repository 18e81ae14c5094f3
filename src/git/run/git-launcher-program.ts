// The launcher: starts git for one Moose process, and ends with that process.
import type { LauncherReply, LauncherRequest } from './git-launcher.ts';
import { runGitProcess } from './git-process.ts';

interface Running {
  stop: AbortController;
  endsWithMoose: boolean;
}

const running = new Map<number, Running>();
let isAlone = false;

const reply = (message: LauncherReply) => {
  if (process.connected) process.send?.(message, () => undefined);
};

process.on('message', async (message: LauncherRequest) => {
  if (message.kind === 'stop') {
    running.get(message.id)?.stop.abort();
    return;
  }
  const { id, request } = message;
  const stop = new AbortController();
  running.set(id, { stop, endsWithMoose: request.endsWithMoose === true });
  const onStart = (pid: number) => reply({ kind: 'started', id, pid });
  const { startError, ...end } = await runGitProcess({ ...request, signal: stop.signal }, onStart);
  running.delete(id);
  if (isAlone) exitUnlessWaiting();
  reply({ kind: 'ended', id, end, startError: startError && { ...startError, message: startError.message } });
});
// Moose is gone. A git that still runs continues to its end, as it would without this process; but one that talks to a
// remote might never end, and Moose repeats its work.
process.on('disconnect', () => {
  isAlone = true;
  for (const { stop, endsWithMoose } of running.values()) if (endsWithMoose) stop.abort();
  exitUnlessWaiting();
});

function exitUnlessWaiting(): void {
  if (![...running.values()].some(({ endsWithMoose }) => endsWithMoose)) process.exit();
}
reply({ kind: 'ready' });
