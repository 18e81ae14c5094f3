// Reproduces a failed check: the same command on the same tree and environment, after the checks before it.
import { constants } from 'node:os';
import { shellWord } from '../../../stdx/text/shell-words.ts';
import { copiedScript } from './copied-script.ts';
import type { CheckRecipe } from './recipe.ts';
import type { Material, Reproduction } from './reproduction.ts';
import { worktreeScript } from './worktree-script.ts';

/** The exit code of timeout(1) for a command that it ended. */
const timedOutCode = 124;
const firstSignalCode = 128;

export function checkReproduction(
  material: Material,
  recipe: CheckRecipe,
  repositoryPath: string,
): Reproduction {
  const { process } = material.error;
  const command = recipe.commands.at(-1) ?? '';
  const isStopped = recipe.stoppedBecause !== null;
  const seconds = Math.max(1, Math.ceil((process?.durationMs ?? 0) / 1_000));
  const expected = isStopped
    ? timedOutCode
    : expectedCode(process?.exitCode ?? null, process?.signal ?? null);
  const expects = isStopped
    ? `it still runs after ${seconds} s and is stopped with exit code ${timedOutCode}`
    : `it ends with exit code ${expected}`;
  return {
    kind: 'check',
    does: `recreates the worktree and runs the check \`${command}\` in it`,
    expects,
    environment: recipe.environment,
    files: [{ path: 'input/command', content: `${command}\n` }],
    script: `${worktreeScript(repositoryPath, recipe.baseSha, recipe.treeSha, material.patch !== null)}
${copiedScript(recipe.copied ?? [])}inside() {
  ${isStopped ? `timeout ${seconds} ` : ''}env -i sh -c 'set -a; . "$1/environment"; set +a; cd "$1/worktree" && exec sh -c "$2"' sh "$here" "$1" </dev/null
}
${recipe.commands.slice(0, -1).map(before).join('\n')}
status=0
inside ${shellWord(command)} || status=$?
verdict ${expected} "$status"
exit "$status"`,
  };
}

/** A check that passed originally: if it fails now, that is a different failure. */
function before(command: string): string {
  return `inside ${shellWord(command)} || { echo 'This check passed before: the machine differs.' >&2; exit 70; }`;
}

function expectedCode(exitCode: number | null, signal: string | null): number {
  if (exitCode !== null) return exitCode;
  return firstSignalCode + (constants.signals[signal as NodeJS.Signals] ?? 0);
}
