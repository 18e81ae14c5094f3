// Sees every process that this process starts, through Node's own channel: nothing of Moose is changed for it.

import type { ChildProcess } from 'node:child_process';
import { tracingChannel } from 'node:diagnostics_channel';
import { instantMs } from '../measuring/intervals.ts';

export interface ObservedProcess {
  kind: 'git' | 'session' | 'other';
  /** git's subcommand; the directory of a session. */
  what: string;
  startMs: number;
  /** Up to here the fork stopped this process: nothing else was done in it. */
  forkedMs: number;
  /** Null while it runs. git's: when its output is read to the end, which is what Moose waits for. */
  endMs: number | null;
  /** A session's: when its wrapper was told to start the program. */
  releasedMs: number | null;
}

export interface ProcessObserver {
  readonly seen: ObservedProcess[];
  stop(): void;
}

/** What a message of the channel holds; Node 24.8 and later send it. */
interface Spawning {
  process: ChildProcess;
}

export function observeProcesses(): ProcessObserver {
  const seen: ObservedProcess[] = [];
  const starting = new WeakMap<ChildProcess, ObservedProcess>();
  const channel = tracingChannel<unknown, Spawning>('child_process.spawn');
  const listeners = {
    start: ({ process: child }: Spawning) => {
      const startMs = instantMs();
      const one: ObservedProcess = {
        kind: 'other',
        what: '',
        startMs,
        forkedMs: startMs,
        endMs: null,
        releasedMs: null,
      };
      starting.set(child, one);
      seen.push(one);
    },
    end: ({ process: child }: Spawning) => {
      const one = starting.get(child);
      if (!one) return;
      one.forkedMs = instantMs();
      child.once('close', () => {
        one.endMs = instantMs();
      });
      // Its pipes are there once `spawn` has returned.
      queueMicrotask(() => identify(one, child));
    },
    asyncStart: () => undefined,
    asyncEnd: () => undefined,
    error: () => undefined,
  };
  channel.subscribe(listeners);
  return { seen, stop: () => void channel.unsubscribe(listeners) };
}

function identify(one: ObservedProcess, child: ChildProcess): void {
  const [program = '', ...args] = child.spawnargs;
  if (program === 'git') {
    one.kind = 'git';
    one.what = subcommandOf(args);
  } else if (args[0]?.endsWith('wrapper.sh')) {
    one.kind = 'session';
    one.what = args[1] ?? '';
    child.stdio[3]?.once('close', () => {
      one.releasedMs = instantMs();
    });
  } else one.what = program;
}

function subcommandOf(args: readonly string[]): string {
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (word === '-c') index += 1;
    else if (!word.startsWith('-')) return word === 'worktree' ? `worktree ${args[index + 1] ?? ''}` : word;
  }
  return '';
}
