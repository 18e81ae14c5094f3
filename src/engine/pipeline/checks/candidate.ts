import type { Check } from '../../../domain/check.ts';

/** A check that may be added: what it comes down to tells whether another one does the same already. */
export interface CheckCandidate extends Check {
  /** The commands that this one runs in turn, as far as they can be read; empty where that is unknown. */
  runs: readonly string[];
  /** What the command comes down to in the project's own files, where that is more than itself. */
  definition?: string;
  /** Set on a default of an ecosystem: words that a project's own command for the same purpose contains. */
  guess?: string;
}

/** Commands that only talk, or succeed whatever the code says. */
const talk = /^(?:echo|printf|true|:|#|exit 0)(?:\s|$)/;

/** Green whatever it has run: `jest || true`, `jest; exit 0`. */
const hidesItsEnd = /(?:\|\||;)\s*(?:true|:|exit 0)\s*$/;

/** Whether a whole line says nothing about the code. */
export function saysNothing(line: string): boolean {
  return hidesItsEnd.test(line) || splitCommands(line).every(isTalk);
}

export function isTalk(command: string): boolean {
  return talk.test(command);
}

/** The commands of a shell line that are joined by `&&` or `;`. */
export function splitCommands(line: string): string[] {
  return line
    .split(/&&|;/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** One spelling for the ways to write the same command: `npm t`, `npm run-script test` and `npm run test`. */
export function normalizeCommand(command: string): string {
  return command
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/^npx (--no-install |-y |--yes )?/, '')
    .replace(/^(npm|pnpm|yarn|bun) (run-script|rum|urn) /, '$1 run ')
    .replace(/^(npm|pnpm|yarn) (t|tst|test)(?= |$)/, '$1 run test')
    .replace(/^(pnpm|yarn) (lint|build|typecheck|type-check)(?= |$)/, '$1 run $2');
}

/**
 * Leaves out what another candidate does already. The project's own word goes before a guess:
 * `make test` that runs `go test -race` takes the place of a plain `go test`.
 */
export function withoutDuplicates(candidates: readonly CheckCandidate[]): CheckCandidate[] {
  const stated = withoutRepeats(candidates.filter((each) => each.guess === undefined));
  const statedCommands = stated.flatMap((each) => [each.command, ...each.runs]);
  const guessed = candidates.filter(
    ({ guess }) => guess !== undefined && !statedCommands.some((command) => command.includes(guess)),
  );
  return withoutRepeats([...stated, ...guessed]);
}

function withoutRepeats(candidates: readonly CheckCandidate[]): CheckCandidate[] {
  const done = new Set<string>();
  const isDone = (command: string) => done.has(normalizeCommand(command));
  return candidates.filter((each) => {
    if (isDone(each.command) || (each.runs.length > 0 && each.runs.every(isDone))) return false;
    for (const command of [each.command, ...each.runs]) done.add(normalizeCommand(command));
    return true;
  });
}
