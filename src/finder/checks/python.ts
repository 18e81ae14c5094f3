import { hasFileNamed, type ProjectFiles } from '../project-files.ts';
import type { CheckCandidate } from './candidate.ts';

// Python projects: pytest, run by the tool that manages the project's environment. Without such a tool, pytest from
// PATH: no environment is created here, because no file says which one the project wants.

/** Files that may configure pytest, with the words that prove it, because each file may exist for another reason. */
const pytestConfigs: readonly (readonly [path: string, says: RegExp])[] = [
  ['pytest.ini', /\[pytest\]/],
  ['pyproject.toml', /\[tool\.pytest\b|\bpytest\b/],
  ['setup.cfg', /\[tool:pytest\]/],
  ['tox.ini', /\[pytest\]|\bpytest\b/],
];

const testFileName = /^test_.*\.py$|_test\.py$/;

const runners: readonly { lockFile: string; setup: string; prefix: string }[] = [
  { lockFile: 'uv.lock', setup: 'uv sync --frozen --all-extras', prefix: 'uv run --frozen ' },
  { lockFile: 'poetry.lock', setup: 'poetry install --no-interaction', prefix: 'poetry run ' },
];

export function pythonChecks(files: ProjectFiles): CheckCandidate[] {
  const source = findPytest(files);
  if (source === null) return [];
  const names = files.list('');
  const runner = runners.find(({ lockFile }) => names.includes(lockFile));
  // `python3 -m` puts the project's root on the module path, which a bare `pytest` does not.
  const command = `${runner?.prefix ?? ''}${runner ? 'python' : 'python3'} -m pytest`;
  const checks: CheckCandidate[] = [{ kind: 'test', command, source, runs: [], guess: 'pytest' }];
  if (runner && !names.includes('.venv')) {
    const dependsOn = { dependsOn: [runner.lockFile, 'pyproject.toml'] };
    checks.unshift({ kind: 'setup', command: runner.setup, source: runner.lockFile, runs: [], ...dependsOn });
  }
  return checks;
}

function findPytest(files: ProjectFiles): string | null {
  const config = pytestConfigs.find(([path, says]) => says.test(files.read(path) ?? ''));
  if (config) return config[0];
  const names = files.list('');
  const folder = ['tests', 'test'].find(
    (name) => names.includes(name) && hasFileNamed(files, name, testFileName),
  );
  return folder ?? names.find((name) => testFileName.test(name)) ?? null;
}
