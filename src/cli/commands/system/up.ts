import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import { labelsText, problemOfLabels } from '../../../domain/machine/label.ts';
import { durationText } from '../../../domain/text/duration.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import type { CliContext, OpenMoose, RunningWorker } from '../../context.ts';
import { parseDuration } from '../../input/durations.ts';
import { withMoose } from '../../input/flags.ts';
import { openBrowser } from '../../terminal/open-browser.ts';
import type { Printer } from '../../terminal/printer.ts';

/** `up` serves HTTP and does the work; `worker` only does the work. */
export function addUp(program: Command, context: CliContext): void {
  program
    .command('up')
    .description(
      'start Moose: the database, the HTTP interface and a worker, until Ctrl-C; work in progress resumes at the next start',
    )
    .option('--port <n>', 'port of the HTTP interface (MOOSE_PORT; default 4317)', port)
    .option('--open', 'open Mission Control in the browser')
    .option(...labelOption)
    .option(...drainOption)
    .action(async (options: UpFlags, command: Command) =>
      withMoose(context, command, (opened, printer) => up(context, opened, printer, options), 'serve'),
    );
  program
    .command('worker')
    .description('start another worker on the same database; it takes over work from workers that die')
    .option('--port <n>', 'also answer /healthz, /readyz and /metrics on this port', port)
    .option(...labelOption)
    .option(...drainOption)
    .action(async (options: UpFlags, command: Command) =>
      withMoose(context, command, (opened, printer) => work(context, opened, printer, options), 'serve'),
    );
}

/** Any application may use DATABASE_URL, so Moose does not. */
const unusedDatabaseUrl =
  'DATABASE_URL is set but not used. To use that database for Moose, set MOOSE_DATABASE_URL="$DATABASE_URL".';

interface UpFlags {
  port?: number;
  label?: string[];
  drain?: number;
  open?: boolean;
}

const labelOption = [
  '--label <key=value>',
  'a label of this machine, which then also runs work that needs it (`moose run --label`); repeatable (MOOSE_LABELS)',
  label,
] as const;

function label(text: string, all: string[] = []): string[] {
  const problem = problemOfLabels([...all, text]);
  if (problem !== undefined) throw new InvalidArgumentError(problem);
  return [...all, text];
}

const drainOption = [
  '--drain <duration>',
  'after SIGTERM or Ctrl-C take no new work, and let the steps in progress finish for at most this long, e.g. 10m (MOOSE_DRAIN; default: stop at once)',
  parseDuration,
] as const;

const portMax = 65_535;

function port(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= portMax) return value;
  throw new InvalidArgumentError(`It must be a whole number up to ${portMax}.`);
}

/** Serves HTTP before it takes over any work, so that work cannot delay the interface. */
async function up(context: CliContext, opened: OpenMoose, printer: Printer, flags: UpFlags): Promise<void> {
  let working: RunningWorker | null = null;
  const serving = await opened.serve({
    ...(flags.port === undefined ? {} : { port: flags.port }),
    worker: () => working,
  });
  const { url, tokenPath } = serving;
  try {
    printer.stream({ event: 'up.listening', url, token_path: tokenPath }, () =>
      [
        `Moose listens at ${url}   (API documentation: ${url}/api/docs)`,
        `The sign-in token is in ${tokenPath}`,
      ].join('\n'),
    );
    // The token is shown only at a terminal: a file or a journal would keep it.
    if (printer.isTerminal && !printer.isJson)
      printer.printSecret(null, `Mission Control: ${serving.signInUrl}`);
    if (flags.open) await openBrowser(serving, printer, context.signal);
    await runWorker(context, opened, printer, { name: 'up', ...flags }, (worker) => {
      working = worker;
    });
  } finally {
    await serving.close();
  }
}

/** Answers probes before it takes over any work, so that they show when it is ready. */
async function work(context: CliContext, opened: OpenMoose, printer: Printer, flags: UpFlags): Promise<void> {
  if (flags.port === undefined) return runWorker(context, opened, printer, { name: 'worker', ...flags });
  let working: RunningWorker | null = null;
  const serving = await opened.serveProbes({ port: flags.port, worker: () => working });
  try {
    printer.stream({ event: 'worker.listening', url: serving.url }, () => `Probes: ${serving.url}/healthz`);
    await runWorker(context, opened, printer, { name: 'worker', ...flags }, (worker) => {
      working = worker;
    });
  } finally {
    await serving.close();
  }
}

async function runWorker(
  context: CliContext,
  opened: OpenMoose,
  printer: Printer,
  { name, label: given, drain }: { name: 'up' | 'worker' } & Pick<UpFlags, 'label' | 'drain'>,
  setWorker: (worker: RunningWorker | null) => void = () => undefined,
): Promise<void> {
  const lost = new AbortController();
  const worker = await opened.work((error) => lost.abort(error), given);
  const { labels } = worker;
  setWorker(worker);
  printer.stream(
    {
      event: `${name}.started`,
      executor: worker.executorId,
      database: opened.ground,
      pid: process.pid,
      labels,
    },
    () =>
      [
        `Moose is up (${opened.ground}).`,
        ...(labels.length > 0 ? [`It also runs work that needs ${labelsText(labels)}.`] : []),
        ...(opened.ignoresDatabaseUrl ? [unusedDatabaseUrl] : []),
        'Submit work from another terminal: `moose run "TITLE" --repo PATH`',
        'Ctrl-C stops it; nothing is lost.',
      ].join('\n'),
  );
  const lack = await opened.lack?.();
  if (lack) printer.note(`Moose cannot work yet. ${asSentence(lack.message)} ${lack.advice ?? ''}`.trim());
  const stop = AbortSignal.any([context.signal, lost.signal]);
  if (!stop.aborted) await once(stop, 'abort');
  const drainMs = drain ?? worker.drainMs;
  if (drainMs > 0 && !lost.signal.aborted) {
    // From now on, readiness probes report 'not ready'.
    setWorker(null);
    printer.stream(
      { event: `${name}.draining`, within_ms: drainMs },
      () =>
        `Taking no new work; the steps in progress have ${durationText(drainMs)} to finish. Ctrl-C stops at once.`,
    );
    const left = await worker.drain(drainMs, lost.signal);
    if (left > 0)
      printer.note(
        `${left} step${left === 1 ? ' has' : 's have'} not finished: the next Moose on this machine continues ${left === 1 ? 'it' : 'them'}, or another one repeats ${left === 1 ? 'it' : 'them'}.`,
      );
  }
  await worker.close();
  lost.signal.throwIfAborted();
  printer.stream({ event: `${name}.stopped` }, () => 'Stopped. Work in progress resumes at the next start.');
}
