// A demo beside real work: its worker would do the real work with the scripted model.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { expectRefusal, moose } from './command-line.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

test('R-BASE-5: fear: the demo does real work orders with the scripted model', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'moose-demo-data-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const repository = await makeRepository(join(directory, 'repository'));
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    MOOSE_DATA: join(directory, 'data'),
    MOOSE_SCRIPTED_BASE_URL: 'http://127.0.0.1:9/v1',
    MOOSE_MODELS: 'scripted/light',
  };
  const run = ['run', 'Real work', '--repo', repository, '--needs-approval', '--json'];
  const { id } = JSON.parse((await moose(env, ...run)).stdout) as { id: string };
  expect((await moose(env, 'approve', id)).exitCode).toBe(0);
  const demo = await moose(env, 'demo', '--data', join(directory, 'data'));
  expectRefusal({ ...demo, stderr: demo.stderr.replace(/^The answers below .+\n/, '') }, 'DEMO_DATA_IN_USE');
  const shown = JSON.parse((await moose(env, 'show', id, '--json')).stdout) as { status: string };
  expect(shown.status).toBe('pending');
});
