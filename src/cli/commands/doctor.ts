import type { Command } from 'commander';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { CliContext } from '../context.ts';
import { paint } from '../face.ts';
import { flagsOf } from '../flags.ts';

const marks = { ok: paint('green', '✓'), warning: paint('yellow', '!'), missing: paint('red', '✗') };

export function addDoctor(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('check everything that a run needs, and say how to fix what is missing')
    .action(async (_options: unknown, command: Command) => {
      const flags = flagsOf(command);
      const face = context.face(flags.json);
      const diagnoses = await context.diagnose(flags);
      const isWell = diagnoses.every(({ state }) => state !== 'missing');
      face.print({ ok: isWell, checks: diagnoses }, () => [
        ...diagnoses.flatMap(({ name, state, found, advice }) => [
          `${marks[state]} ${name.padEnd(16)} ${found}`,
          ...(advice ? [`  ${' '.repeat(16)} → ${advice}`] : []),
        ]),
        '',
        verdict(diagnoses, isWell),
      ]);
      if (!isWell) process.exitCode = 1;
    });
}

function verdict(diagnoses: readonly Diagnosis[], isWell: boolean): string {
  if (!isWell) return 'Moose cannot work here yet.';
  const hasModels = diagnoses.some(({ name, state }) => name === 'models' && state === 'ok');
  return hasModels
    ? 'Moose can work here.'
    : 'Moose can start here, but not every configured model is usable.';
}
