import { rmSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { redact } from '../../../domain/text/redact.ts';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { projectOf } from '../../../store/work/projects/projects.ts';
import { createKeyRing } from '../../policy/secrets/key-ring.ts';
import { createProjectSecrets } from '../../policy/secrets/project-secrets.ts';
import { type AskProjectsDeps, askProjects } from './ask-projects.ts';

const known: AskProjectsDeps['known'] = { agentNames: ['patch'], assertModel: async () => undefined };
const secret = () => `s3cr3t-${crypto.randomUUID()}`;

async function ground(repository = '/srv/shop') {
  const database = await testDatabase();
  const keyRing = createKeyRing({ dataDirectory: scratchDirectory() });
  const { id, name } = await projectOf(database.query, repository, new Date());
  const asked = (actor: string, ring = keyRing) =>
    askProjects({ database, clock: systemClock, known, actor, keyRing: ring }).variables;
  const opened = createProjectSecrets(database, keyRing);
  return { database, keyRing, id, name, asked, person: asked('human:ada'), opened };
}

test('R-PROJ-5: a secret is stored so that the database alone does not give it away, and is never shown', async () => {
  const { database, id, name, person, opened } = await ground();
  const value = secret();
  expect(await person.set(name, { name: 'API_TOKEN', value })).toMatchObject({
    name: 'API_TOKEN',
    is_secret: true,
    for: ['setup', 'checks'],
    value: null,
    is_readable: true,
    changed_by: 'human:ada',
  });
  expect(await opened.of(id)).toMatchObject([{ name: 'API_TOKEN', value, isSecret: true }]);
  const { rows } = await sql<{ row: string }>`
    select project_variables::text || encode(sealed, 'escape') as row from project_variables`.execute(
    database.query,
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]?.row).not.toContain(value);
  expect(redact(`it printed ${value}`)).toBe('it printed [redacted:API_TOKEN]');
});

test('R-PROJ-5: what is no secret is shown to a person, and to no program', async () => {
  const { name, person, asked } = await ground();
  const set = { name: 'REGION', value: 'eu-central-1' };
  expect(await person.set(name, set)).toMatchObject({ is_secret: false, value: 'eu-central-1' });
  expect(await asked('api:ci').list(name)).toMatchObject([{ name: 'REGION', value: null }]);
  expect(
    await person.set(name, { name: 'DATABASE_URL', value: 'postgres://u:pa55-w0rd-x@db/shop' }),
  ).toMatchObject({ is_secret: true, value: null });
});

test('R-PROJ-5: only a person sets, removes or rotates; a program is refused and nothing changes', async () => {
  const { name, person, asked } = await ground();
  await person.set(name, { name: 'API_TOKEN', value: secret() });
  for (const actor of ['api:ci', 'mcp:assistant', 'moose:worker']) {
    const program = asked(actor);
    const refused = { code: 'VARIABLES_NOT_YOURS' };
    await expect(program.set(name, { name: 'API_TOKEN', value: secret() })).rejects.toMatchObject(refused);
    await expect(program.remove(name, 'API_TOKEN')).rejects.toMatchObject(refused);
    await expect(program.rotate()).rejects.toMatchObject(refused);
  }
  expect(await person.list(name)).toMatchObject([{ name: 'API_TOKEN', changed_by: 'human:ada' }]);
});

test('R-PROJ-5: rows that are swapped, moved to another project or given other sessions do not open', async () => {
  const { database, id, name, person, opened } = await ground();
  const other = await projectOf(database.query, '/srv/other', new Date());
  await person.set(name, { name: 'FIRST_TOKEN', value: secret() });
  await person.set(name, { name: 'OTHER_TOKEN', value: secret() });
  const unreadable = {
    code: 'VARIABLE_UNREADABLE',
    category: 'configuration',
    advice: expect.stringContaining('moose project variable set'),
  };
  await sql`update project_variables a set sealed = b.sealed from project_variables b where a.name <> b.name`.execute(
    database.query,
  );
  await expect(opened.of(id)).rejects.toMatchObject(unreadable);
  expect((await person.list(name)).map(({ is_readable }) => is_readable)).toEqual([false, false]);
  await person.set(name, { name: 'FIRST_TOKEN', value: secret() });
  await person.set(name, { name: 'OTHER_TOKEN', value: secret() });
  expect(await opened.of(id)).toHaveLength(2);
  await sql`update project_variables set project_id = ${other.id} where name = 'OTHER_TOKEN'`.execute(
    database.query,
  );
  await expect(opened.of(other.id)).rejects.toMatchObject(unreadable);
  await sql`update project_variables set audiences = '{agents}' where name = 'FIRST_TOKEN'`.execute(
    database.query,
  );
  await expect(opened.of(id)).rejects.toMatchObject(unreadable);
});

