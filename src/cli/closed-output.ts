// Survives the end of whoever reads the output: a pipe whose reader has ended, as after `| head`, a closed terminal, a full
// disk. Without a listener, Node would end the process in the middle of its work.
import { hasErrorCode } from '../stdx/system-error.ts';

/** What is written is lost from then on. */
export function outliveOutput(onLost: (cause: Error) => void): void {
  process.stdout.on('error', onLost);
  // Nobody could be told.
  process.stderr.on('error', () => undefined);
}

/** Whether the reader has ended, which is no failure. */
export const isReaderGone = (cause: Error): boolean => hasErrorCode(cause, 'EPIPE', 'EIO');
