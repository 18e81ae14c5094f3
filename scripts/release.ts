// Makes a release, in two steps, and publishes nothing:
//   node scripts/release.ts prepare VERSION   sets the version, writes its part of the changelog, and commits both
// node scripts/release.ts prove packs that commit, tests the package on three Nodes, and tags the commit
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isNewer, isVersion } from '../src/cli/upgrade/compare-versions.ts';
import { changelogWith, notesIn, notesOf } from './release/release-notes.ts';
import { withVersion } from './release/versioned-files.ts';

const usage = 'Usage: node scripts/release.ts prepare VERSION | prove\n';
const changelogPath = 'CHANGELOG.md';
/** More commits than this are not readable as release notes. */
const commitsMax = 1_000;
const outputBytesMax = 64 * 1024 ** 2;
const { positionals } = parseArgs({ allowPositionals: true });
const [step, version] = positionals;

try {
  if (step === 'prepare' && version !== undefined) prepare(version);
  else if (step === 'prove' && version === undefined) prove();
  else refuse(usage.trim());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function prepare(wanted: string): void {
  const current = versionNow();
  if (!isVersion(wanted)) refuse(`${wanted} is not a version: write MAJOR.MINOR.PATCH.`);
  if (wanted !== current && !isNewer(wanted, current)) refuse(`${wanted} is older than ${current}.`);
  if (tags().includes(`v${wanted}`)) refuse(`${wanted} was released already: there is a tag v${wanted}.`);
  refuseChanges();
  const last = tags()[0] ?? null;
  const day = git('log', '-1', '--format=%cs');
  const notes = notesOf(last === null ? null : subjectsSince(last));
  for (const [path, text] of withVersion(wanted)) writeFileSync(path, text);
  const changelog = changelogWith(readFileSync(changelogPath, 'utf8'), { version: wanted, day, notes });
  writeFileSync(changelogPath, changelog);
  git('commit', '--quiet', '--all', '--message', messageOf(wanted));
  process.stdout.write(
    `Committed ${messageOf(wanted)}. Read ${changelogPath}, amend the commit, then: node scripts/release.ts prove\n`,
  );
}

function prove(): void {
  const current = versionNow();
  refuseChanges();
  if (git('log', '-1', '--format=%s') !== messageOf(current))
    refuse(`The last commit is not '${messageOf(current)}': run prepare first.`);
  const notes = notesIn(readFileSync(changelogPath, 'utf8'), current);
  run('npm', 'run', 'package');
  run('npx', 'vitest', 'run', '--project', 'e2e', 'test/e2e/installed.test.ts');
  refuseChanges();
  git('tag', '--annotate', '--cleanup=verbatim', '--message', `Moose ${current}\n\n${notes}`, `v${current}`);
  process.stdout.write(
    `Tagged v${current}. \`git push --follow-tags\` publishes it: .github/workflows/publish.yml packs and tests it again.\n`,
  );
}

function messageOf(released: string): string {
  return `Release ${released}`;
}

function versionNow(): string {
  return String(JSON.parse(readFileSync('package.json', 'utf8')).version);
}

/** Newest first; only tags that are part of this branch. */
function tags(): string[] {
  const all = git('tag', '--list', 'v*', '--merged', 'HEAD').split('\n');
  const versions = all.map((tag) => tag.slice(1)).filter(isVersion);
  return versions.sort((one, other) => (isNewer(one, other) ? -1 : 1)).map((each) => `v${each}`);
}

function subjectsSince(tag: string): string[] {
  const limit = `--max-count=${commitsMax}`;
  const said = git('log', limit, '--no-merges', '--reverse', '--format=%s', `${tag}..HEAD`);
  return said.split('\n').filter((line) => line !== '');
}

function refuseChanges(): void {
  // Even a file that git does not track may be built into the package.
  const changed = git('status', '--porcelain');
  if (changed !== '') refuse(`There are changes that are not committed:\n${changed}`);
}

function refuse(because: string): never {
  throw new Error(because);
}

function git(...words: string[]): string {
  return execFileSync('git', words, { encoding: 'utf8', maxBuffer: outputBytesMax }).trimEnd();
}

function run(program: string, ...words: string[]): void {
  process.stderr.write(`$ ${[program, ...words].join(' ')}\n`);
  execFileSync(program, words, { stdio: ['ignore', 2, 2] });
}
