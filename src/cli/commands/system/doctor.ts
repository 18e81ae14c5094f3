import type { Command } from 'commander';
import { type Diagnosis, notInstalled } from '../../../engine/views/diagnosis.ts';
import type { CliContext } from '../../context.ts';
import { flagsOf } from '../../input/flags.ts';
import { paint } from '../../terminal/printer.ts';

const marks = { ok: paint('green', '✓'), warning: paint('yellow', '!'), missing: paint('red', '✗') };

export function addDoctor(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('check everything that a run needs, and say how to fix what is missing')
    .option('--all', 'also say how to install the agents that are not installed and not used')
    .action(async ({ all = false }: { all?: boolean }, command: Command) => {
      const flags = flagsOf(command);
      const printer = context.printer(flags.json);
      const diagnoses = await context.diagnose(flags);
      const isWell = diagnoses.every(({ state }) => state !== 'missing');
      printer.print({ ok: isWell, checks: diagnoses }, () => doctorLines(diagnoses, all));
      if (!isWell) process.exitCode = 1;
    });
}

export function doctorLines(diagnoses: readonly Diagnosis[], all: boolean): string[] {
  const listed = all ? diagnoses : withoutUnused(diagnoses);
  const width = Math.max(...listed.map(({ name }) => name.length));
  const lines = listed.flatMap(({ name, state, found, advice }) => [
    `${marks[state]} ${name.padEnd(width)}  ${found}`,
    ...(advice ? [`  ${' '.repeat(width)}  → ${advice}`] : []),
  ]);
  return [...lines, '', verdict(diagnoses)];
}

/** Replaces the agents that nobody uses and that are not installed with one line. */
function withoutUnused(diagnoses: readonly Diagnosis[]): Diagnosis[] {
  const isUnused = ({ state, found }: Diagnosis) => state === 'ok' && found === notInstalled;
  const names = diagnoses.filter(isUnused).map(({ name }) => name.replace(/^agent /, ''));
  const rest = diagnoses.filter((each) => !isUnused(each));
  if (names.length === 0) return rest;
  const found = `${notInstalled}: ${names.join(', ')}`;
  const advice = 'Install those that you want to use: `moose doctor --all` says how.';
  return [...rest, { name: 'other agents', state: 'ok', found, advice }];
}

function verdict(diagnoses: readonly Diagnosis[]): string {
  if (diagnoses.some(({ state }) => state === 'missing')) return 'Moose cannot work here yet.';
  const models = diagnoses.find(({ name }) => name === 'models');
  if (models?.state === 'ok') return 'Moose can work here.';
  return models?.found === 'none'
    ? 'Moose can start here, but no model is configured.'
    : 'Moose can start here, but not every configured model is usable.';
}
