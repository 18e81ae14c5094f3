import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Reproduction } from '../../../contract/contract.ts';
import { reproduceError, showError } from '../../../contract/operations/errors.ts';
import { shortId } from '../../../domain/ids.ts';
import { packageRoot } from '../../../stdx/files/own-files.ts';
import { writePassing } from '../../../stdx/files/passing-files.ts';
import type { CliContext } from '../../context.ts';
import { cliFailures } from '../../failure-catalogue.ts';
import { withMoose } from '../../input/flags.ts';
import { paint } from '../../terminal/printer.ts';

export function addReproduce(program: Command, context: CliContext): void {
  program
    .command('reproduce <error>')
    .description('create a folder that reproduces an error: the input of the step, and a script that runs it')
    .option('--into <dir>', 'the folder, new or empty (default: ./reproduce-ERROR)')
    .action(async (given: string, flags: { into?: string }, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const error = await ask(showError, { params: { id: given } });
        const { kind, does, expects, files } = await ask(reproduceError, {
          params: { id: error.id },
          query: {
            node_path: process.execPath,
            moose_path: packageRoot,
            version: context.version,
          },
        });
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

async function writeFolder(directory: string, files: Reproduction['files']): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if ((await readdir(directory)).length > 0) {
    throw cliFailures.REPRODUCE_DIRECTORY_USED('reproduce', { directory });
  }
  for (const { path, content, content_base64, is_program } of files) {
    const bytes = content_base64 === null ? content : Buffer.from(content_base64, 'base64');
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writePassing(join(directory, path), bytes, { mode: is_program ? 0o700 : 0o600 });
  }
}
