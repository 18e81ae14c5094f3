// A Python project without a lock file that names a tool gets its own virtual environment, because most systems refuse
// to install packages elsewhere.
import type { ProjectFiles } from '../project-files.ts';
import type { CheckCandidate } from './candidate.ts';
import { pythonChecks } from './python.ts';

const lockFiles = ['uv.lock', 'poetry.lock', 'pdm.lock'];
const requirementsName = /^(?:(?:dev|tests?)[-_.])?requirements([-_.](dev|test|tests))?\.(txt|in)$/;

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
  const pyproject = files.read('pyproject.toml') ?? '';
  const groups = namesIn(pyproject, 'dependency-groups').map((name) => `--group ${name}`);
  const wanted = [...requirements, ...(isPackage ? [`-e .${extrasOf(pyproject)}`] : []), ...groups].join(' ');
  // Groups need a pip of 2025.
  const newest = groups.length > 0 ? '.venv/bin/python -m pip install --upgrade pip && ' : '';
  const tests = pythonChecks(files).filter(({ kind }) => kind === 'test');
  return [
    {
      kind: 'setup',
      source,
      runs: [],
      dependsOn,
      isOnlyProposed: true,
      command: `python3 -m venv .venv && ${newest}.venv/bin/python -m pip install ${wanted}${tests.length > 0 ? ' pytest' : ''}`,
    },
    ...tests.map((test): CheckCandidate => {
      const { guess: _, ...stated } = test;
      return { ...stated, command: `${enterEnvironment}python -m pytest`, isOnlyProposed: true };
    }),
  ];
}

/** The optional dependencies for development. */
function extrasOf(pyproject: string): string {
  const names = namesIn(pyproject, 'project.optional-dependencies', 'optional-dependencies.');
  return names.length > 0 ? `[${names.join(',')}]` : '';
}

/** Those of the usual names that a table lists, or the table around it with a dot. */
function namesIn(pyproject: string, table: string, dotted?: string): string[] {
  const quoted = table.replaceAll('.', '\\.');
  const [, listed = ''] =
    new RegExp(`^\\[${quoted}\\]\\s*\\n((?:(?!\\[)[^\\n]*\\n?)*)`, 'm').exec(pyproject) ?? [];
  return ['dev', 'test', 'tests', 'testing'].filter(
    (name) =>
      new RegExp(`^${name}\\s*=`, 'm').test(listed) ||
      (dotted !== undefined &&
        new RegExp(`^${dotted.replaceAll('.', '\\.')}${name}\\s*=`, 'm').test(pyproject)),
  );
}