test('R-PROJ-5: without its key nothing opens, no second key is made beside it, and removing still works', async () => {
  const { database, id, name, person, keyRing } = await ground();
  await person.set(name, { name: 'API_TOKEN', value: secret() });
  rmSync(keyRing.path);
  const missing = {
    code: 'SECRETS_KEY_MISSING',
    category: 'configuration',
    message: expect.stringContaining('API_TOKEN'),
    advice: expect.stringContaining('MOOSE_SECRETS_KEY'),
  };
  const opened = createProjectSecrets(database, keyRing);
  await expect(opened.of(id)).rejects.toMatchObject(missing);
  await opened.remember();
  await expect(person.set(name, { name: 'API_TOKEN', value: secret() })).rejects.toMatchObject({
    code: 'SECRETS_KEY_MISSING',
  });
  await expect(person.rotate()).rejects.toMatchObject({ code: 'SECRETS_KEY_MISSING' });
  expect(await person.key()).toMatchObject({ key_ids: [], missing_key_ids: [expect.any(String)] });
  await person.remove(name, 'API_TOKEN');
  expect(await person.set(name, { name: 'API_TOKEN', value: secret() })).toMatchObject({
    is_readable: true,
  });
});

test('R-PROJ-5: after a rotation every value opens with the new key, and not on a machine that has only the old one', async () => {
  const { database, id, name, person, keyRing, opened } = await ground();
  const values = [secret(), secret()];
  await person.set(name, { name: 'A_TOKEN', value: values[0] ?? '' });
  await person.set(name, { name: 'B_TOKEN', value: values[1] ?? '' });
  const [old] = await keyRing.read();
  const elsewhere = createKeyRing({
    dataDirectory: scratchDirectory(),
    given: old?.bytes.toString('base64url') ?? '',
  });
  expect(await createProjectSecrets(database, elsewhere).of(id)).toHaveLength(2);
  expect(await person.rotate()).toMatchObject({ variables: 2, path: keyRing.path });
  expect((await opened.of(id)).map(({ value }) => value)).toEqual(values);
  await expect(createProjectSecrets(database, elsewhere).of(id)).rejects.toMatchObject({
    code: 'SECRETS_KEY_MISSING',
  });
});

test('R-PROJ-5: two machines that set the first variable at once do not lock each other out', async () => {
  const { name, asked, keyRing } = await ground();
  const other = createKeyRing({ dataDirectory: scratchDirectory() });
  const outcomes = await Promise.allSettled(
    [keyRing, other].map((ring, index) =>
      asked('human:ada', ring).set(name, { name: `TOKEN_${index}`, value: secret() }),
    ),
  );
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'SECRETS_KEY_MISSING' },
  });
});

test('R-PROJ-5: names, values and numbers have bounds, and the error never repeats the value', async () => {
  const { name, person } = await ground();
  const plain = { value: 'x', is_secret: false };
  for (const bad of ['', '1A', 'A-B', 'PATH', 'HOME', 'MOOSE_X', 'LD_PRELOAD', 'GIT_DIR', 'NODE_OPTIONS'])
    await expect(person.set(name, { name: bad, ...plain })).rejects.toMatchObject({
      code: 'VARIABLE_NAME_REFUSED',
    });
  for (const good of ['DATABASE_URL', 'NODE_ENV', 'GIT_SSL_CAINFO', '_x1'])
    expect(await person.set(name, { name: good, ...plain })).toMatchObject({ name: good });
  const refusal = async (value: string) =>
    person.set(name, { name: 'A_TOKEN', value, is_secret: true }).catch((cause: Error) => cause);
  for (const value of ['short', '12345678901', 'password', `a\0${secret()}`, 'x'.repeat(40_000)]) {
    const said = await refusal(value);
    expect(said).toMatchObject({ code: 'VARIABLE_VALUE_INVALID' });
    expect(JSON.stringify(said)).not.toContain(value);
  }
  expect(await refusal('/Zm9v+YmFy/cXV4MTIz')).toMatchObject({ is_secret: true });
  const many = async () => {
    for (let index = 0; index <= 100; index += 1)
      await person.set(name, { name: `V_${index}`, value: 'x', is_secret: false });
  };
  await expect(many()).rejects.toMatchObject({ code: 'VARIABLES_TOO_MANY' });
});

test('R-PROJ-5: the secrets of a removed project are gone', async () => {
  const { database, id, name, person, keyRing } = await ground();
  await person.set(name, { name: 'API_TOKEN', value: secret() });
  const projects = askProjects({ database, clock: systemClock, known, actor: 'human:ada', keyRing });
  expect(await projects.remove(name)).toMatchObject({ variables_deleted: 1 });
  expect(await createProjectSecrets(database, keyRing).of(id)).toEqual([]);
});
