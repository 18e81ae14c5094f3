import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { atStep } from '../../pipeline/scratch-pipeline.fixture.ts';
import { askVariables } from '../../settings/projects/ask-variables.ts';
import { readBaseline } from '../../settings/projects/read-baseline.ts';
import { onBase } from './base-check.ts';

test('R-PROJ-6, R-PROJ-5: a check is judged once per base commit, and again after a variable was set', async () => {
  const database = await testDatabase();
  const { work, routed } = await atStep(database, 'verifying');
  const counted = join(scratchDirectory(), 'runs');
  const command = `echo "\${API_REGION:-none}" >> ${counted}; echo "--- FAIL: TestRounds (0.00s)"; exit 1`;
  const check = { kind: 'test', command, source: 'given' } as const;
  const ask = () =>
    onBase(work, { check, before: [], index: 0, baseSha: routed.baseSha }, { isFresh: false });
  expect(await readBaseline(database, work.project.id)).toEqual({ base_sha: null, checks: [] });
  const first = await ask();
  expect(first?.failureClass).toBeDefined();
  expect(await ask()).toEqual(first);
  expect(readFileSync(counted, 'utf8')).toBe('none\n');
  const { keyRing } = work.secrets;
  const variables = askVariables({ database, actor: 'human:ada', keyRing });
  await variables.set(work.project.id, { name: 'API_REGION', value: 'north' });
  // A retry of the step gets the same result.
  work.run.stepAttempt = 1;
  expect(await ask()).toEqual(first);
  expect(readFileSync(counted, 'utf8')).toBe('none\nnorth\n');
  const { base_sha, checks } = await readBaseline(database, work.project.id);
  expect(base_sha).toBe(routed.baseSha);
  expect(checks.at(-1)).toMatchObject({ command, passed: false, failures_total: 1 });
});
