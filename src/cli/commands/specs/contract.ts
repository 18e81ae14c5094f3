// Compares two texts of a contract by the rules that work orders are checked by (R-SPEC-3).

import { type Command, Option } from 'commander';
import { compareInWorker } from '../../../compatibility/compare-in-worker.ts';
import { type ComparedKind, type Comparison, comparedKinds } from '../../../compatibility/comparison.ts';
import { guessKind } from '../../../compatibility/guess-kind.ts';
import { namedFilesIn } from '../../../compatibility/named-files.ts';
import type { PrintedComparison } from '../../../contract/contract.ts';
import type { PermanentError } from '../../../domain/failure.ts';
import type { CliContext } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { cliFailures } from '../../failure-catalogue.ts';
import { flagsOf } from '../../input/flags.ts';
import { readText } from '../../input/read-text.ts';

export function addContract(program: Command, context: CliContext): void {
  program
    .command('contract')
    .description('check contracts: files that some work orders provide and others rely on')
    .command('check <before> <after>')
    .description(
      'compare two versions of an interface or a schema; exits with 3 if the second one breaks the first one',
    )
    .addOption(
      new Option(
        '--kind <kind>',
        'the kind of contract (default: detected from the name and the content)',
      ).choices(comparedKinds),
    )
    .action(async (before: string, after: string, { kind }: { kind?: ComparedKind }, command: Command) => {
      const printer = context.printer(flagsOf(command).json);
      const [was, is] = [
        await readText(`@${before}`, context.signal),
        await readText(`@${after}`, context.signal),
      ];
      const found = kind ?? guessKind(after, is);
      if (!found) throw kindUnknown(after);
      const pair = { before: { path: before, text: was }, after: { path: after, text: is } };
      const printed = printedOf(
        found,
        await compareInWorker(found, pair, context.signal),
        namedFilesIn(found, is),
      );
      printer.print(printed, () => comparisonLines(printed));
      if (!printed.compatible) process.exitCode = exitCodes.needsReview;
    });
}

/** `names`: files that the contract refers to, which were not compared. */
function printedOf(kind: ComparedKind, comparison: Comparison, names: readonly string[]): PrintedComparison {
  if (comparison.is === 'unreadable') {
    const { side, because } = comparison;
    return {
      kind,
      compatible: false,
      breaking: [],
      unreadable: `The text ${side} cannot be compared: ${because}.`,
    };
  }
  const { breaking } = comparison;
  if (breaking.length === 0 && names.length > 0) {
    const unreadable = `The file itself breaks nothing. Files that it refers to were not compared: ${names.slice(0, namesMax).join(', ')}.`;
    return { kind, compatible: false, breaking, unreadable };
  }
  return { kind, compatible: breaking.length === 0, breaking, unreadable: null };
}

const namesMax = 5;

function comparisonLines({ kind, breaking, unreadable }: PrintedComparison): string[] {
  if (unreadable !== null) return [unreadable];
  if (breaking.length === 0) return [`Compatible (${kind}).`];
  return breaking.map(({ message }) => message);
}

function kindUnknown(path: string): PermanentError {
  return cliFailures.CONTRACT_KIND_UNKNOWN('compare', { path });
}
