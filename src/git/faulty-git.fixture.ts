// Puts a git before the real one in the PATH that fails as specified: before it does anything, or after it has done
// everything.

import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { MooseError } from '../domain/failure.ts';
import { onGitFault } from './run/git-repetition.ts';
import { scratchDirectory, writeScript } from './scratch-repository.fixture.ts';

export interface GitFaults {
  /** A shell pattern for all arguments of the calls that fail, such as `* update-ref *`. */
  of: string;
  /** How often it fails. */
  times: number;
  /** The real git runs first, and its answer is lost. */
  after?: boolean;
  /** The shell code that runs instead of an answer. */
  fault: string;
}

export const killed = 'kill -9 $$';
export const starved =
  'echo "error: cannot fork() for git-remote: Resource temporarily unavailable" >&2; exit 128';
export const noHost =
  'echo "fatal: unable to access \'https://x.example/\': Could not resolve host: x.example" >&2; exit 128';

export interface FaultyGit {
  /** The number of times git was started with matching arguments. */
  starts(): number;
  told: MooseError[];
  ends: Array<[boolean, number | undefined]>;
}

/** Active until the test ends. */
export function faultyGit({ of, times, after = false, fault }: GitFaults): FaultyGit {
  const directory = scratchDirectory();
  const starts = join(directory, 'starts');
  const path = process.env.PATH ?? '';
  const real = path
    .split(delimiter)
    .map((entry) => join(entry, 'git'))
    .find((file) => existsSync(file));
  writeScript(
    join(directory, 'git'),
    `case " $* " in
${of.replaceAll(' ', '\\ ')})
  echo >> ${starts}
  n="$(wc -l < ${starts})"
  if [ "$n" -le ${times} ]; then
    ${after ? `${real} "$@" > /dev/null` : ':'}
    ${fault}
  fi;;
esac
exec ${real} "$@"`,
  );
  process.env.PATH = `${directory}${delimiter}${path}`;
  const told: MooseError[] = [];
  const ends: FaultyGit['ends'] = [];
  const stop = onGitFault((failure) => {
    told.push(failure);
    return { resolved: (isRecovered, retryCount) => void ends.push([isRecovered, retryCount]) };
  });
  onTestFinished(() => {
    process.env.PATH = path;
    stop();
  });
  return {
    told,
    ends,
    starts: () => (existsSync(starts) ? readFileSync(starts, 'utf8').length : 0),
  };
}
