import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { newId, type WorkOrderId } from '../../domain/ids.ts';
import { systemClock } from '../../stdx/clock.ts';
import { reserveBudget } from '../../store/money/costs.ts';
import { projectOf } from '../../store/work/projects.ts';
import { type AskProjectsDeps, askProjects } from './ask-projects.ts';

const shared = sharedDatabase();
const usd = (cents: number) => BigInt(cents) * 10_000_000n;
const known: AskProjectsDeps['known'] = { agentNames: ['patch'], assertModel: async () => undefined };

async function ground() {
  const database = shared();
  const { id, name } = await projectOf(database.query, `/srv/${newId<WorkOrderId>(new Date())}`, new Date());
  const asked = (actor: string) => askProjects({ database, clock: systemClock, known, actor });
  const reserve = async (amount: bigint) =>
    (await reserveBudget(database.query, amount, 'pipeline', { project_id: id })).reservationId !== null;
  return { database, id, name, reserve, person: asked('human:ada'), program: asked('api:ci') };
}

test('R-BUD-1: the limit that is set for a project holds from the next reservation on, and for that project alone', async () => {
  const { name, reserve, person } = await ground();
  const other = await ground();
  expect(await reserve(usd(70))).toBe(true);
  expect(await person.change(name, { limitNanoUsd: usd(100) })).toMatchObject({ limit_usd: 1 });
  expect(await reserve(usd(60))).toBe(true);
  expect(await reserve(usd(60))).toBe(false);
  expect(await person.one(name)).toMatchObject({ limit_usd: 1, used_usd: 0.6 });
  expect(await other.reserve(usd(60))).toBe(true);
  await person.change(name, { limitNanoUsd: usd(200) });
  expect(await reserve(usd(60))).toBe(true);
  expect(await person.change(name, { limitNanoUsd: null })).toMatchObject({ limit_usd: null });
  expect(await reserve(usd(500))).toBe(true);
});

test('R-BUD-1: a program lowers a limit of a project, and neither raises it nor takes it away', async () => {
  const { name, person, program } = await ground();
  await person.change(name, { limitNanoUsd: usd(100) });
  const refused = { code: 'LIMIT_NOT_YOURS', advice: expect.stringContaining('moose project set') };
  await expect(program.change(name, { limitNanoUsd: usd(101) })).rejects.toMatchObject(refused);
  await expect(program.change(name, { limitNanoUsd: null })).rejects.toMatchObject(refused);
  await expect(program.change(name, { allowCiChanges: true })).rejects.toMatchObject(refused);
  expect(await program.change(name, { limitNanoUsd: usd(50) })).toMatchObject({ limit_usd: 0.5 });
});

test('what is set for a project is kept beside what was set before, and what is not known is refused', async () => {
  const { database, id, name, person } = await ground();
  await person.change(name, { checks: [{ kind: 'test', command: 'make test', source: 'given' }] });
  await person.change(id, { agent: 'patch', allowCiChanges: true });
  expect(await person.one(name)).toMatchObject({
    agent: 'patch',
    checks: [{ kind: 'test', command: 'make test' }],
    allow_ci_changes: true,
  });
  await person.change(name, { agent: null, checks: null, allowCiChanges: false });
  const { settings } = await database.query
    .selectFrom('projects')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  expect(settings).toEqual({});
  await expect(person.change(name, { agent: 'nobody' })).rejects.toMatchObject({ code: 'AGENT_UNKNOWN' });
  await expect(person.change(`${name.slice(0, -1)}`, {})).rejects.toMatchObject({
    code: 'PROJECT_NOT_FOUND',
  });
});
