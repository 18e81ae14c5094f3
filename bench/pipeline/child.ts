// A process of the benchmark's own, spoken to by messages, that ends with this one.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export interface Child<T> {
  /** The next message; rejects when the process ends instead. */
  next(signal: AbortSignal): Promise<T>;
  /** Each message, from now on. */
  onMessage(listen: (message: T) => void): void;
  send(message: object): void;
  /** Its channel is closed, by which it ends. */
  stop(): Promise<void>;
}

const stopMsMax = 10_000;

export function startChild<T>(program: string, args: readonly string[] = []): Child<T> {
  // What this process was told about profiling is not meant for the child.
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
