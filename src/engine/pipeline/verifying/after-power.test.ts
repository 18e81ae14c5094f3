// A power failure between the commit of a change and its checks.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { makeBundle } from '../../../git/read/patch.ts';
import { entryPathOf } from '../../../git/worktree/worktree-entry.ts';
import { saveArtifact } from '../../../store/work/sessions/artifacts.ts';
import { atStep } from '../scratch-pipeline.fixture.ts';
import { verifying } from './verifying.ts';

const shared = sharedDatabase();

test('R-PIPE-6: fear: the power failed before the checks, and they pass on files that it has emptied', async () => {
  const at = await atStep(shared(), 'verifying');
  const { work, repository, routed, worktreePath } = at;
  work.project.settings.checks = [{ kind: 'test', command: 'test -s made.txt', source: 'given' }];
  const head = repository.git('rev-parse', routed.branch);
  const bundle = await makeBundle({ repositoryPath: repository.path, base: routed.baseSha, head });
  const owner = { workOrderId: work.order.id, runId: work.run.id, cycle: 0 };
  await saveArtifact(work.database.query, { ...owner, kind: 'bundle', content: bundle });
  const blob = repository.git('rev-parse', `${head}:made.txt`);
  const object = join(repository.path, '.git/objects', blob.slice(0, 2), blob.slice(2));
  chmodSync(object, 0o600);
  for (const path of [object, join(worktreePath, 'made.txt')]) writeFileSync(path, '');
  writeFileSync(join(entryPathOf(worktreePath), 'moose-memory'), 'another-boot 0');
  expect(await verifying(work)).toMatchObject({
    end: 'done',
    result: { checks: [{ command: 'test -s made.txt', passed: true }] },
  });
  expect(repository.git('show', `${head}:made.txt`)).toBe('new');
});
