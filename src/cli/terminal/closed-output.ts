// Survives the end of whoever reads the output: a pipe whose reader has ended, as after `| head`, a closed terminal, a full
// disk. Without a listener, Node would end the process in the middle of its work. Also lets all of the output arrive: when
// a process exits, Node drops what a pipe has not taken.
import { once } from 'node:events';
import { sleep } from '../../stdx/async/sleep.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';

/** How long a command that was told to stop waits for a reader that does not read. */
const stoppedMsMax = 1_000;

/** What is written is lost from then on. */
export function outliveOutput(onLost: (cause: Error) => void): void {
  process.stdout.on('error', onLost);
  // Nobody could be told.
  process.stderr.on('error', () => undefined);
}

/** Whether the reader has ended, which is no failure. */
export const isReaderGone = (cause: Error): boolean => hasErrorCode(cause, 'EPIPE', 'EIO');

/**
 * Resolves when the reader has taken all of the output, or has ended. A pipe holds 64 KiB; a slower reader makes the
 * command wait, as it does for other programs.
 * @param stopped - after its abort the reader has one more second
 */
export async function finishOutput(stopped: AbortSignal): Promise<void> {
  const over = new AbortController();
  const late = async () => {
    if (!stopped.aborted) await once(stopped, 'abort', { signal: over.signal });
    await sleep(stoppedMsMax, over.signal);
  };
  await Promise.race([Promise.all([process.stdout, process.stderr].map(taken)), late()]);
  over.abort();
}

/** The callback comes after everything that was written before, also if that failed. */
function taken(output: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    if (!output.writable) return resolve();
    output.write('', () => resolve());
  });
}

/**
 * Makes a terminal that does not read, because somebody pressed Ctrl-S in it, unable to stop this process. By default, Node
 * waits for a terminal at each line; for a pipe it never does.
 */
export function neverWaitForTerminal(): void {
  for (const output of [process.stdout, process.stderr]) {
    // Node has no public way. Without this method, a terminal only stays as it is.
    const { _handle: handle } = output as { _handle?: { setBlocking?(isBlocking: boolean): void } };
    if (output.isTTY) handle?.setBlocking?.(false);
  }
}
