// Fear: an agent leaves something in its worktree with which the work order can neither go on nor be undone (R-PIPE-14).
// Whatever lies there, as root and as an ordinary user: its files can be committed or are refused in words, and the
// worktree can be preserved, thrown away and made again.
import { execFile } from 'node:child_process';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { longOr } from '../../test/long.ts';
import { seededRandom } from '../stdx/seeded-random.fixture.ts';
import { answerNames, leavings } from './any-worktree.fixture.ts';
import { scratchDirectory } from './scratch-repository.fixture.ts';

const run = promisify(execFile);
const nobody = 65_534;
const isRoot = process.geteuid?.() === 0;
const users = isRoot ? (['root', 'an ordinary user'] as const) : (['an ordinary user'] as const);
/** Some hundred starts of git. */
const timeoutMs = 300_000;
const program = join(import.meta.dirname, 'any-worktree.fixture.ts');

type Case = [names: string[], answer: string];

/** The cases that could not be carried out. */
async function failuresOf(user: (typeof users)[number], cases: readonly Case[]): Promise<unknown[]> {
  const root = scratchDirectory();
  const drops = isRoot && user !== 'root';
  if (drops) chownSync(root, nobody, nobody);
  const as = drops ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] : [];
  const [command = '', ...args] = [...as, process.execPath, program, root, JSON.stringify(cases)];
  const env = { PATH: process.env.PATH, HOME: root, TMPDIR: root };
  const { stdout } = await run(command, args, { env, maxBuffer: 64 * 1024 ** 2 });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { done?: true; uid?: number });
  // All of it has run, as that user.
  expect(lines.at(-1)).toEqual({ done: true, uid: drops ? nobody : process.geteuid?.() });
  return lines.slice(0, -1);
}

test(
  'R-PIPE-14: each thing that can be left, as an ordinary user: committed or refused, and thrown away',
  async () => {
    const cases = Object.keys(leavings).map((name): Case => [[name], 'commit']);
    expect(await failuresOf('an ordinary user', cases)).toEqual([]);
  },
  timeoutMs,
);

test.each(users)(
  'R-PIPE-14: whatever is left at random, each answer can be carried out, as %s',
  async (user) => {
    const seed = Date.now() % 1_000_000;
    const random = seededRandom(seed);
    const names = Object.keys(leavings);
    const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] ?? expect.unreachable();
    const cases = Array.from({ length: longOr(60, 8) }, (): Case => {
      const some = Array.from({ length: 2 + Math.floor(random() * 4) }, () => one(names));
      return [[...new Set(some)], one(answerNames)];
    });
    expect(await failuresOf(user, cases), `seed ${seed}`).toEqual([]);
  },
  timeoutMs,
);
