// A child process of the benchmark, which communicates by messages and ends with this process.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export interface Child<T> {
  /** The next message; rejects if the process ends instead. */
  next(signal: AbortSignal): Promise<T>;
  /** Called for each message from now on. */
  onMessage(listen: (message: T) => void): void;
  send(message: object): void;
  /** Closes the channel, which makes the process end. */
  stop(): Promise<void>;
}

const stopMsMax = 10_000;

export function startChild<T>(program: string, args: readonly string[] = []): Child<T> {
  // Profiling options of this process do not apply to the child.
  const child = fork(program, args, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return {
    next: async (signal) => {
      const stop = new AbortController();
      const either = { signal: AbortSignal.any([signal, stop.signal]) };
      try {
        const [message] = await Promise.race([once(child, 'message', either), endOf(child, either)]);
        return message as T;
      } finally {
        stop.abort();
      }
    },
    onMessage: (listen) => void child.on('message', (message) => listen(message as T)),
    send: (message) => void child.send(message),
    stop: () => stop(child),
  };
}

async function endOf(child: ChildProcess, options: { signal: AbortSignal }): Promise<never> {
  const [code, signal] = await once(child, 'exit', options);
  throw new Error(
    `A process of the benchmark ended: ${child.spawnargs.join(' ')}: code ${code}, signal ${signal}`,
  );
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const limit = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
  const ended = once(child, 'exit');
  if (child.connected) child.disconnect();
  await ended;
  clearTimeout(limit);
}
