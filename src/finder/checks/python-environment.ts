// A Python project without a lock file that names a tool gets its own virtual environment, because most systems refuse
// to install packages elsewhere.
import type { ProjectFiles } from '../project-files.ts';
import type { CheckCandidate } from './candidate.ts';
import { pythonChecks } from './python.ts';

const lockFiles = ['uv.lock', 'poetry.lock', 'pdm.lock'];
const requirementsName = /^(dev-|test-)?requirements([-_.](dev|test|tests))?\.(txt|in)$/;

/** The beginning of a command that runs in the environment. */
export const enterEnvironment = '. .venv/bin/activate && ';

/** The files that list what to install; empty if there is no such environment. */
export function environmentFiles(files: ProjectFiles): string[] {
  const names = files.list('');
  if (names.some((name) => lockFiles.includes(name)) || names.includes('.venv')) return [];
  const requirements = names.filter((name) => requirementsName.test(name) && !name.endsWith('.in'));
  const isPackage =
    names.includes('setup.py') || /^\[(project|build-system)\]/m.test(files.read('pyproject.toml') ?? '');
  return [...requirements, ...(isPackage ? ['pyproject.toml', 'setup.py', 'setup.cfg'] : [])].filter((name) =>
    names.includes(name),
  );
}

export function environmentChecks(files: ProjectFiles): CheckCandidate[] {
  const dependsOn = environmentFiles(files);
  const [source] = dependsOn;
  if (source === undefined) return [];
  const requirements = dependsOn.filter((name) => name.endsWith('.txt')).map((name) => `-r ${name}`);
  const isPackage = dependsOn.some((name) => !name.endsWith('.txt'));
  const extras = extrasOf(files.read('pyproject.toml') ?? '');
  const wanted = [...requirements, ...(isPackage ? [`-e .${extras}`] : [])].join(' ');
  const tests = pythonChecks(files).filter(({ kind }) => kind === 'test');
  return [
    {
      kind: 'setup',
      source,
      runs: [],
      dependsOn,
      isOnlyProposed: true,
      command: `python3 -m venv .venv && .venv/bin/python -m pip install ${wanted}${tests.length > 0 ? ' pytest' : ''}`,
    },
    ...tests.map((test): CheckCandidate => {
      const { guess: _, ...stated } = test;
      return { ...stated, command: `${enterEnvironment}python -m pytest`, isOnlyProposed: true };
    }),
  ];
}

/** The optional dependencies for development, by their usual names. */
function extrasOf(pyproject: string): string {
  const [, table = ''] =
    /^\[project\.optional-dependencies\]\s*\n((?:(?!\[)[^\n]*\n?)*)/m.exec(pyproject) ?? [];
  const names = ['dev', 'test', 'tests'].filter((name) => new RegExp(`^${name}\\s*=`, 'm').test(table));
  return names.length > 0 ? `[${names.join(',')}]` : '';
}
