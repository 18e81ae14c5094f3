import { once } from 'node:events';
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { flagsOf } from '../flags.ts';

/** `up` and `worker` do the same work; only what one expects of them differs. */
export function addUp(program: Command, context: CliContext): void {
  program
    .command('up')
    .description(
      'start Moose: the database and a worker, until Ctrl-C; what runs then is taken up at the next start',
    )
    .action(async (_options: unknown, command: Command) => carry(context, command, 'up'));
  program
    .command('worker')
    .description('one more worker on the same database; it takes up what others leave when they die')
    .action(async (_options: unknown, command: Command) => carry(context, command, 'worker'));
}

async function carry(context: CliContext, command: Command, name: string): Promise<void> {
  const flags = flagsOf(command);
  const face = context.face(flags.json);
  const opened = await context.open(flags);
  const lost = new AbortController();
  try {
    const worker = await context.work(opened, (error) => lost.abort(error));
    face.stream(
      { event: `${name}.started`, executor: worker.executorId, database: opened.ground, pid: process.pid },
      () =>
        [
          `Moose is up (${opened.ground}).`,
          'Submit work from another terminal: moose run "TITLE" --repo PATH',
          'Ctrl-C stops it; nothing is lost.',
        ].join('\n'),
    );
    const stop = AbortSignal.any([context.signal, lost.signal]);
    if (!stop.aborted) await once(stop, 'abort');
    await worker.close();
    lost.signal.throwIfAborted();
    face.stream(
      { event: `${name}.stopped` },
      () => 'Stopped. What was running is taken up at the next start.',
    );
  } finally {
    await opened.close();
  }
}
