// Prints the output of the commands: text for a person, or one JSON document for a program.
import { styleText } from 'node:util';
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { redact } from '../../domain/text/redact.ts';
import { asSentence } from '../../domain/text/sentence.ts';
import { toMooseError } from '../../engine/errors/to-moose-error.ts';
import { asCalled } from './as-called.ts';
import { jsonSafe, terminalSafe } from './terminal-safe.ts';

export interface Printer {
  isJson: boolean;
  isTerminal: boolean;
  /** One JSON document, or these lines for a person. */
  print(document: unknown, lines: () => string | readonly string[]): void;
  /** Prints a patch byte for byte to a file or a pipe, so that it still applies; a terminal gets safe text. */
  printExactly(document: unknown, text: string): void;
  /** Prints a secret that was asked for; no other method prints one. */
  printSecret(document: unknown, line: string): void;
  /** Progress for a person: never in JSON mode, and never on stdout. */
  note(line: string): void;
  /** For a command that streams: prints one JSON line, or one line for a person. */
  stream(document: unknown, line: () => string): void;
}

type Style = Parameters<typeof styleText>[0];

export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** Removes control sequences and secrets, and names commands as this person types them. */
export function shown(text: string): string {
  return redact(asCalled(terminalSafe(text)));
}

export function createPrinter(isJson: boolean): Printer {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  return {
    isJson,
    isTerminal: process.stdout.isTTY === true,
    print(document, lines) {
      if (isJson) return void out(jsonSafe(redact(JSON.stringify(document, null, 2))));
      const text = lines();
      const all = typeof text === 'string' ? [text] : text;
      // All lines are redacted as one text, because a private key spans several lines.
      out(redact(all.map((line) => asCalled(terminalSafe(line))).join('\n')));
    },
    printExactly(document, text) {
      if (isJson) return void out(jsonSafe(JSON.stringify(document, null, 2)));
      process.stdout.write(process.stdout.isTTY ? terminalSafe(text) : text);
    },
    printSecret(document, line) {
      out(isJson ? jsonSafe(JSON.stringify(document, null, 2)) : terminalSafe(line));
    },
    note(line) {
      if (!isJson) process.stderr.write(`${shown(line)}\n`);
    },
    stream(document, line) {
      out(isJson ? jsonSafe(redact(JSON.stringify(document))) : shown(line()));
    },
  };
}

/** Undefined for a bug in Moose; a failure of the machine, such as a full disk, is not a bug. */
function knownError(error: unknown): MooseError | undefined {
  const known = toMooseError(error, 'cli', 'run');
  return known.code === 'UNEXPECTED' && !isMooseError(error) ? undefined : known;
}

/** Prints what happened and what to do, with a stable code, to stderr. */
export function printError(error: unknown, isJson: boolean): void {
  const known = knownError(error);
  const code = known?.code ?? 'UNEXPECTED';
  const message = redact(known?.message ?? (error instanceof Error ? error.message : String(error)));
  const advice = known
    ? (known.advice ?? '')
    : 'This is a bug in Moose: please report it with the output of `moose doctor`.';
  if (isJson) {
    process.stderr.write(`${jsonSafe(JSON.stringify({ error: { code, message, advice } }))}\n`);
    return;
  }
  process.stderr.write(
    `${styleText('red', 'moose:', { stream: process.stderr })} ${terminalSafe(asCalled(`${asSentence(message)} ${advice}`.trim()))} [${code}]\n`,
  );
  if (!known && error instanceof Error && error.stack) process.stderr.write(`${shown(error.stack)}\n`);
}
