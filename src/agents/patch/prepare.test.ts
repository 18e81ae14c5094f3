import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { base, scene } from './apply-scene.fixture.ts';
import { preparePatch } from './prepare.ts';

afterAll(() => rmSync(base, { recursive: true, force: true }));

test('without a proposal there is nothing to apply, and that is said before anything starts', async () => {
  const { session, worktree } = scene([]);
  const task = { proposal: null, sessionPath: session, worktreePath: worktree };
  await expect(preparePatch(task as Parameters<typeof preparePatch>[0], {})).rejects.toMatchObject({
    code: 'AGENT_PROPOSAL_MISSING',
  });
});
