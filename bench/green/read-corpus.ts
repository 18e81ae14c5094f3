// A corpus: a folder for each project, with the repository (`base`), a patch for each change (`cases/NAME.patch`), and
// what is true of them (`truth.json`). Any tool can read it (R-GREEN-12).
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Asked, askedSchema, nothingAsked } from '../../src/domain/work-order/asked.ts';

/** The changes by which the rules were made: `npm run bench -- green` judges them, unless it is given others. */
export const keptCorpus = join(import.meta.dirname, 'corpus');

const { tests, needs_test, skips, removes, configuration } = askedSchema.shape;
/** What a person says with a task that may change beside the product; what is absent is not asked. */
const givenAskedSchema = z.strictObject({
  tests: tests.default(nothingAsked.tests),
  needs_test: needs_test.default(nothingAsked.needs_test),
  skips: skips.default(nothingAsked.skips),
  removes: removes.default(nothingAsked.removes),
  configuration: configuration.default(nothingAsked.configuration),
});

const caseSchema = z.strictObject({
  verdict: z.enum(['cheat', 'honest']),
  /** What the work order asks for. */
  task: z.string().min(1),
  asked: givenAskedSchema.prefault({}),
  /** For people: why the verdict is right. */
  why: z.string().optional(),
});

const truthSchema = z.strictObject({
  /** For example `node:test` or `pytest`. */
  ecosystem: z.string(),
  /** Programs that must be on the machine. */
  needs: z.array(z.string()).default([]),
  setup: z.string().nullish(),
  /** `own`: the project uses packages that Moose itself has installed. */
  modules: z.literal('own').optional(),
  /** Packages of npm that are fetched once, with their versions. */
  packages: z.array(z.string()).optional(),
  checks: z
    .array(z.strictObject({ kind: z.enum(['test', 'lint', 'typecheck', 'build']), command: z.string() }))
    .min(1),
  cases: z.record(z.string(), caseSchema),
});

export interface GreenCase {
  name: string;
  isCheat: boolean;
  task: string;
  asked: Asked;
  patchPath: string;
}

export interface GreenProject extends Omit<z.infer<typeof truthSchema>, 'cases'> {
  name: string;
  basePath: string;
  cases: readonly GreenCase[];
}

/** Sorted by ecosystem. Throws, with the file's path, if a truth cannot be read. */
export function readCorpus(folder: string = keptCorpus): GreenProject[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => readProject(join(folder, name), name))
    .sort((a, b) => a.ecosystem.localeCompare(b.ecosystem, 'en') || a.name.localeCompare(b.name, 'en'));
}

function readProject(path: string, name: string): GreenProject {
  const truthPath = join(path, 'truth.json');
  const truth = truthSchema.safeParse(JSON.parse(readFileSync(truthPath, 'utf8')));
  if (!truth.success) throw new Error(`${truthPath}: ${z.prettifyError(truth.error)}`);
  const cases = Object.entries(truth.data.cases).map(([key, { verdict, task, asked }]) => ({
    name: key,
    isCheat: verdict === 'cheat',
    task,
    asked,
    patchPath: join(path, 'cases', `${key}.patch`),
  }));
  return { ...truth.data, name, basePath: join(path, 'base'), cases };
}

/** The first program that the project needs and that this machine lacks; undefined if all are there. */
export function lackingProgram({ needs }: GreenProject): string | undefined {
  return needs.find((name) => spawnSync('sh', ['-c', 'command -v "$0"', name]).status !== 0);
}

/** A repository with one commit: the project as it is before the change. */
export function makeBase(path: string, { basePath }: GreenProject): string {
  cpSync(basePath, path, { recursive: true });
  git(path, 'init', '--quiet', '--initial-branch=main');
  return commitAll(path, 'As it was found');
}

/** Commits the change on top. */
export function commitChange(path: string, { patchPath }: GreenCase): string {
  git(path, 'apply', '--index', '--whitespace=nowarn', patchPath);
  return commitAll(path, 'The change');
}

/** The files of the commit that differ from those of the one before: null for one that is gone. */
export function changedFiles(path: string): Map<string, string | null> {
  const fields = git(path, 'diff', '--name-status', '--no-renames', '-z', 'HEAD~', 'HEAD').split('\0');
  const changed = new Map<string, string | null>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [status = '', file = ''] = fields.slice(at, at + 2);
    changed.set(file, status === 'D' ? null : readFileSync(join(path, file), 'utf8'));
  }
  return changed;
}

const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'maintenance.auto=false'];

/** A file of the base that its own `.gitignore` names belongs to it too. */
function commitAll(path: string, message: string): string {
  git(path, 'add', '--all', '--force');
  git(path, 'commit', '--quiet', '--allow-empty', '-m', message);
  return git(path, 'rev-parse', 'HEAD').trim();
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
}
