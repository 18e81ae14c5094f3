// Work that notices what it was given: its setup makes files that git ignores, and its check reads every file of the worktree
// and of the setup before it reads the change.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installAgent } from '../../chaos/work.ts';
import { mooseIdentity } from '../../src/git/commit/identity.ts';
import { runGit } from '../../src/git/run/run-git.ts';
import { scriptedModels } from '../../src/models/prices.ts';

/** What a check prints of a file that a power failure has emptied or cut. */
export const damagedWord = 'DAMAGED';

const fieldFiles = 40;
const lineCount = 200;
const setupLines = 2_000;

const setup = `setup=mkdir -p built && for n in 1 2 3 4; do seq 1 ${setupLines} >built/$n.txt; done`;

const check = (number: number) =>
  [
    `test=for f in field/*.txt; do [ "$(wc -l <"$f")" = ${lineCount} ] || echo ${damagedWord} "$f"; done`,
    `[ "$(ls field | wc -l)" = ${fieldFiles} ] || echo ${damagedWord} field`,
    `for f in built/*.txt; do [ "$(tail -n 1 "$f")" = ${setupLines} ] || echo ${damagedWord} "$f"; done`,
    `sleep 0.6`,
    `grep -qx 'right ${number}' files/${number}.txt`,
  ].join('; ');

export const checksOf = (number: number): string[] => [setup, check(number)];

export async function makeProject(path: string): Promise<void> {
  await mkdir(join(path, 'field'), { recursive: true, mode: 0o755 });
  await chmod(path, 0o755);
  await writeFile(join(path, '.gitignore'), 'built/\n');
  for (let file = 1; file <= fieldFiles; file += 1) {
    const lines = Array.from({ length: lineCount }, (_, line) => `${file} ${line}\n`);
    await writeFile(join(path, 'field', `${file}.txt`), lines.join(''));
  }
  await runGit(path, ['init', '--quiet', '--initial-branch=main', '--template=']);
  await runGit(path, ['add', '--all']);
  await runGit(path, ['commit', '--quiet', '-m', 'A field'], { env: mooseIdentity });
}

/** `root`: a folder on the disk. */
export async function environmentOn(root: string, baseUrl: string): Promise<Record<string, string>> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: root,
    MOOSE_MODELS: Object.values(scriptedModels).join(','),
    MOOSE_SCRIPTED_BASE_URL: baseUrl,
    MOOSE_CLAUDE_PATH: await installAgent(root),
    MOOSE_ACTOR: 'power',
    MOOSE_LOG_LEVEL: 'warn',
    MOOSE_PORT: '0',
  };
}
