import { symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { newId, type WorkOrderId } from '../../../domain/ids.ts';
import { scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { projectOf } from '../../../store/work/projects/projects.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { submit } from '../../commands/submit/submit.ts';
import { projectGround, usd } from './project-ground.fixture.ts';

const shared = sharedDatabase();
const ground = () => projectGround(shared());

test("R-BUD-1: a project's limit applies from the next reservation on, and only to that project", async () => {
  const { name, reserve, person } = await ground();
  const other = await ground();
  expect(await reserve(usd(70))).toBe(true);
  expect(await person.change(name, { limit_usd: 1 })).toMatchObject({ limit_usd: 1 });
  expect(await reserve(usd(60))).toBe(true);
  expect(await reserve(usd(60))).toBe(false);
  expect(await person.one(name)).toMatchObject({ limit_usd: 1, used_usd: 0.6 });
  expect(await other.reserve(usd(60))).toBe(true);
  await person.change(name, { limit_usd: 2 });
  expect(await reserve(usd(60))).toBe(true);
  expect(await person.change(name, { limit_usd: null })).toMatchObject({ limit_usd: null });
  expect(await reserve(usd(500))).toBe(true);
});

test('a new setting of a project leaves its other settings unchanged, and an unknown setting is refused', async () => {
  const { database, id, name, person } = await ground();
  await person.change(name, { checks: [{ kind: 'test', command: 'make test' }] });
  await person.change(id, { agent: 'patch', allow_ci_changes: true });
  expect(await person.one(name)).toMatchObject({
    agent: 'patch',
    checks: [{ kind: 'test', command: 'make test' }],
    allow_ci_changes: true,
  });
  await person.change(name, { agent: null, checks: null, allow_ci_changes: false });
  const { settings } = await database.query
    .selectFrom('projects')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  expect(settings).toEqual({});
  for (const time_limit_ms of [30 * 24 * 3_600_000, 0, 0.5])
    await expect(person.change(name, { time_limit_ms })).rejects.toMatchObject({
      code: 'TIME_LIMIT_INVALID',
    });
  await expect(person.change(name, { agent: 'nobody' })).rejects.toMatchObject({ code: 'AGENT_UNKNOWN' });
  await expect(person.change(`${name.slice(0, -1)}`, {})).rejects.toMatchObject({
    code: 'PROJECT_NOT_FOUND',
  });
});

test('R-PROJ-2: the reviewer, the setup and the services of a project are set, shown with their source, and removed', async () => {
  const { name, person } = await ground();
  const services = { db: { command: 'postgres -p 5433', ready: { port: 5433 } } };
  const change = { reviewer: 'a/reviewer', setup: ['make deps'], services };
  expect(await person.change(name, change)).toMatchObject(change);
  const values = async () => {
    const all = (await person.values(name)).values;
    return Object.fromEntries(
      all
        .filter(({ key }) => ['reviewer', 'setup', 'services'].includes(key))
        .map(({ key, value, source }) => [key, `${source}: ${value}`]),
    );
  };
  expect(await values()).toEqual({
    reviewer: 'project: a/reviewer',
    setup: 'project: make deps',
    services: expect.stringMatching(/^project: db/),
  });
  expect(await person.change(name, { reviewer: 'none', setup: [], services: {} })).toMatchObject({
    reviewer: 'none',
    setup: [],
    services: {},
  });
  expect(await person.change(name, { reviewer: null, setup: null, services: null })).toMatchObject({
    reviewer: null,
    setup: null,
    services: null,
  });
  for (const [wrong, says] of [
    [{ db: { command: 'postgres' } }, /services\.db\.ready/],
    [{ 'D B': services.db }, /services/],
    [{ db: { ...services.db, needs: ['cache'] } }, /must be the name of a service/],
    ['postgres', /must be a map/],
  ] as const)
    await expect(person.change(name, { services: wrong as never })).rejects.toMatchObject({
      code: 'PROJECT_SERVICES_INVALID',
      message: expect.stringMatching(says),
    });
  const secret = `export KEY=sk-ant-api03-${'a1B2'.repeat(24)}AA`;
  await expect(person.change(name, { setup: [secret] })).rejects.toMatchObject({ code: 'SECRET_IN_CHECK' });
  await expect(
    person.change(name, { services: { db: { ...services.db, command: secret } } }),
  ).rejects.toMatchObject({ code: 'SECRET_IN_CHECK' });
});

test('R-DIST-3: the labels of a project are set, shown with their source, and removed', async () => {
  const { database, id, name, person } = await ground();
  expect(await person.change(name, { labels: ['gpu=yes'] })).toMatchObject({ labels: ['gpu=yes'] });
  const labels = async () => (await person.values(name)).values.filter(({ key }) => key === 'labels');
  expect(await labels()).toEqual([{ key: 'labels', value: 'gpu=yes', source: 'project' }]);
  await expect(person.change(name, { labels: ['gpu'] })).rejects.toMatchObject({ code: 'LABEL_INVALID' });
  expect(await person.change(name, { labels: [] })).toMatchObject({ labels: null });
  expect(await labels()).toEqual([]);
  const { settings } = await database.query
    .selectFrom('projects')
    .select('settings')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  expect(settings).toEqual({});
});

/** Nobody listens at this address: an added project cannot be reached. */
const addressOf = (name: string) => `http://127.0.0.1:1/acme/${name}.git`;
const aName = () => `p-${newId<WorkOrderId>(new Date()).slice(-12)}`;

test('R-PROJ-1: a remote is one project, whatever its spelling, even if it cannot be reached from here', async () => {
  const { person, database } = await ground();
  const name = aName();
  const added = await person.add({ repository: addressOf(name) });
  expect(added).toMatchObject({
    project: { name, remote_url: `http://127.0.0.1:1/acme/${name}`, repository_path: null, base: null },
    warnings: [expect.stringContaining('cannot reach')],
  });
  const again = await person.add({ repository: `HTTP://127.0.0.1:1/acme/${name}/`, base: 'next' });
  expect(again.project).toMatchObject({ id: added.project.id, base: 'next' });
  await person.change(name, { base: null });
  expect(await person.one(name)).toMatchObject({ base: null });
  await expect(person.change(name, { base: '-x' })).rejects.toMatchObject({ code: 'BRANCH_NAME_INVALID' });
  await expect(person.add({ repository: addressOf(name), name: 'other' })).rejects.toMatchObject({
    code: 'PROJECT_NAME_TAKEN',
    message: expect.stringContaining(`"${name}" already`),
  });
  await expect(person.add({ repository: addressOf(`${name}-2`), name })).rejects.toMatchObject({
    code: 'PROJECT_NAME_TAKEN',
  });
  const twin = await person.add({ repository: `http://127.0.0.1:1/other/${name}` });
  expect(twin.project.name).toBe(`${name}-2`);
  const secret = addressOf(name).replace('://', '://ada:hunter2@');
  await expect(person.add({ repository: secret })).rejects.toMatchObject({ code: 'REMOTE_URL_HAS_SECRET' });
  const { rows } = await sql<{ all: string }>`select string_agg(p::text, ' ') as all from projects p`.execute(
    database.query,
  );
  expect(rows[0]?.all).not.toContain('hunter2');
});

test('R-PROJ-1: a local repository is added by its path, and its base must be one of its branches', async () => {
  const { person } = await ground();
  const { path, git } = scratchRepository();
  git('branch', 'release');
  const { project } = await person.add({ repository: path, name: aName(), base: 'release' });
  expect(project).toMatchObject({ repository_path: path, remote_url: null, base: 'release' });
  await expect(person.change(project.id, { base: 'relase' })).rejects.toMatchObject({
    code: 'BASE_BRANCH_UNKNOWN',
    advice: expect.stringContaining('release'),
  });
});

test('R-PROJ-1: a project is removed once its work has ended, and adding it again restores its settings and history', async () => {
  const { person, database } = await ground();
  const name = aName();
  const { project } = await person.add({ repository: addressOf(name) });
  const { order } = await submit(
    { database, clock: systemClock },
    { title: 'Open', project: name },
    'human:ada',
  );
  await expect(person.remove(name)).rejects.toMatchObject({ code: 'PROJECT_IN_USE' });
  const ended = { status: 'cancelled' as const, changedBy: 'human:ada', changedBecause: 'test' };
  await changeWorkOrder(database.query, order.id, {}, ended);
  await person.change(name, { limit_usd: 1 });
  expect(await person.remove(name)).toMatchObject({
    id: project.id,
    work_orders: 1,
    kept: [expect.stringContaining('1 work order'), expect.any(String), expect.stringContaining('mirror')],
  });
  await expect(person.one(name)).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
  await expect(person.remove(project.id)).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
  const late = submit({ database, clock: systemClock }, { title: 'Late', project: name }, 'human:ada');
  await expect(late).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
  expect((await person.list()).map(({ id }) => id)).not.toContain(project.id);
  const { project: back } = await person.add({ repository: addressOf(name) });
  expect(back).toMatchObject({ id: project.id, name, limit_usd: 1, work_orders: 1 });
});

test('R-PROJ-2: a project shows the values for its next work order, with their sources', async () => {
  const { database, person } = await ground();
  const text = 'agent: codex\nlimit: 2\ntime: 30m\nsetup: make deps\nbase: main\n';
  const repository = scratchRepository({ '.moose/config.yml': text, Makefile: 'test:\n\t./run\n' });
  const { name } = await projectOf(database.query, repository.path, new Date());
  await person.change(name, { work_order_limit_usd: 3, model: 'p/strong', time_limit_ms: null });
  expect(await person.values(name)).toEqual({
    commit: repository.headSha,
    problem: null,
    unconfirmed_hosts: null,
    files: null,
    assets: { instructions: [], skills: [], servers: [], left_out: [] },
    prepared: null,
    here: { host: hostname(), path: repository.path, is_there: true },
    values: [
      { key: 'base', value: 'main', source: 'file' },
      { key: 'agent', value: 'codex', source: 'file' },
      { key: 'model', value: 'p/strong', source: 'project' },
      { key: 'reviewer', value: 'none', source: 'default' },
      { key: 'limit', value: '$3.00', source: 'project' },
      { key: 'time', value: '30m', source: 'file' },
      { key: 'setup', value: 'make deps', source: 'file' },
      { key: 'checks', value: 'test: make test', source: 'found' },
      { key: 'merge', value: 'never', source: 'default' },
      { key: 'verify', value: 'standard', source: 'default' },
      { key: 'together', value: 'likely', source: 'default' },
      { key: 'image', value: 'none: the programs of the machine', source: 'default' },
      {
        key: 'learning',
        value: 'shadow: 0 of 50 work orders with a verified outcome seen',
        source: 'default',
      },
    ],
  });
});

test('R-PROJ-2: the base is the branch that the file on the default branch names; that branch decides the rest', async () => {
  const { database, person } = await ground();
  const repository = scratchRepository({ '.moose/config.yml': 'base: next\nagent: codex\n' });
  repository.git('checkout', '--quiet', '-b', 'next');
  const next = repository.commit({ '.moose/config.yml': 'base: main\nagent: patch\n' });
  repository.git('checkout', '--quiet', 'main');
  const { name } = await projectOf(database.query, repository.path, new Date());
  const values = async () => person.values(name);
  expect(await values()).toMatchObject({
    commit: next,
    values: expect.arrayContaining([
      { key: 'base', value: 'next', source: 'file' },
      { key: 'agent', value: 'patch', source: 'file' },
    ]),
  });
  await person.change(name, { base: 'main' });
  expect(await values()).toMatchObject({
    commit: repository.headSha,
    values: expect.arrayContaining([{ key: 'base', value: 'main', source: 'project' }]),
  });
  await person.change(name, { base: null });
  repository.git('branch', '--quiet', '-D', 'next');
  expect(await values()).toMatchObject({
    commit: null,
    problem: expect.stringContaining('which .moose/config.yml on main names'),
  });
});

test('R-PROJ-3: a person sees which ignored files agents can read, and says what is copied; a program only says nothing is', async () => {
  const { database, person, program } = await ground();
  const committed = { '.gitignore': '.env*\n', '.worktreeinclude': '.env*\n' };
  const repository = scratchRepository(committed);
  repository.write({ '.env': 'A=1', '.env.test': 'B=2' });
  symlinkSync('/etc/passwd', join(repository.path, '.env.link'));
  const { name } = await projectOf(database.query, repository.path, new Date());
  expect(await person.values(name)).toMatchObject({
    files: {
      names: ['.env', '.env.test'],
      total: 2,
      likely_secrets: ['.env'],
      problem: null,
      left_out: [{ path: '.env.link', because: expect.stringContaining('leads out of the checkout') }],
    },
    values: expect.arrayContaining([
      { key: 'files', value: '2 of the checkout, named by .worktreeinclude', source: 'file' },
    ]),
  });
  const refused = { code: 'LIMIT_NOT_YOURS' };
  await expect(program.change(name, { files: ['.env'] })).rejects.toMatchObject(refused);
  await expect(program.change(name, { files: null })).rejects.toMatchObject(refused);
  expect(await program.change(name, { files: [] })).toMatchObject({ files: [] });
  expect(await person.values(name)).toMatchObject({ files: null });
  await person.change(name, { files: ['.env.test'] });
  expect(await person.values(name)).toMatchObject({ files: { names: ['.env.test'] } });
  expect(await person.change(name, { files: null })).toMatchObject({ files: null });
});

test('an invalid file, or a repository on another machine, does not hide the rest', async () => {
  const { database, name, person } = await ground();
  expect(await person.values(name)).toMatchObject({
    commit: null,
    problem: expect.stringContaining('does not exist'),
    values: expect.arrayContaining([{ key: 'agent', value: 'patch', source: 'default' }]),
  });
  const repository = scratchRepository({ '.moose/config.yml': 'agnet: x\n' });
  const broken = await projectOf(database.query, repository.path, new Date());
  expect(await person.values(broken.name)).toMatchObject({
    commit: repository.headSha,
    problem: expect.stringContaining('.moose/config.yml:1:1: there is no key "agnet"'),
  });
});

test('a remote that this machine has not fetched says so, and its settings are shown', async () => {
  const { person } = await ground();
  const { project } = await person.add({ repository: addressOf(aName()) });
  expect(await person.values(project.name)).toMatchObject({
    commit: null,
    problem: expect.stringContaining('has not fetched'),
    values: expect.arrayContaining([{ key: 'agent', value: 'patch', source: 'default' }]),
  });
});

test('a submission without a repository, or with both a project and a repository, is refused', async () => {
  const { database } = await ground();
  const deps = { database, clock: systemClock };
  for (const given of [{}, { project: 'a', repositoryPath: '/b' }])
    await expect(submit(deps, { title: 'X', ...given }, 'human:ada')).rejects.toMatchObject({
      code: 'SUBMISSION_WITHOUT_REPOSITORY',
    });
});

test('fear: a project gets an owner as whom nobody can sign in, and its questions reach nobody', async () => {
  const { name, person } = await ground();
  for (const owner of ['a b\nc', '', 'x'.repeat(201)])
    await expect(person.change(name, { owner })).rejects.toMatchObject({ code: 'PROJECT_OWNER_INVALID' });
  expect(await person.change(name, { owner: 'ada' })).toMatchObject({ owner: 'ada' });
  expect(await person.change(name, { owner: null })).toMatchObject({ owner: null });
});
