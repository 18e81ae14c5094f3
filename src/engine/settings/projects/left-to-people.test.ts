// Which changes to a project only a person may make, and which restrictions a program may make.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { defaultDirectorLimits } from '../../../domain/limits/director-limits.ts';
import { needsPerson, shownSettings } from '../../../domain/project-settings/project-settings.ts';
import { projectGround } from './project-ground.fixture.ts';

const shared = sharedDatabase();
const ground = () => projectGround(shared());

test("R-BUD-1: a program may lower a project's limit, but neither raise nor remove it", async () => {
  const { name, person, program } = await ground();
  await person.change(name, { limit_usd: 1 });
  const refused = { code: 'LIMIT_NOT_YOURS', advice: expect.stringContaining('moose project set') };
  await expect(program.change(name, { limit_usd: 1.01 })).rejects.toMatchObject(refused);
  await expect(program.change(name, { limit_usd: null })).rejects.toMatchObject(refused);
  await expect(program.change(name, { allow_ci_changes: true })).rejects.toMatchObject(refused);
  expect(await program.change(name, { limit_usd: 0.5 })).toMatchObject({ limit_usd: 0.5 });
});

test('R-SEC-6: only a person lets agents reach hosts, or sessions private addresses; a program may take them away', async () => {
  const { name, person, program } = await ground();
  const refused = { code: 'LIMIT_NOT_YOURS', message: expect.stringContaining('a.example') };
  await expect(program.change(name, { agent_hosts: ['a.example'] })).rejects.toMatchObject(refused);
  await expect(program.change(name, { private_hosts: ['a.example'] })).rejects.toMatchObject(refused);
  const given = { agent_hosts: ['A.example', 'b.example:8443'], private_hosts: ['registry.internal'] };
  expect(await person.change(name, given)).toMatchObject({
    agent_hosts: ['a.example', 'b.example:8443'],
    private_hosts: ['registry.internal'],
  });
  const values = await person.values(name).then(({ values: all }) => all);
  expect(values).toContainEqual({
    key: 'agent_hosts',
    value: 'a.example, b.example:8443',
    source: 'project',
  });
  expect(await program.change(name, { agent_hosts: ['b.example:8443'], private_hosts: [] })).toMatchObject({
    agent_hosts: ['b.example:8443'],
    private_hosts: [],
  });
  await expect(person.change(name, { agent_hosts: ['http://x'] })).rejects.toMatchObject({
    code: 'EGRESS_HOST_INVALID',
  });
  expect(await person.change(name, { agent_hosts: null })).toMatchObject({ agent_hosts: null });
});

test('R-SEC-6: fear: among many hosts, the one that is new is not named to the person who confirms it', () => {
  const known = Array.from({ length: 12 }, (_, index) => `known-${index}.example`);
  const system = { director: defaultDirectorLimits, hardStopsOff: [] };
  const now = { name: 'shop', ...shownSettings({ agent_hosts: known }, system) };
  expect(needsPerson(now, { agent_hosts: [...known, 'new.example'], private_hosts: known })).toBe(
    `Letting agents of shop reach new.example and letting setup and checks of shop reach ${known.join(', ')}, also at private addresses`,
  );
});

test('R-BUD-1: a program cannot raise the work order limit that a person has set', async () => {
  const { name, person, program } = await ground();
  await person.change(name, { work_order_limit_usd: 2 });
  const refused = { code: 'LIMIT_NOT_YOURS' };
  await expect(program.change(name, { work_order_limit_usd: 3 })).rejects.toMatchObject(refused);
  await expect(program.change(name, { work_order_limit_usd: null })).rejects.toMatchObject(refused);
  expect(await program.change(name, { work_order_limit_usd: 1 })).toMatchObject({ work_order_limit_usd: 1 });
});

