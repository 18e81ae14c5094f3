import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { shortId } from '../../domain/ids.ts';
import type { ErrorReproduction } from '../../engine/errors/ask-errors.ts';
import { packageRoot } from '../../stdx/own-files.ts';
import type { CliContext } from '../context.ts';
import { cliFailures } from '../failure-catalogue.ts';
import { withMoose } from '../flags.ts';
import { paint } from '../printer.ts';

export function addReproduce(program: Command, context: CliContext): void {
  program
    .command('reproduce <error>')
    .description('create a folder that reproduces an error: the input of the step, and a script that runs it')
    .option('--into <dir>', 'the folder, new or empty (default: ./reproduce-ERROR)')
    .action(async (given: string, flags: { into?: string }, command: Command) =>
      withMoose(context, command, async ({ moose }, printer) => {
        const tools = { nodePath: process.execPath, moosePath: packageRoot, version: context.version };
        const reproduction = await moose.errors.reproduction(given, tools);
        const { error, kind, does, expects, files } = reproduction;
        const directory = resolve(flags.into ?? `reproduce-${shortId(error.id)}`);
        await writeFolder(directory, files);
        const paths = files.map(({ path }) => path);
        printer.print(
          { error: error.id, code: error.code, kind, directory, does, expects, files: paths },
          () => [
            `${paint('red', error.code)}  ${error.message}`,
            `sh ${join(directory, 'reproduce.sh')} ${does}.`,
            `If it fails again, ${expects}.`,
          ],
        );
      }),
    );
}

async function writeFolder(directory: string, files: ErrorReproduction['files']): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if ((await readdir(directory)).length > 0) {
    throw cliFailures.REPRODUCE_DIRECTORY_USED('reproduce', { directory });
  }
  for (const { path, content, isProgram } of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content, { mode: isProgram ? 0o700 : 0o600 });
  }
}
