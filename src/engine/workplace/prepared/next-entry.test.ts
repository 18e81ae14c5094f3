import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { preparing } from '../../pipeline/preparing/preparing.ts';
import { atStep } from '../../pipeline/scratch-pipeline.fixture.ts';
import { nextEntry } from './next-entry.ts';
import { preparationOf } from './preparation.ts';
import { preparedProject } from './prepared-project.fixture.ts';

const shared = sharedDatabase();

test('R-PROJ-3: a person sees whether the next work order finds what its setup makes, how large and how old', async () => {
  const { work, repository } = await preparedProject(shared());
  const look = (commit = repository.headSha, planned = work) => nextEntry(planned, commit);
  expect(await look()).toEqual({ state: 'missing', bytes: null, made_at: null, used_at: null });
  await preparing(work);
  const { key } = (await preparationOf(work, {
    baseSha: repository.headSha,
    sha: repository.headSha,
  })) ?? { key: '' };
  const used = new Date('2026-11-01T00:00:00Z');
  utimesSync(join(work.settings.dataDirectory, 'prepared', work.project.id, key, 'mark.json'), used, used);
  expect(await look()).toEqual({
    state: 'ready',
    bytes: expect.any(Number),
    made_at: expect.stringMatching(/^\d{4}-/),
    used_at: used.toISOString(),
  });
  const elsewhere = {
    ...work,
    settings: { ...work.settings, checkEnvironment: { ...work.settings.checkEnvironment, LANG: 'C' } },
  };
  expect(await look(repository.headSha, elsewhere)).toMatchObject({ state: 'likely' });
  const later = repository.commit({ 'package-lock.json': '{"a": 1}\n' });
  expect(await look(later)).toMatchObject({ state: 'missing' });
  const off = { ...work, settings: { ...work.settings, preparedGbMax: 0 } };
  expect(await look(repository.headSha, off)).toMatchObject({ state: 'off' });
});

test('a project without a setup has nothing to be prepared', async () => {
  const { work, repository } = await atStep(shared(), 'preparing');
  expect(await nextEntry(work, repository.headSha)).toBeNull();
});