test('R-SEC-5: only a person trusts what a repository has for agents; a program may end that', async () => {
  const { name, person, program } = await ground();
  const refused = {
    code: 'LIMIT_NOT_YOURS',
    message: expect.stringContaining('instructions, skills and servers'),
  };
  await expect(program.change(name, { trusted: true })).rejects.toMatchObject(refused);
  expect(await person.change(name, { trusted: true })).toMatchObject({ trusted: true });
  expect(await program.change(name, { trusted: true })).toMatchObject({ trusted: true });
  expect(await program.change(name, { trusted: false })).toMatchObject({ trusted: false });
});

test('R-SEC-5: only a person lets sessions make user namespaces; a program may end that', async () => {
  const { name, person, program } = await ground();
  const refused = { code: 'LIMIT_NOT_YOURS', message: expect.stringContaining('user namespaces') };
  await expect(program.change(name, { user_namespaces: true })).rejects.toMatchObject(refused);
  expect(await person.change(name, { user_namespaces: true })).toMatchObject({ user_namespaces: true });
  expect(await program.change(name, { user_namespaces: true })).toMatchObject({ user_namespaces: true });
  expect(await program.change(name, { user_namespaces: false })).toMatchObject({ user_namespaces: false });
});

test('R-AGENT-4: only a person lets agents ask for sub-tasks, or for more of them; a program may end that', async () => {
  const { name, person, program } = await ground();
  const refused = { code: 'LIMIT_NOT_YOURS', message: expect.stringContaining('sub-tasks') };
  expect(await person.one(name)).toMatchObject({ subtasks: 'off' });
  await expect(program.change(name, { subtasks: 'ask' })).rejects.toMatchObject(refused);
  expect(await person.change(name, { subtasks: 'ask' })).toMatchObject({ subtasks: 'ask' });
  await expect(program.change(name, { subtasks: 'allow' })).rejects.toMatchObject(refused);
  expect(await person.change(name, { subtasks: 'allow' })).toMatchObject({ subtasks: 'allow' });
  expect(await program.change(name, { subtasks: 'ask' })).toMatchObject({ subtasks: 'ask' });
  expect(await program.change(name, { subtasks: 'off' })).toMatchObject({ subtasks: 'off' });
});

test('R-REPO-3: only a person lets Moose fetch submodules; a program may end that', async () => {
  const { name, person, program } = await ground();
  const refused = { code: 'LIMIT_NOT_YOURS', message: expect.stringContaining('submodules') };
  await expect(program.change(name, { submodules: true })).rejects.toMatchObject(refused);
  expect(await person.change(name, { submodules: true })).toMatchObject({ submodules: true });
  expect(await program.change(name, { submodules: false })).toMatchObject({ submodules: false });
});

test('R-SEC-5: only a person chooses the image of a project; a program may take it away', async () => {
  const { name, person, program } = await ground();
  const refused = { code: 'LIMIT_NOT_YOURS', message: expect.stringContaining('registry.internal/tools') };
  await expect(program.change(name, { image: 'registry.internal/tools' })).rejects.toMatchObject(refused);
  expect(await person.change(name, { image: 'registry.internal/tools' })).toMatchObject({
    image: 'registry.internal/tools',
  });
  const { values } = await person.values(name);
  expect(values).toContainEqual({ key: 'image', value: 'registry.internal/tools', source: 'project' });
  expect(await program.change(name, { image: 'none' })).toMatchObject({ image: 'none' });
  expect(await program.change(name, { image: null })).toMatchObject({ image: null });
  await expect(person.change(name, { image: '--privileged' })).rejects.toMatchObject({
    code: 'CONTAINER_IMAGE_INVALID',
  });
});

test('R-PROJ-9: only a person lets the agents of a project use a login; a program may end that', async () => {
  const { name, person, program } = await ground();
  const refused = { code: 'LIMIT_NOT_YOURS', message: expect.stringContaining('login') };
  await expect(program.change(name, { login: 'use' })).rejects.toMatchObject(refused);
  expect(await person.change(name, { login: 'use' })).toMatchObject({ login: 'use' });
  const { values } = await person.values(name);
  expect(values).toContainEqual({ key: 'login', value: 'agents use your login', source: 'project' });
  expect(await program.change(name, { login: 'never' })).toMatchObject({ login: 'never' });
  await expect(program.change(name, { login: null })).rejects.toMatchObject(refused);
  expect(await person.change(name, { login: null })).toMatchObject({ login: null });
});

