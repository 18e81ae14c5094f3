// For crash tests and chaos runs: the process kills itself at a named point, as if the power failed, or freezes with
// `@SIGSTOP`. In normal use this does nothing.
import { readFileSync, unlinkSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { PipelineDeps } from '../engine/run/work.ts';
import { hasErrorCode } from '../stdx/system-error.ts';

/** `dieAt` is the point, or the path of a file that contains it, which may appear at any time and is used once. */
export function deathAt(
  dieAt: string | null,
  send: (signal: string) => void = (signal) => void process.kill(process.pid, signal),
): PipelineDeps['reached'] {
  if (dieAt === null) return () => undefined;
  if (isAbsolute(dieAt)) return deathByFile(dieAt, send);
  const { point, nth, signal } = parsed(dieAt);
  let passes = 0;
  return (reached) => {
    if (reached !== point) return;
    passes += 1;
    if (passes === nth) send(signal);
  };
}

function deathByFile(path: string, send: (signal: string) => void): PipelineDeps['reached'] {
  return (reached) => {
    try {
      const { point, signal } = parsed(readFileSync(path, 'utf8').trim());
      if (reached !== point) return;
      // If several processes reach the point, only the one that removes the file dies. The file's writer sees this.
      unlinkSync(path);
      send(signal);
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    }
  };
}

function parsed(text: string): { point: string; nth: number; signal: string } {
  const [place = '', signal = 'SIGKILL'] = text.split('@');
  const [point = '', nth = '1'] = place.split('#');
  return { point, nth: Number(nth), signal };
}
