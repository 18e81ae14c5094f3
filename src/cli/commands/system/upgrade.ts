import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { PrintedDocument } from '../../../contract/contract.ts';
import { packageName, packageRoot } from '../../../stdx/files/own-files.ts';
import type { CliContext } from '../../context.ts';
import { flagsOf } from '../../input/flags.ts';
import { isNewer } from '../../upgrade/compare-versions.ts';
import { newestVersion } from '../../upgrade/newest-version.ts';
import { commandsFor, installationOf } from '../../upgrade/ways-to-upgrade.ts';

export function addUpgrade(program: Command, context: CliContext): void {
  program
    .command('upgrade')
    .description('print how to upgrade this installation; Moose never upgrades itself')
    .option('--check', 'also ask npm whether there is a newer version')
    .action(async ({ check }: { check?: boolean }, command: Command) => {
      const printer = context.printer(flagsOf(command).json);
      const newest = check ? await newestVersion(packageName, packageRoot, context.signal) : null;
      const { version } = context;
      const installation = installationOf(packageRoot, existsSync(join(packageRoot, '.git')));
      const hasNewer = newest === null ? null : isNewer(newest, version);
      const document: PrintedDocument<'upgrade'> = {
        package: packageName,
        version,
        newest,
        has_newer: hasNewer,
        installation,
        commands: commandsFor(installation, packageRoot, newest ?? 'latest'),
      };
      printer.print(document, () => linesOf(document));
    });
}

function linesOf({ version, newest, has_newer: hasNewer, commands }: PrintedDocument<'upgrade'>): string[] {
  if (hasNewer === false) return [`Moose ${version} is the newest version.`];
  return [
    hasNewer ? `Moose ${newest} is available; this is ${version}.` : `This is Moose ${version}.`,
    'To upgrade: stop Moose, make a copy with `moose backup DIRECTORY`, run',
    ...commands.map((each) => `  ${each}`),
    'and start Moose. It continues the work in progress.',
  ];
}
