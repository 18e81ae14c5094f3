// The launcher: starts git for one Moose process, and ends with that process.
import type { LauncherReply, LauncherRequest } from './git-launcher.ts';
import { runGitProcess } from './git-process.ts';

const running = new Map<number, AbortController>();

const reply = (message: LauncherReply) => void process.send?.(message, () => undefined);

process.on('message', async (message: LauncherRequest) => {
  if (message.kind === 'stop') {
    running.get(message.id)?.abort();
    return;
  }
  const { id, request } = message;
  const stop = new AbortController();
  running.set(id, stop);
  const onStart = (pid: number) => reply({ kind: 'started', id, pid });
  const { startError, ...end } = await runGitProcess({ ...request, signal: stop.signal }, onStart);
  running.delete(id);
  reply({ kind: 'ended', id, end, startError: startError && { ...startError, message: startError.message } });
});
// Moose is gone. A git that still runs continues to its end, as it would without this process.
process.on('disconnect', () => process.exit());
reply({ kind: 'ready' });
