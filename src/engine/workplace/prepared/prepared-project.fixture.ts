// For tests: a project whose `npm ci` is a script of the test, and several of its work orders on one machine.

import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import type { Database } from '../../../store/database.ts';
import { atStep, type Given, type Ground } from '../../pipeline/scratch-pipeline.fixture.ts';
import { ensureWorktreePlace } from '../worktree/worktree-place.ts';

export interface Prepared extends Ground {
  /** The number of times the setup has run, for all work orders. */
  runs(): number;
  path(name: string): Promise<string>;
  read(name: string): Promise<string>;
}

/** Makes a folder that git ignores, and counts its runs. */
const npm = 'mkdir -p deps && date +%s%N > deps/made && echo run >> "$COUNT"';
export const install = 'npm ci';

export async function preparedProject(
  database: Database,
  { setup = install, npm: script = npm, ...given }: Given & { setup?: string; npm?: string } = {},
): Promise<Prepared & { another(more?: Given): Promise<Prepared> }> {
  const files = {
    '.gitignore': 'deps\n',
    'README.md': 'one\n',
    'package-lock.json': '{}\n',
    ...given.files,
  };
  const tools = scratchDirectory();
  writeFileSync(join(tools, 'npm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const count = join(tools, 'count');
  const make = async (each: Given): Promise<Prepared> => {
    const at = await atStep(database, 'preparing', each);
    const { PATH = '' } = at.work.settings.checkEnvironment;
    at.work.settings.checkEnvironment = { PATH: `${tools}:${PATH}`, COUNT: count };
    at.work.project.settings.checks = [
      { kind: 'setup', command: setup, source: 'given' },
      { kind: 'test', command: 'test -f deps/made', source: 'given' },
    ];
    const path = async (name: string) =>
      join((await ensureWorktreePlace(at.work, at.routed, at.routed.baseSha)).worktreePath, name);
    return {
      ...at,
      runs: () => (existsSync(count) ? readFileSync(count, 'utf8').trim().split('\n').length : 0),
      path,
      read: async (name) => readFileSync(await path(name), 'utf8'),
    };
  };
  const first = await make({ ...given, files });
  const { repository } = first;
  const { dataDirectory } = first.work.settings;
  return {
    ...first,
    another: (more = {}) => {
      const now = { ...repository, headSha: repository.git('rev-parse', 'main') };
      const branch = `moose/${randomUUID().slice(0, 8)}-x`;
      return make({ ...more, beside: { repository: now, dataDirectory, branch } });
    },
  };
}
