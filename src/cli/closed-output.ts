// Survives the end of whoever reads the output: a pipe whose reader has ended, as after `| head`, or a closed terminal.
// Without a listener, Node would end the process in the middle of its work.
import { hasErrorCode } from '../stdx/system-error.ts';

/** What is written is lost from then on. Every other failure to write is thrown. */
export function outliveOutput(onClosed: (name: 'stdout' | 'stderr') => void): void {
  for (const name of ['stdout', 'stderr'] as const)
    process[name].on('error', (cause) => {
      if (!hasErrorCode(cause, 'EPIPE', 'EIO')) throw cause;
      onClosed(name);
    });
}
