// The projects of the corpus: each file of the folder exports one or more.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GreenProject } from './green-case.ts';

const folder = join(import.meta.dirname, 'corpus');

/** Those of one ecosystem follow each other. */
export async function readCorpus(): Promise<GreenProject[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
  const modules = await Promise.all(names.map((name) => import(join(folder, name))));
  return modules
    .flatMap((module) => Object.values<GreenProject>(module))
    .sort((a, b) => a.ecosystem.localeCompare(b.ecosystem, 'en'));
}
