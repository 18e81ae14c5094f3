// Asks the person at the terminal. Without a terminal, as for an agent or a script, it refuses: a program cannot answer
// for a person.
import { createInterface } from 'node:readline/promises';
import { PermanentError } from '../domain/failure.ts';

export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
}

/** @throws PermanentError `PERSON_NEEDED`, `NOT_CONFIRMED` */
export async function confirmByPerson(
  what: string,
  signal: AbortSignal,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<void> {
  if (input.isTTY !== true || output.isTTY !== true) {
    throw refused(
      'PERSON_NEEDED',
      `${what} needs confirmation by a person, and there is no terminal to ask at.`,
      'Run the command at a terminal, or sign in to Mission Control: `moose open`.',
    );
  }
  const asking = createInterface({ input, output });
  try {
    const answer = await asking.question(`${what}. Type yes to confirm: `, { signal });
    if (answer.trim().toLowerCase() === 'yes') return;
  } finally {
    asking.close();
  }
  throw refused('NOT_CONFIRMED', `${what} was not confirmed.`, 'Nothing was changed. Type yes to confirm.');
}

/** Asks for yes or no; where nobody can answer, the answer is no. */
export async function askYesNo(
  question: string,
  signal: AbortSignal,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  if (input.isTTY !== true || output.isTTY !== true) return false;
  const asking = createInterface({ input, output });
  try {
    const answer = (await asking.question(`${question} [Y/n] `, { signal })).trim().toLowerCase();
    return answer === '' || answer === 'y' || answer === 'yes';
  } finally {
    asking.close();
  }
}

function refused(code: string, message: string, advice: string): PermanentError {
  return new PermanentError({ code, component: 'cli', operation: 'confirm', message, advice });
}
