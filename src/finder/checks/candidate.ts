import type { Check } from '../../domain/work-order/check.ts';

/** A check that may be added: the commands that it runs show whether another check does the same. */
export interface CheckCandidate extends Check {
  /** The commands that this check runs, as far as they can be read; empty if unknown. */
  runs: readonly string[];
  /** For an ecosystem's default: words that occur in a project's own command for the same purpose. */
  guess?: string;
  /**
   * True if the command is reasonable but not certain to work: it is proposed to a person, but Moose does not run it by
   * itself.
   */
  isOnlyProposed?: true;
  /** For a setup: the files that its result depends on. */
  dependsOn?: readonly string[];
  /** Why the command is proposed, if its source does not say it. */
  why?: string;
}

/** Commands that only print, or succeed whatever the code does. */
const talk = /^(?:echo|printf|true|:|#|exit 0)(?:\s|$)/;

/** Endings that make a line always pass: `jest || true`, `jest; exit 0`. */
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

/** One spelling for equivalent commands: `npm t`, `npm run-script test` and `npm run test`. */
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
 * Removes candidates that do the same as another. The project's own command takes precedence over a guess: `make test`
 * that runs `go test -race` replaces a plain `go test`.
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
