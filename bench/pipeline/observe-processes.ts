// Records every session that this process starts, through Node's own diagnostics channel, and every git, through the
// channel of Moose's launcher.

import type { ChildProcess } from 'node:child_process';
import { tracingChannel } from 'node:diagnostics_channel';
import { instantMs } from '../measuring/intervals.ts';

export interface ObservedProcess {
  kind: 'git' | 'session' | 'other';
  /** The subcommand of git, or the directory of a session. */
  what: string;
  startMs: number;
  /** When the fork ended: until then, this process did nothing else. */
  forkedMs: number;
  /** Null while it runs. For git: when its output was read to the end, which is what Moose waits for. */
  endMs: number | null;
  /** For a session: when its wrapper was told to start the program. */
  releasedMs: number | null;
}

export interface ProcessObserver {
  readonly seen: ObservedProcess[];
  stop(): void;
}

/** The message of Node's channel, which Node 24.8 and later send. */
interface Spawning {
  process: ChildProcess;
}

/** The message of Moose's channel. */
interface Git {
  argv: readonly string[];
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
      // The pipes of the process exist only after `spawn` has returned.
      queueMicrotask(() => identify(one, child));
    },
    asyncStart: () => undefined,
    asyncEnd: () => undefined,
    error: () => undefined,
  };
  channel.subscribe(listeners);
  const stopGits = observeGits(seen);
  return {
    seen,
    stop: () => {
      channel.unsubscribe(listeners);
      stopGits();
    },
  };
}

function observeGits(seen: ObservedProcess[]): () => void {
  const running = new WeakMap<object, ObservedProcess>();
  const channel = tracingChannel<unknown, Git>('moose.git');
  const listeners = {
    start: (git: Git) => {
      const startMs = instantMs();
      const what = subcommandOf(git.argv);
      const one: ObservedProcess = {
        kind: 'git',
        what,
        startMs,
        forkedMs: startMs,
        endMs: null,
        releasedMs: null,
      };
      running.set(git, one);
      seen.push(one);
    },
    // When `start` and `end` have passed, Moose continues with other work.
    end: (git: Git) => {
      const one = running.get(git);
      if (one) one.forkedMs = instantMs();
    },
    asyncStart: (git: Git) => {
      const one = running.get(git);
      if (one) one.endMs = instantMs();
    },
    asyncEnd: () => undefined,
    error: () => undefined,
  };
  channel.subscribe(listeners);
  return () => void channel.unsubscribe(listeners);
}

function identify(one: ObservedProcess, child: ChildProcess): void {
  const [program = '', ...args] = child.spawnargs;
  if (args[0]?.endsWith('wrapper.sh')) {
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
