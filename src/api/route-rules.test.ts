import { expect, test } from 'vitest';
import { apiGround } from './api-ground.fixture.ts';
import type { OpenApiDocument } from './pages/api-docs.ts';

test('R-BASE-3: fear: a new route is there without a role, or changes something that the audit log does not name', async () => {
  const { call } = await apiGround();
  const document = (await call('/api/openapi.json')).body as OpenApiDocument;
  const changing = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item).map(([method, route]) => ({ route: `${method} ${path}`, ...route })),
  );
  expect(changing.length).toBeGreaterThan(100);
  for (const each of changing) {
    expect(each, each.route).toHaveProperty('x-role');
    expect(each, each.route).toHaveProperty('x-audit');
  }
  const silent = changing.filter((each) => !each.route.startsWith('get ') && each['x-audit'] === null);
  expect(
    silent
      .map(({ route }) => route)
      .filter((route) => !route.includes('/api/calls/'))
      .sort(),
  ).toEqual(
    [
      'post /api/classify',
      'post /api/forges/check',
      'post /api/push/key',
      'post /api/sentinel',
      'post /api/sentinel/{host}',
      'post /api/session/invite/look',
      'post /api/specs/estimate',
    ].sort(),
  );
});
