// The packages of npm that a project of the corpus uses.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { GreenProject } from './read-corpus.ts';

/** Below it is a folder for each list of packages; it stays after the run. */
export const modulesFolder = join(tmpdir(), 'moose-green-modules');

/** A folder `node_modules`, whose packages are fetched if they are not there yet; undefined if the project uses none. */
export function modulesOf({ modules, packages }: GreenProject): string | undefined {
  if (modules === 'own') return resolve('node_modules');
  return packages && fetchModules(packages);
}

/** The folder `node_modules` with these packages, which are fetched if they are not there yet. */
export function fetchModules(packages: readonly string[]): string {
  const name = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12);
  const folder = join(modulesFolder, name);
  const modules = join(folder, 'node_modules');
  if (existsSync(modules)) return modules;
  mkdirSync(modulesFolder, { recursive: true });
  const fresh = mkdtempSync(`${folder}-`);
  writeFileSync(join(fresh, 'package.json'), '{}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], {
    cwd: fresh,
    timeout: 120_000,
    stdio: 'pipe',
  });
  renameSync(fresh, folder);
  return modules;
}
