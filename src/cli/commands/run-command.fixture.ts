// For tests: runs one command on a database, and keeps what it prints.
import { stripVTControlCharacters } from 'node:util';
import { Command } from 'commander';
import { commandLineAsk } from '../../../test/command-line-ask.ts';
import { createMoose } from '../../engine/moose.ts';
import { noForge } from '../../engine/no-forge.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import type { CliContext } from '../context.ts';
import { createPrinter } from '../terminal/printer.ts';
import { addLearning } from './learning/learning.ts';
import { addSchedule } from './projects/schedule.ts';
import { addConfig } from './settings/config.ts';
import { addInvites } from './settings/invites.ts';
import { addSpecs } from './specs/specs.ts';
import { addMcp } from './system/mcp.ts';
import { addTrends } from './system/trends.ts';
import { addLs } from './work-orders/ls.ts';
import { addRun } from './work-orders/run.ts';
import { addShow } from './work-orders/show.ts';

const unused = {} as never;
const known = { agentNames: ['patch'], assertModel: async () => undefined };

/** Runs a command on this database, and returns its output: the JSON document and the text. */
export async function moose(
  database: Database,
  ...args: string[]
): Promise<{ document?: unknown; text: string; notes: string[] }> {
  const printed: { document?: unknown; text: string; notes: string[] } = { text: '', notes: [] };
  const asked = createMoose({
    signal: new AbortController().signal,
    database,
    clock: systemClock,
    actor: 'human:anna',
    ...noForge,
    known,
  });
  const context: Pick<CliContext, 'printer' | 'open' | 'signal'> = {
    signal: new AbortController().signal,
    open: async () => ({
      ask: commandLineAsk(database, asked),
      server: null,
      ground: 'a test',
      close: async () => undefined,
      work: unused,
      serve: unused,
      serveProbes: unused,
      mcp: unused,
    }),
    printer: (isJson) => ({
      ...createPrinter(isJson),
      note: (line) => void printed.notes.push(stripVTControlCharacters(line)),
      printSecret: (document, line) => {
        printed.document = JSON.parse(JSON.stringify(document));
        printed.text = line;
      },
      print: (document, lines) => {
        printed.document = JSON.parse(JSON.stringify(document));
        printed.text = stripVTControlCharacters([lines()].flat().join('\n'));
      },
    }),
  };
  const program = new Command('moose').option('--json').exitOverride();
  for (const add of [
    addTrends,
    addLearning,
    addSpecs,
    addInvites,
    addSchedule,
    addRun,
    addShow,
    addLs,
    addConfig,
    addMcp,
  ])
    add(program, context as CliContext);
  for (const command of program.commands.flatMap((each) => [each, ...each.commands]))
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync(args, { from: 'user' });
  return printed;
}
