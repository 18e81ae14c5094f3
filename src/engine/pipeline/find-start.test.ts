// Where a change starts in a local repository to which Moose has merged.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { scratchDirectory } from '../../git/scratch-repository.fixture.ts';
import { findStart } from './find-start.ts';
import { atStep } from './scratch-pipeline.fixture.ts';

const shared = sharedDatabase();

test('R-PIPE-5: without a remote, new work starts from what Moose has merged, unless the person’s branch has gone another way', async () => {
  const { work, repository } = await atStep(shared(), 'routing');
  const place = join(scratchDirectory(), 'remotes', 'moose.git');
  repository.git('clone', '--quiet', '--bare', repository.path, place);
  const project = { ...work.project, settings: { ...work.project.settings, remote_path: place } };
  const baseNow = async () => (await findStart({ ...work, project })).baseSha;
  expect(await baseNow()).toBe(repository.headSha);
  // The merged commit is not in the person's repository.
  const clone = join(scratchDirectory(), 'clone');
  repository.git('clone', '--quiet', place, clone);
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  repository.git('-C', clone, ...who, 'commit', '--quiet', '--allow-empty', '-m', 'Merged');
  repository.git('-C', clone, 'push', '--quiet', 'origin', 'HEAD:main');
  const merged = repository.git('-C', clone, 'rev-parse', 'HEAD');
  expect(await baseNow()).toBe(merged);
  repository.git('merge', '--quiet', '--ff-only', merged);
  const ahead = repository.commit({ 'theirs.txt': 'theirs' });
  expect(await baseNow()).toBe(ahead);
  repository.git('reset', '--quiet', '--hard', repository.headSha);
  const aside = repository.commit({ 'aside.txt': 'aside' });
  expect(await baseNow()).toBe(aside);
});
