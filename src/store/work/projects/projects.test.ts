import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { keepRemotePath, projectOf } from './projects.ts';

test('a repository is one project, and two repositories with the same name get different names', async () => {
  const database = await testDatabase();
  const paths = ['/a/api', '/b/api', '/a/api', '/c/api'];
  const projects = [];
  for (const path of paths) projects.push(await projectOf(database.query, path, new Date()));
  expect(projects.map(({ name }) => name)).toEqual(['api', 'api-2', 'api', 'api-3']);
  expect(projects[2]?.id).toBe(projects[0]?.id);
});

test('with concurrent requests, each repository gets one project with its own name', async () => {
  const database = await testDatabase();
  const projects = await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      database.transaction((query) => projectOf(query, `/${index % 6}/api`, new Date())),
    ),
  );
  expect(new Set(projects.map(({ id }) => id)).size).toBe(6);
  expect([...new Set(projects.map(({ name }) => name))].sort()).toEqual([
    'api',
    'api-2',
    'api-3',
    'api-4',
    'api-5',
    'api-6',
  ]);
});

test('the first path of a project’s remote stays', async () => {
  const database = await testDatabase();
  const { id } = await projectOf(database.query, '/a/api', new Date());
  expect(await keepRemotePath(database.query, id, '/data/1')).toBe('/data/1');
  expect(await keepRemotePath(database.query, id, '/data/2')).toBe('/data/1');
});
