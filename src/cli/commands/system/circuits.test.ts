import { Command } from 'commander';
import { expect, test } from 'vitest';
import { commandLineAsk } from '../../../../test/command-line-ask.ts';
import { testDatabase } from '../../../../test/database.ts';
import { createMoose } from '../../../engine/moose.ts';
import { noForge } from '../../../engine/no-forge.fixture.ts';
import { systemClock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { circuitByKey, writeCircuit } from '../../../store/failures/circuit-states.ts';
import { updateRun } from '../../../store/work/runs/runs.ts';
import { aWorkOrderAtWork } from '../../../store/work/scratch-rows.fixture.ts';
import type { CliContext } from '../../context.ts';
import { createPrinter } from '../../terminal/printer.ts';
import { addCircuits } from './circuits.ts';

const key = 'provider:anthropic';
const openedAt = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
const notBefore = new Date(openedAt.getTime() + 60_000);
/** For dependencies that this command does not use. */
const unused = {} as never;

/** Runs `moose circuits …` on this database, and returns its output: the JSON document and the text. */
async function circuits(
  database: Database,
  ...args: string[]
): Promise<{ document?: unknown; text: string }> {
  const printed: { document?: unknown; text: string } = { text: '' };
  const moose = createMoose({
    signal: new AbortController().signal,
    database,
    clock: systemClock,
    actor: 'human:anna',
    ...noForge,
    known: unused,
  });
  const context: Pick<CliContext, 'printer' | 'open'> = {
    open: async () => ({
      ask: commandLineAsk(database, moose),
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
      print: (document, lines) => {
        printed.document = JSON.parse(JSON.stringify(document));
        printed.text = [lines()].flat().join('\n');
      },
    }),
  };
  const program = new Command('moose').option('--json').exitOverride();
  addCircuits(program, context as CliContext);
  for (const command of program.commands)
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync(['circuits', ...args], { from: 'user' });
  return printed;
}

async function anOpenCircuit(): Promise<Database> {
  const database = await testDatabase();
  await writeCircuit(
    database.query,
    {
      key,
      kind: 'provider',
      openedAt,
      notBefore,
      openings: 2,
      state: { phase: 'open', generation: 3, sinceGeneration: 3, openedAt: openedAt.getTime() },
      because: { code: 'MODEL_OVERLOADED', message: 'It is overloaded.' },
    },
    'machine-1',
  );
  const { runId } = await aWorkOrderAtWork(database);
  await updateRun(database.query, runId, { pausedBy: key, pausedAt: openedAt });
  return database;
}

test('R-REC-2: moose circuits shows each open circuit, with its reason, its times and the number of waiting runs', async () => {
  const database = await anOpenCircuit();
  const shown = {
    key,
    kind: 'provider',
    phase: 'open',
    openings: 2,
    paused_runs: 1,
    held_by: null,
    because: { code: 'MODEL_OVERLOADED', message: 'It is overloaded.' },
    opened_at: openedAt.toISOString(),
    next_probe_at: notBefore.toISOString(),
    updated_by: 'machine-1',
  };
  const list = await circuits(database);
  expect(list.document).toMatchObject([shown]);
  for (const part of [key, 'open', notBefore.toISOString(), 'MODEL_OVERLOADED: It is overloaded.']) {
    expect(list.text).toContain(part);
  }
  const one = await circuits(database, key);
  expect(one.document).toMatchObject(shown);
  expect(one.text).toContain(`The next probe is at ${notBefore.toISOString()}.`);
  expect(one.text).toContain('1 paused run');
});

test('moose circuits KEY --reset closes it, and --open keeps it open until then', async () => {
  const database = await anOpenCircuit();
  const reset = await circuits(database, key, '--reset');
  expect(reset.document).toMatchObject({ phase: 'closed', openings: 0, updated_by: 'human:anna' });
  const open = await circuits(database, key, '--open');
  expect(open.text).toContain('human:anna keeps it open until it is reset.');
  expect(await circuitByKey(database.query, key)).toMatchObject({ phase: 'open', heldBy: 'human:anna' });
  const again = await circuits(database, key, '--reset');
  expect(again.document).toMatchObject({ phase: 'closed', held_by: null });
});

test('without circuits it says so; an unknown or missing key is an error', async () => {
  const database = await testDatabase();
  expect((await circuits(database)).text).toBe('No circuit has ever opened.');
  await expect(circuits(database, 'provider:nobody')).rejects.toMatchObject({ code: 'CIRCUIT_UNKNOWN' });
  await expect(circuits(database, '--reset')).rejects.toMatchObject({ code: 'commander.error' });
  await expect(circuits(database, key, '--open', '--reset')).rejects.toMatchObject({
    code: 'commander.conflictingOption',
  });
});
