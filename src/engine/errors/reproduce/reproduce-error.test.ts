import { expect, test } from 'vitest';
import { shellWord } from '../../../stdx/text/shell-words.ts';
import type { ErrorView } from '../error-view.ts';
import { readRecipe, shownEnvironment } from './recipe.ts';
import { reproduceError, reproductionFiles } from './reproduce-error.ts';
import type { Material } from './reproduction.ts';

const error = (given: Partial<ErrorView>): ErrorView =>
  ({
    id: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
    code: 'X',
    message: 'It failed',
    component: 'models',
    operation: 'o',
    failure_class: 'unknown',
    metadata: {},
    process: null,
    work_order_id: null,
    step: null,
    ...given,
  }) as ErrorView;

const material = (given: Partial<ErrorView>, rest: Partial<Material> = {}): Material => ({
  error: error(given),
  recipe: null,
  repositoryPath: null,
  title: null,
  patch: null,
  proposal: null,
  brief: null,
  ...rest,
});

const gitFailure = (command: string, cwd = '/srv/repo') =>
  material({
    component: 'git',
    metadata: { cwd },
    process: { command, exitCode: 128, signal: null, stdoutTail: '', stderrTail: 'fatal: no', durationMs: 1 },
  });

test('R-FAIL-6: a git that ran outside of any repository is repeated in an empty one', () => {
  const { script, kind } = reproduceError(gitFailure('git ls-remote -- https://127.0.0.1:1/x.git HEAD', '/'));
  expect(kind).toBe('git');
  expect(script).toContain('git init --quiet');
  expect(script).not.toContain('clone');
});

test('R-FAIL-6: a git runs in the copy alone: paths go there, and a push is dry', () => {
  const line = (command: string) => reproduceError(gitFailure(command)).does;
  expect(line('git worktree add /srv/repo/.trees/x /data/trees/y main')).toContain(
    '`git worktree add ./.trees/x ../outside/data/trees/y main`',
  );
  expect(line('git push --porcelain -- /srv/origin.git main')).toContain(
    '`git push --dry-run --porcelain -- /srv/origin.git main`',
  );
  expect(line('git -c user.name=push fetch /srv/origin.git')).toContain(
    '`git -c user.name=push fetch /srv/origin.git`',
  );
  expect(reproduceError(gitFailure('git log; rm -rf /')).kind).toBe('evidence');
  expect(reproduceError(gitFailure('rm -rf /')).kind).toBe('evidence');
});

test('R-FAIL-6: what cannot be run again is judged again, and where the class was its own, that is said', () => {
  const provider = material({
    code: 'MODEL_QUOTA',
    failure_class: 'budget_exceeded',
    metadata: { status: 402 },
  });
  expect(reproduceError(provider)).toMatchObject({
    kind: 'evidence',
    expects: expect.stringContaining('budget_exceeded'),
  });
  const own = material({ code: 'NO_MODEL', failure_class: 'lint_error' });
  expect(reproduceError(own).expects).toContain(
    'the failure was classified as lint_error by its code NO_MODEL',
  );
});

test('R-FAIL-6: a recipe whose means are gone gives way to the evidence', () => {
  const recipe = {
    kind: 'check' as const,
    baseSha: 'b',
    treeSha: 't',
    commands: ['x'],
    environment: {},
    stoppedBecause: null,
  };
  expect(reproduceError(material({}, { recipe })).kind).toBe('evidence');
  expect(reproduceError(material({}, { recipe, repositoryPath: '/srv/repo' })).kind).toBe('check');
  expect(readRecipe({ recipe: { kind: 'check' } })).toBeNull();
  expect(readRecipe({ recipe })).toEqual(recipe);
});

test('R-FAIL-7: of the environment only names are told that hold no secret', () => {
  expect(
    shownEnvironment({
      PATH: '/bin',
      ANTHROPIC_API_KEY: 'k',
      HTTPS_PROXY: 'http://u:p@h',
      CI: '1',
      TZ: undefined,
    }),
  ).toEqual({
    PATH: '/bin',
    CI: '1',
  });
});

test('R-FAIL-6: whatever an error says, its script stays a script: a title or a path with quotes runs nothing', () => {
  const path = "/srv/it's `here` $(touch pwned)";
  const recipe = {
    kind: 'check' as const,
    baseSha: 'b',
    treeSha: 't',
    stoppedBecause: null,
    commands: ["echo 'x'"],
    environment: { PATH: "/a b'c" },
  };
  const given = material({ message: 'a\n`b` $(c)' }, { recipe, repositoryPath: path, title: 'x | y' });
  const files = reproductionFiles(given, reproduceError(given), {
    nodePath: '/n',
    moosePath: '/m',
    version: '1',
  });
  const script = String(files.find(({ path: name }) => name === 'reproduce.sh')?.content);
  expect(script).toContain(`REPOSITORY:-${shellWord(path)}`);
  expect(script.split('\n').filter((line) => line.includes('pwned'))).toHaveLength(1);
});
