// fear: what a setup downloads into the home, such as Go's modules, is where checks find it and an agent does not
// (R-PROJ-3).
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { probeIsolation } from '../../../sessions/isolation/probe-isolation.ts';
import { applying } from '../applying.ts';
import { preparing } from '../preparing.ts';
import { leave } from '../scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../scripted-agent.fixture.ts';
import { homePathOf } from '../session-files.ts';
import { type Prepared, preparedProject } from './prepared-project.fixture.ts';

const shared = sharedDatabase();
// Elsewhere setups have the home of the user.
const isSeparate = (await probeIsolation()).level === 'files';

/** As `go mod download` does: folders that nobody may write. */
const npm = `echo > deps; mod="$HOME/go/pkg/mod/a@v1"; test ! -e "$mod" || chmod 755 "$mod"
  mkdir -p "$mod" && cat package-lock.json > "$mod/lock" && chmod 555 "$mod"`;

const script = `cat "$HOME/go/pkg/mod/a@v1/lock" >> made.txt; echo '{"a": 1}' > package-lock.json; echo says success`;
const agent = {
  ...scriptedAgent(script, { writesCode: true }),
  prepare: async ({ homePath }: { homePath: string }) => ({
    argv: ['sh', '-c', script] as [string, ...string[]],
    env: { PATH: process.env.PATH ?? '', HOME: homePath },
  }),
};
const given = { npm, agents: [agent], settings: { isolation: 'auto' as const } };

async function throughAgent({ work }: Prepared) {
  await leave(work, 'generating', { proposal: null, brief: 'do it', model: null, attempts: 0 });
  const applied = await applying({ ...work });
  expect(applied).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
  if (applied.end === 'done') await leave(work, 'applying', applied.result);
}

test.runIf(isSeparate)(
  'R-PROJ-3: an agent finds it in its first cycle, and in every later work order',
  async () => {
    const first = await preparedProject(shared(), given);
    expect(await preparing({ ...first.work })).toMatchObject({ result: { way: 'setup' } });
    await throughAgent(first);
    expect(await first.read('made.txt')).toBe('{}\n');
    const second = await first.another(given);
    expect(await preparing({ ...second.work })).toMatchObject({ result: { way: 'cache' } });
    await throughAgent(second);
    expect(await second.read('made.txt')).toBe('{}\n');
  },
);

test.runIf(isSeparate)(
  'R-PROJ-3: in a later cycle it finds what the setup has made of the changed lock file',
  async () => {
    const at = await preparedProject(shared(), given);
    await preparing({ ...at.work });
    await throughAgent(at);
    at.work.run.cycle = 1;
    await throughAgent(at);
    expect(await at.read('made.txt')).toBe('{}\n{"a": 1}\n');
  },
);

test.runIf(isSeparate)('nothing is put behind a link that an agent has left in its home', async () => {
  const at = await preparedProject(shared(), given);
  await preparing({ ...at.work });
  const [home, outside] = [homePathOf(at.work, agent.name), join(at.work.settings.dataDirectory, 'outside')];
  for (const path of [home, outside]) mkdirSync(path, { recursive: true });
  symlinkSync(outside, join(home, 'go'));
  await throughAgent(at);
  expect(() => readFileSync(join(outside, 'pkg/mod/a@v1/lock'))).toThrow('ENOENT');
});
