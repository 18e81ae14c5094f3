import { expect, test } from 'vitest';
import { commandChange } from './projects/project-change.ts';

const never = new AbortController().signal;
const daemons = { db: { command: 'postgres', ready: { port: 5432 } } };
const written = 'db:\n  command: postgres\n  ready: { port: 5432 }\n';

test.each<[string, unknown]>([
  ['none', {}],
  ['repository', null],
  [written, daemons],
  [`services:\n${written.replace(/^/gm, '  ')}`, daemons],
  [JSON.stringify(daemons), daemons],
])('R-PROJ-2: the services %j', async (given, expected) => {
  expect(await commandChange({ services: given }, never)).toEqual({ services: expected });
});

test('R-PROJ-2: what is no YAML is refused with its place, and a setup is none, or that of the repository', async () => {
  await expect(commandChange({ services: 'db: [' }, never)).rejects.toMatchObject({
    code: 'PROJECT_SERVICES_INVALID',
    message: expect.stringMatching(/line 1/),
  });
  const setup = async (...given: string[]) => (await commandChange({ setup: given }, never)).setup;
  expect(await setup('make a', 'make b')).toEqual(['make a', 'make b']);
  expect(await setup('none')).toEqual([]);
  expect(await setup('repository')).toBeNull();
  await expect(setup('none', 'make a')).rejects.toMatchObject({ code: 'OPTION_CONTRADICTORY' });
  expect(await commandChange({ reviewer: 'default' }, never)).toEqual({ reviewer: null });
});
