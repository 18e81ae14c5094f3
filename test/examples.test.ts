// Nothing in `deploy/`, `examples/` and `.github/` names a command, option, variable or file that does not exist.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import type { Command } from 'commander';
import { afterAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { findDeployTool } from '../scripts/deploy/deploy-tools.ts';
import type { CliContext } from '../src/cli/context.ts';
import { createProgram } from '../src/cli/program.ts';
import { packageRoot } from '../src/stdx/files/own-files.ts';

const scratch = await mkdtemp(join(tmpdir(), 'moose-examples-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

const files = ['deploy', 'examples', '.github'].flatMap((folder) =>
  readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .map((path) => ({ path: relative(packageRoot, path), text: readFileSync(path, 'utf8') })),
);

test('every variable is one that Moose reads', () => {
  const settings = readFileSync(join(packageRoot, 'docs/reference/settings.md'), 'utf8');
  const known = new Set(settings.match(/\bMOOSE_[A-Z_]+\b/g));
  // A variable of compose.yaml itself.
  known.add('MOOSE_DATABASE_PASSWORD');
  const named = files.flatMap(({ path, text }) =>
    (text.match(/\bMOOSE_[A-Z_]+\b/g) ?? []).map((name) => ({ path, name })),
  );
  expect(named.length).toBeGreaterThan(20);
  const isKnown = (name: string) => known.has(name) || name.startsWith('MOOSE_FORGE_');
  expect(named.filter(({ name }) => !isKnown(name))).toEqual([]);
});

/** The name of the program, then the name of a command and its words, up to the end of the line or a pipe. */
const call = /(?:^|[\s/])(?:moose|as_moose|moose-mission-control) (?!moose\b)([a-z]+(?: [^|`\n]*)?)/gm;

function problemOf(words: string[], program: Command): string | null {
  const [name, ...rest] = words;
  const command = program.commands.find((each) => each.name() === name);
  if (command === undefined) return `there is no command ${name}`;
  if (command.commands.length > 0) return problemOf(rest, command);
  const known = command.options.map(({ long }) => long);
  const unknown = rest.filter((word) => /^--[a-z]/.test(word) && !known.includes(word));
  return unknown.length === 0 ? null : `${name} has no option ${unknown.join(', ')}`;
}

const program = createProgram({ version: '0.0.0' } as CliContext, []);
const callsIn = (text: string) => [...text.matchAll(call)].map(([, words = '']) => words.split(/\s+/));

test('every command and option of Moose exists', () => {
  const calls = files.flatMap(({ path, text }) => callsIn(text).map((words) => ({ path, words })));
  expect(calls.length).toBeGreaterThan(10);
  const problems = calls.map(({ path, words }) => ({ path, problem: problemOf(words, program) }));
  expect(problems.filter(({ problem }) => problem !== null)).toEqual([]);
});

test.each([
  ['npx moose-mission-control rum "x"', 'there is no command rum'],
  ['/opt/moose/bin/moose run "x" --limits 2', 'run has no option --limits'],
  ['0 3 * * * moose tokens make ada', 'there is no command make'],
])('an empty check fails: %s', (line, problem) => {
  expect(callsIn(line).map((words) => problemOf(words, program))).toEqual([problem]);
});

test('every file that is named exists', () => {
  const named = files.flatMap(({ path, text }) =>
    (text.match(/(?<![\w./-])(?:deploy|examples|docs|scripts|test)\/[\w./-]*\w/g) ?? []).map((to) => ({
      path,
      to,
    })),
  );
  const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: packageRoot,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  });
  const there = new Set(tracked.split('\n').flatMap((path) => [path, ...foldersOf(path)]));
  // The first is made by the person who follows the example.
  const made = ['deploy/moose.env'];
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ to }) => !there.has(to) && !made.includes(to))).toEqual([]);
});

function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

test('all YAML can be read', () => {
  const all = files.filter(({ path }) => /\.ya?ml$/.test(path) && !path.includes('/templates/'));
  expect(all.length).toBeGreaterThan(6);
  const errors = all.flatMap(({ path, text }) =>
    parseAllDocuments(text).flatMap((document) =>
      document.errors.map((error) => `${path}: ${error.message}`),
    ),
  );
  expect(errors).toEqual([]);
});

const analyzer = findDeployTool('systemd-analyze');

// systemd is not part of every Linux; `test/deploy.test.ts` says aloud that it is missing.
test.skipIf(analyzer === null)('R-DIST-1: systemd accepts the units of the night', async () => {
  const units = files.filter(({ path }) => /\.(?:service|timer)$/.test(path));
  const names = units.map(({ path }) => basename(path));
  expect(names).toContain('moose-nightly.timer');
  for (const { path, text } of units) {
    // It looks whether programs and users exist; here they need not.
    const here = text.replaceAll(/\/opt\/moose\/bin\/moose|\/usr\/bin\/node/g, process.execPath);
    await writeFile(join(scratch, basename(path)), here.replaceAll('User=moose', 'User=root'));
  }
  const said = execFileSync(analyzer ?? '', ['verify', ...names.map((name) => join(scratch, name))], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(said).toBe('');
});
