import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { gitIn } from '../../../git/scratch-repository.fixture.ts';
import { noteUnfilled } from '../../../git/worktree/unfilled-submodules.ts';
import { install, preparedProject } from '../../workplace/prepared/prepared-project.fixture.ts';
import { ensureWorktreePlace } from '../../workplace/worktree/worktree-place.ts';
import { applying } from '../applying/applying.ts';
import { onRecord } from '../on-record.fixture.ts';
import {
  atStep,
  claimedAgain,
  type Given,
  type Ground,
  leave,
  retriedBefore,
} from '../scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../scripted-agent.fixture.ts';
import { verifying } from '../verifying/verifying.ts';
import { preparing } from './preparing.ts';

const shared = sharedDatabase();

const ground = (setup: string, given: Given = {}) => preparedProject(shared(), { ...given, setup });

const placeOf = async ({ work, routed }: Ground) =>
  (await ensureWorktreePlace(work, routed, routed.baseSha)).worktreePath;
const failureOf = (at: Ground) => preparing(at.work).catch((cause: unknown) => cause);

test('R-PROJ-3: a project without a setup starts no process and makes no worktree', async () => {
  const { work } = await atStep(shared(), 'preparing');
  expect(await preparing(work)).toMatchObject({ end: 'done', result: { way: 'nothing' } });
  expect((await onRecord(work)).sessions).toEqual([]);
});

test('R-PROJ-3: the setup runs once, before the agent, and its checks do not repeat it', async () => {
  const at = await ground(install);
  const end = await preparing(at.work);
  expect(end).toMatchObject({ end: 'done', result: { way: 'setup', commands: [install] } });
  expect(existsSync(join(await placeOf(at), 'deps/made'))).toBe(true);
  await leave(at.work, 'preparing', {});
  await leave(at.work, 'generating', { proposal: null, brief: null, model: null, attempts: 0 });
  const applied = await applying({ ...at.work });
  expect(applied).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
  await leave(at.work, 'applying', applied.end === 'done' ? applied.result : {});
  const verified = await verifying({ ...at.work });
  expect(verified).toMatchObject({
    end: 'done',
    result: {
      isVerified: true,
      checks: [
        { kind: 'setup', isPrepared: true },
        { kind: 'test', passed: true },
      ],
    },
  });
  expect(at.runs()).toBe(1);
});

test('R-PROJ-3: an agent that runs commands finds what was installed', async () => {
  const agent = scriptedAgent('cp deps/made made.txt; echo says success', { writesCode: true });
  const at = await ground(install, { agents: [agent] });
  await preparing(at.work);
  await leave(at.work, 'generating', { proposal: null, brief: 'do it', model: null, attempts: 0 });
  expect(await applying({ ...at.work })).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
});

test('a setup that changes tracked files, or leaves others, does not become a part of the change', async () => {
  const at = await ground(
    'echo more >> README.md; mkdir left; echo x > left/x; mkdir deps; echo x > deps/made',
  );
  expect(await preparing(at.work)).toMatchObject({ result: { way: 'setup', unkept: ['left/'] } });
  const worktree = await placeOf(at);
  expect(gitIn(worktree, 'status', '--porcelain')).toBe('');
});

test('R-REPO-3: fear: what a setup has put into a submodule is taken for the work of an agent', async () => {
  const setup = 'mkdir -p deps sub && echo x > deps/made && echo vendored > sub/in.c';
  const project = await ground(setup, { files: { '.gitmodules': '' } });
  project.repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
  project.repository.git('commit', '--quiet', '-m', 'Add a submodule');
  const agent = scriptedAgent('cp sub/in.c made.txt; echo says success', { writesCode: true });
  const at = await project.another({ agents: [agent] });
  // An agent of an earlier attempt has found nothing there.
  await noteUnfilled(await placeOf(at), {});
  await preparing(at.work);
  await leave(at.work, 'preparing', {});
  await leave(at.work, 'generating', { proposal: null, brief: 'do it', model: null, attempts: 0 });
  expect(await applying({ ...at.work })).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
});

test.each([
  ['a missing toolchain', 'sh: 1: no-such-tool-of-moose', 'no-such-tool-of-moose', 'CHECK_PROGRAM_MISSING'],
  [
    'a registry',
    '',
    'echo "npm error code ENOTFOUND\nnpm error network request to https://registry.invalid/x failed, reason: getaddrinfo ENOTFOUND registry.invalid"; exit 1',
    'CHECK_REGISTRY_AWAY',
  ],
  [
    'a certificate',
    '',
    'echo "npm error code SELF_SIGNED_CERT_IN_CHAIN"; exit 1',
    'CHECK_CERTIFICATE_UNTRUSTED',
  ],
  ['a variable', '', 'echo "Error: NPM_TOKEN_X is not set"; exit 1', 'CHECK_VARIABLE_MISSING'],
  ['no disk', '', 'echo "ENOSPC: no space left on device, write"; exit 1', 'DISK_FULL'],
  ['anything else', '', 'echo odd; exit 3', 'SETUP_FAILED'],
])(
  'R-PROJ-7: %s that the setup lacks is named, with the command that goes on',
  async (_, _said, command, code) => {
    const at = await ground(command);
    await retriedBefore(at.work, 'SETUP_INTERRUPTED', 9);
    expect(await failureOf(at)).toMatchObject({
      code,
      category: 'configuration',
      advice: expect.stringContaining('--from preparing'),
    });
  },
);

test('R-PROJ-7: a setup that hangs ends at the time limit, and its processes with it', async () => {
  const at = await ground('sleep 1000', { settings: { checkTimeLimitMs: 300 } });
  expect(await failureOf(at)).toMatchObject({ code: 'SETUP_TIMED_OUT', category: 'configuration' });
});

test('R-SES-3: Moose dies while the setup runs: the next one adopts it, and it runs once', async () => {
  const at = await ground(install, { diesAt: 'check:started' });
  await expect(preparing(at.work)).rejects.toThrow('Moose died');
  const next = await claimedAgain(at.work);
  expect(await preparing(next)).toMatchObject({ result: { way: 'setup' } });
  expect(at.runs()).toBe(1);
});