test('R-SPEC-1, R-ESC-4: only a person lets the Director approve more in a project; a program may make it ask more', async () => {
  const { name, person, program } = await ground();
  const refused = { code: 'LIMIT_NOT_YOURS', message: expect.stringContaining('cost_usd 9') };
  expect((await person.one(name)).director).toMatchObject({ mode: 'policy', cost_usd: 5, own: [] });
  await expect(program.change(name, { director: { cost_usd: 9 } })).rejects.toMatchObject(refused);
  expect((await program.change(name, { director: { cost_usd: 2, mode: 'ask' } })).director).toMatchObject({
    mode: 'ask',
    cost_usd: 2,
    files: 30,
    own: ['mode', 'cost_usd'],
  });
  const lifted = { code: 'LIMIT_NOT_YOURS', message: expect.stringContaining('from the settings') };
  await expect(program.change(name, { director: null })).rejects.toMatchObject(lifted);
  await expect(program.change(name, { director: { cost_usd: null } })).rejects.toMatchObject(lifted);
  await expect(program.change(name, { director: { mode: 'policy' } })).rejects.toMatchObject({
    message: expect.stringContaining('mode policy'),
  });
  expect((await program.change(name, { director: { files: null, complexity: 0.1 } })).director).toMatchObject(
    {
      complexity: 0.1,
      own: ['mode', 'cost_usd', 'complexity'],
    },
  );
  const kept = { director: { cost_usd: null, mode: null, files: 7 } } as const;
  expect((await person.change(name, kept)).director).toMatchObject({
    mode: 'policy',
    cost_usd: 5,
    files: 7,
    own: ['files', 'complexity'],
  });
  expect((await person.change(name, { agent: 'patch' })).director).toMatchObject({ files: 7 });
  expect((await person.change(name, { director: null })).director).toMatchObject({ files: 30, own: [] });
});

test('R-LRN-4: only a person lets what was learned choose; a program may end that', async () => {
  const { name, person, program } = await ground();
  const refused = { code: 'LIMIT_NOT_YOURS', message: expect.stringContaining('choose models and agents') };
  expect(await program.change(name, { learning: 'off' })).toMatchObject({ learning: 'off' });
  expect((await person.values(name)).values).toContainEqual({
    key: 'learning',
    value: 'off',
    source: 'project',
  });
  await expect(program.change(name, { learning: 'on' })).rejects.toMatchObject(refused);
  expect(await person.change(name, { learning: 'on' })).toMatchObject({ learning: 'on' });
  expect((await person.values(name)).values).toContainEqual({
    key: 'learning',
    value: 'on: 0 of 50 work orders with a verified outcome seen; the static rule acts until 50 more are',
    source: 'project',
  });
  expect(await program.change(name, { learning: null })).toMatchObject({ learning: 'shadow' });
});

test('R-GREEN-7: only a person lets changes be judged less strictly; a program may make it stricter', async () => {
  const { name, person, program } = await ground();
  const refused = { code: 'LIMIT_NOT_YOURS', message: expect.stringContaining('less strictly') };
  for (const verify of ['standard', 'checks-only'] as const)
    await expect(program.change(name, { verify })).rejects.toMatchObject(refused);
  expect(await program.change(name, { verify: 'strict' })).toMatchObject({ verify: 'strict' });
  await expect(program.change(name, { verify: null })).rejects.toMatchObject(refused);
  expect(await person.change(name, { verify: 'checks-only' })).toMatchObject({ verify: 'checks-only' });
  expect((await person.values(name)).values).toContainEqual({
    key: 'verify',
    value: 'checks-only',
    source: 'project',
  });
  expect(await program.change(name, { verify: null })).toMatchObject({ verify: null });
});
