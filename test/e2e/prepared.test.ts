// A real npm project with a package from a local folder: it is installed once, before the model is called, and then
// taken from the cache, with the strictest isolation that this machine allows (R-PROJ-3).

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ground, openGround, writes } from './ground.fixture.ts';
import { checks, files, json } from './npm-project.fixture.ts';
import { commitFiles, makeRepository } from './repository.fixture.ts';

let ground: Ground;

beforeAll(async () => {
  ground = await openGround();
});

afterAll(() => ground.close());

const wayOf = async (id: string) => {
  const row = await ground.opened.database.query
    .selectFrom('stepResults')
    .select('result')
    .where('workOrderId', '=', id as never)
    .where('step', '=', 'preparing')
    .executeTakeFirstOrThrow();
  return (row.result as { way: string }).way;
};

test('R-PROJ-3: dependencies are installed once, and the tests of later changes find them', async () => {
  const repositoryPath = await makeRepository(join(ground.directory, 'npm'));
  await commitFiles(repositoryPath, files, 'A project');
  const ways: string[] = [];
  for (const name of ['one.txt', 'two.txt']) {
    const { id } = await ground.submit({ repositoryPath, checks, answer: () => writes(name, 'new\n') });
    const detail = await ground.settled(id);
    expect(detail).toMatchObject({ status: 'completed', verification: { is_verified: true } });
    ways.push(await wayOf(id));
  }
  expect(ways).toEqual(['setup', 'cache']);
});

test('R-PROJ-7: a setup that cannot work is found before a model is called', async () => {
  const repositoryPath = await makeRepository(join(ground.directory, 'broken'));
  const broken = {
    ...files,
    'package-lock.json': json({ name: 'a-project', lockfileVersion: 3, packages: {} }),
  };
  await commitFiles(repositoryPath, broken, 'A project');
  const { id } = await ground.submit({ repositoryPath, checks, answer: () => writes('one.txt', 'new\n') });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'failed', failure: { code: 'SETUP_FAILED' } });
  expect(detail.failure?.advice).toContain('--from preparing');
  expect(ground.callsFor(id)).toBe(0);
});
