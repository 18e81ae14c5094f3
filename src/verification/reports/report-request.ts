// What a check's environment needs so that the runners of tests that it reaches write their own reports into a folder
// (R-GREEN-3). The command line, the tests, the exit code and, but for the names that Go prints, the output stay as they
// are: a runner that cannot be reached this way is read from its output.

import { readFileSync } from 'node:fs';
import { ownFile } from '../../stdx/files/own-files.ts';

export interface ReportRequest {
  /** To be set for the check, beside the variables that it has. */
  environment: Record<string, string>;
  /** Text by path below the folder: to be written before the check starts. */
  files: Record<string, string>;
}

/** Where Node and what measures coverage look for packages: they leave it out of what they count. */
const nodeFiles = ['report.cjs', 'add-reporter.cjs', 'load-vitest.mjs'] as const;
const nodeFolder = 'node_modules';
const pythonFiles = ['sitecustomize.py', 'start-python.py', 'report-python.py'] as const;
/** Written by pytest itself where Python ignores PYTHONPATH or the project sets it: `report-python.py` stands it down. */
const pytestFile = 'pytest.xml';

/**
 * `folder` is an absolute path, the same for Moose and for the check; it must be writable for the check, and it must be
 * empty before each run. `given` has the variables that the check gets without this request.
 */
export function reportRequest(
  folder: string,
  given: Readonly<Record<string, string | undefined>>,
): ReportRequest {
  const preload = `--require ${quotedForNode(`${folder}/${nodeFolder}/${nodeFiles[0]}`)}`;
  const junit = `--junitxml=${quotedForPytest(`${folder}/${pytestFile}`)}`;
  return {
    environment: {
      NODE_OPTIONS: joined(' ', preload, given.NODE_OPTIONS),
      PYTHONPATH: joined(':', folder, given.PYTHONPATH),
      // First, so that what is given stands.
      PYTEST_ADDOPTS: joined(' ', junit, given.PYTEST_ADDOPTS),
      // Prints the name of each test. Not `-json`, which changes what is printed; commands that do not know a flag ignore it.
      GOFLAGS: joined(' ', given.GOFLAGS, '-v'),
    },
    files: {
      ...Object.fromEntries(nodeFiles.map((name) => [`${nodeFolder}/${name}`, supportText(name)])),
      ...Object.fromEntries(pythonFiles.map((name) => [name, supportText(name)])),
    },
  };
}

const supportText = (name: string) => readFileSync(ownFile(`verification/reports/support/${name}`), 'utf8');

function joined(separator: string, ...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(separator);
}

/** Node splits its options at spaces, outside of double quotes. */
function quotedForNode(path: string): string {
  return /[\s"\\]/.test(path) ? `"${path.replace(/["\\]/g, '\\$&')}"` : path;
}

/** pytest splits its options as a shell does. */
function quotedForPytest(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'"'"'`)}'`;
}
