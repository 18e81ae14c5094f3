// What the commands print, and how: for a person on a terminal, or one JSON document for a program.
import { styleText } from 'node:util';
import { isMooseError } from '../domain/failure.ts';
import { asSentence } from '../domain/sentence.ts';

export interface Face {
  isJson: boolean;
  isTerminal: boolean;
  /** One JSON document, or these lines for a person. */
  print(document: unknown, lines: () => string | readonly string[]): void;
  /** Progress for a person: never in JSON mode, and never on stdout. */
  note(line: string): void;
  /** JSON lines, where a command streams. */
  stream(document: unknown, line: () => string): void;
}

type Style = Parameters<typeof styleText>[0];

export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

export function createFace(isJson: boolean): Face {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  return {
    isJson,
    isTerminal: process.stdout.isTTY === true,
    print(document, lines) {
      if (isJson) return void out(JSON.stringify(document, null, 2));
      const text = lines();
      const all = typeof text === 'string' ? [text] : text;
      for (const line of all) out(terminalSafe(line));
    },
    note(line) {
      if (!isJson) process.stderr.write(`${terminalSafe(line)}\n`);
    },
    stream(document, line) {
      out(isJson ? JSON.stringify(document) : terminalSafe(line()));
    },
  };
}

/**
 * Text of models, agents and repositories must not steer the terminal: of the control characters, line ends, tabs and
 * colours stay (R-SEC-2).
 */
export function terminalSafe(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/\x1b\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (found) =>
    found.endsWith('m') && found.length > 1 ? found : '',
  );
}

/** One sentence that says what happened and what to do, with a stable code (stderr). */
export function printError(error: unknown, isJson: boolean): void {
  const known = isMooseError(error) ? error : undefined;
  const code = known?.code ?? 'UNEXPECTED';
  const message = error instanceof Error ? error.message : String(error);
  const advice = known
    ? (known.advice ?? '')
    : 'This is a defect of Moose: please report it with the output of `moose doctor`.';
  if (isJson) {
    process.stderr.write(`${JSON.stringify({ error: { code, message, advice } })}\n`);
    return;
  }
  process.stderr.write(
    `${styleText('red', 'moose:', { stream: process.stderr })} ${terminalSafe(`${asSentence(message)} ${advice}`.trim())} [${code}]\n`,
  );
  if (!known && error instanceof Error && error.stack) process.stderr.write(`${error.stack}\n`);
}
