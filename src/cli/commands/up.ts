import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import type { CarryingWork, CliContext, OpenMoose } from '../context.ts';
import type { Face } from '../face.ts';
import { withMoose } from '../flags.ts';
import { openBrowser } from '../open-browser.ts';

/** `up` answers over HTTP and does the work; `worker` does the work. */
export function addUp(program: Command, context: CliContext): void {
  program
    .command('up')
    .description(
      'start Moose: the database, its interface over HTTP and a worker, until Ctrl-C; what runs then is taken up at the next start',
    )
    .option('--port <n>', 'where the interface listens (MOOSE_PORT; default 4317)', port)
    .option('--open', 'open it in the browser')
    .action(async (options: UpFlags, command: Command) =>
      withMoose(context, command, (opened, face) => up(context, opened, face, options), 'serve'),
    );
  program
    .command('worker')
    .description('one more worker on the same database; it takes up what others leave when they die')
    .action(async (_options: unknown, command: Command) =>
      withMoose(context, command, (opened, face) => carry(context, opened, face, 'worker'), 'serve'),
    );
}

/** The variable is every application's: its database is not Moose's. */
const unusedDatabaseUrl =
  'DATABASE_URL is set and not used: to give Moose that database, set MOOSE_DATABASE_URL="$DATABASE_URL".';

interface UpFlags {
  port?: number;
  open?: boolean;
}

const portMax = 65_535;

function port(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= portMax) return value;
  throw new InvalidArgumentError(`It has to be a whole number up to ${portMax}.`);
}

/** It answers before anything is taken up: what there is to take up cannot keep it from that. */
async function up(context: CliContext, opened: OpenMoose, face: Face, flags: UpFlags): Promise<void> {
  let working: CarryingWork | null = null;
  const serving = await context.serve(opened, {
    ...(flags.port === undefined ? {} : { port: flags.port }),
    worker: () => working,
  });
  const { url, tokenPath } = serving;
  try {
    face.stream({ event: 'up.listening', url, token_path: tokenPath }, () =>
      [
        `Moose answers at ${url}   (what there is to call: ${url}/api/docs)`,
        `The token for it is in ${tokenPath}`,
      ].join('\n'),
    );
    // What goes into a file or a journal stays there: no token.
    if (face.isTerminal && !face.isJson) face.printSecret(null, `Open ${serving.signInUrl}`);
    if (flags.open) await openBrowser(serving, face, context.signal);
    await carry(context, opened, face, 'up', (worker) => {
      working = worker;
    });
  } finally {
    await serving.close();
  }
}

async function carry(
  context: CliContext,
  opened: OpenMoose,
  face: Face,
  name: 'up' | 'worker',
  onStarted: (worker: CarryingWork) => void = () => undefined,
): Promise<void> {
  const lost = new AbortController();
  const worker = await context.work(opened, (error) => lost.abort(error));
  onStarted(worker);
  face.stream(
    { event: `${name}.started`, executor: worker.executorId, database: opened.ground, pid: process.pid },
    () =>
      [
        `Moose is up (${opened.ground}).`,
        ...(opened.ignoresDatabaseUrl ? [unusedDatabaseUrl] : []),
        'Submit work from another terminal: moose run "TITLE" --repo PATH',
        'Ctrl-C stops it; nothing is lost.',
      ].join('\n'),
  );
  const stop = AbortSignal.any([context.signal, lost.signal]);
  if (!stop.aborted) await once(stop, 'abort');
  await worker.close();
  lost.signal.throwIfAborted();
  face.stream({ event: `${name}.stopped` }, () => 'Stopped. What was running is taken up at the next start.');
}
