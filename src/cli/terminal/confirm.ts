// Asks the person at the terminal. Without a terminal, as for an agent or a script, it refuses: a program cannot answer
// for a person.

import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { redact } from '../../domain/text/redact.ts';
import { cliFailures } from '../failure-catalogue.ts';
import { terminalSafe } from './terminal-safe.ts';

export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
  /** What Ctrl-C does: while a question is asked, the terminal sends it as a key. */
  interrupt?(): void;
}

/** @throws PermanentError `PERSON_NEEDED`, `NOT_CONFIRMED` */
export async function confirmByPerson(
  what: string,
  signal: AbortSignal,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Promise<void> {
  const { input, output } = terminal;
  if (input.isTTY !== true || output.isTTY !== true) {
    throw cliFailures.PERSON_NEEDED('confirm', { what });
  }
  const answer = await answerTo(`${what}. Type yes to confirm: `, signal, terminal);
  if (answer === 'yes') return;
  throw cliFailures.NOT_CONFIRMED('confirm', { what });
}

/** Asks for yes or no; where nobody can answer, the answer is no. */
export async function askYesNo(
  question: string,
  signal: AbortSignal,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  if (terminal.input.isTTY !== true || terminal.output.isTTY !== true) return false;
  const answer = await answerTo(`${question} [Y/n] `, signal, terminal);
  return answer === '' || answer === 'y' || answer === 'yes';
}

/** Null if the input ends without an answer, as with Ctrl-D. */
async function answerTo(
  question: string,
  signal: AbortSignal,
  { input, output, interrupt = () => process.kill(process.pid, 'SIGINT') }: Terminal,
): Promise<string | null> {
  const asking = createInterface({ input, output });
  asking.on('SIGINT', interrupt);
  const over = once(asking, 'close').then(() => null);
  try {
    const answer = await Promise.race([asking.question(oneLine(question), { signal }), over]);
    return answer?.trim().toLowerCase() ?? null;
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof Error && cause.name === 'AbortError') return null;
    throw cause;
  } finally {
    asking.close();
  }
}

/** A question may contain what a server or a repository says. */
function oneLine(question: string): string {
  return redact(terminalSafe(question)).replaceAll('\n', ' ');
}
