import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { printedDocuments } from '../../../contract/contract.ts';
import { shortId } from '../../../domain/ids.ts';
import { planned, planOf } from '../../../domain/plan/plan.fixture.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import type { PlanProblem } from '../../../domain/plan/plan-problems.ts';
import { aPlannedSpec, by } from '../../../engine/specs/planned-spec.fixture.ts';
import { addPlan, askPlanning, endPlanning } from '../../../store/work/plans/plannings.ts';
import { projectOf } from '../../../store/work/projects/projects.ts';
import { moose } from '../run-command.fixture.ts';

test('R-SPEC-1: moose spec estimates, stores, lists and shows specs', async () => {
  const database = await testDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'moose-specs-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, 'shop.md');
  await writeFile(path, '# Shop\n- a basket\n- a till\n');
  expect((await moose(database, 'spec')).text).toMatch(/^No specs yet/);
  expect((await moose(database, 'spec', 'estimate', path)).text).toContain('work orders: 1 to 2');
  const { document } = await moose(database, 'spec', 'upload', path);
  expect(document).toMatchObject({ name: 'shop.md', created_by: 'human:anna' });
  expect((await moose(database, 'spec', 'ls')).text).toMatch(/1 to 2 .*shop\.md/);
  const { id } = document as { id: string };
  expect((await moose(database, 'spec', 'show', id.slice(-8))).text).toContain('- a till');
  await expect(moose(database, 'spec', 'show', 'ffffffff')).rejects.toMatchObject({
    code: 'SPEC_NOT_FOUND',
  });
  await expect(moose(database, 'spec', 'estimate', join(directory, 'none'))).rejects.toMatchObject({
    code: 'TEXT_UNREADABLE',
  });
});

test('fear: a spec is stored again each time its planning fails', async () => {
  const database = await testDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'moose-specs-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, 'shop.md');
  await writeFile(path, '# Shop\n- a basket\n');
  const { name: project, id: projectId } = await projectOf(database.query, '/srv/shop', new Date());
  const stored = async () => database.query.selectFrom('specs').select(['id', 'projectId']).execute();
  await expect(moose(database, 'spec', 'plan', path)).rejects.toMatchObject({ code: 'SPEC_WITHOUT_PROJECT' });
  const asked = moose(database, 'spec', 'plan', path, '--project', project);
  await expect(asked).rejects.toMatchObject({ code: 'NO_MODEL' });
  await expect(moose(database, 'spec', 'plan', path)).rejects.toMatchObject({ code: 'SPEC_WITHOUT_PROJECT' });
  await expect(moose(database, 'spec', 'plan', path, '--project', project)).rejects.toThrow();
  const [first, ...others] = await stored();
  expect(first).toMatchObject({ projectId });
  // Without a project, it is another spec: nobody can tell that it is for the same one.
  expect(others).toMatchObject([{ projectId: null }]);
  // A text with an approved plan can be stored again, for another plan.
  await addPlan(database.query, {
    id: randomUUID(),
    specId: first?.id ?? '',
    plan: planOf([planned('a')]),
    problems: [],
    planningId: null,
    madeBy: 'human:anna',
    because: 'planned',
  });
  await moose(database, 'spec', 'approve', first?.id ?? '');
  const again = await moose(database, 'spec', 'upload', path, '--project', project);
  expect((again.document as { id: string }).id).not.toBe(first?.id);
});

test('fear: whoever asks for another plan of an approved spec is told to use --again, which is refused', async () => {
  const database = await testDatabase();
  const spec = await aPlannedSpec(database, { a: [] });
  const { id: projectId } = await projectOf(database.query, '/srv/api', new Date());
  const planning = { id: randomUUID(), specId: spec, projectId, model: 'a/one', limitNanoUsd: 1n };
  await askPlanning(database.query, { ...planning, askedBy: by, requestedBy: by, runFor: null });
  await endPlanning(database.query, planning.id, { state: 'planned' });
  const plan = () => moose(database, 'spec', 'plan', spec, '--no-wait');
  expect((await plan()).notes).toEqual(['It already has a plan: --again plans it again.']);
  await moose(database, 'spec', 'approve', spec);
  await expect(moose(database, 'spec', 'plan', spec, '--again')).rejects.toMatchObject({
    code: 'SPEC_APPROVED',
  });
  expect((await plan()).notes).toEqual([
    `Its plan is approved: moose spec status ${shortId(spec)} shows how far it is. For another plan, store the text as a new spec.`,
  ]);
});

test.each([
  ['spec upload', ['spec', 'upload', 'x.md', '--name', 'n'.repeat(201)]],
  ['an empty one', ['spec', 'upload', 'x.md', '--name', ' ']],
  ['mcp', ['mcp', '--name', 'n'.repeat(201)]],
])('a name that is too long or empty is refused, with the limit: %s', async (_, args) => {
  const database = await testDatabase();
  await expect(moose(database, ...args)).rejects.toThrow(
    /It (has 201 characters; the limit is 200|must not be empty)\./,
  );
});

test('R-SPEC-1: a plan is shown in its order, and edited from a file; what is wrong says so', async () => {
  const database = await testDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'moose-plans-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = async (name: string, text: string) => {
    await writeFile(join(directory, name), text);
    return join(directory, name);
  };
  const uploaded = await moose(database, 'spec', 'upload', await file('shop.md', '# Shop\n- a basket\n'));
  const { id: specId } = uploaded.document as { id: string };
  expect((await moose(database, 'spec', 'versions', specId)).text).toMatch(/^No plan yet/);
  expect((await moose(database, 'spec', 'status', specId)).text).toMatch(/^Nobody has asked/);
  expect((await moose(database, 'spec', 'stop', specId)).text).toBe('Nothing to stop.');
  const contract = {
    name: 'till',
    kind: 'typescript',
    path: 'src/a.ts',
    provider: 'a',
    users: ['b'],
    command: '',
  };
  const plan = planOf([planned('b', { depends_on: ['a'] }), planned('a')], [contract]);
  const problem = { code: 'FILE_EXISTS' as const, keys: ['a'], message: 'a: src/a.ts exists.' };
  await addPlan(database.query, {
    id: randomUUID(),
    specId,
    plan,
    problems: [problem],
    planningId: null,
    madeBy: 'architect:a/one',
    because: 'planned',
  });
  const shown = await moose(database, 'spec', 'show', specId);
  expect(shown.text).toMatch(/1 +a +2 +0\.2 +Build a\n2 +b +a +2 +0\.2 +Build b/);
  expect(shown.text).toMatch(/till +typescript +a +b +src\/a\.ts/);
  expect(shown.text).toContain('It is not valid:\n- a: src/a.ts exists.');
  expect((await moose(database, 'spec', 'show', specId, '--text')).text).toContain('- a basket');
  const path = await file('plan.json', JSON.stringify(shown.document));
  const edited = await moose(database, 'spec', 'edit', specId, '--file', path, '--because', 'looked at');
  expect(edited.text).toContain('version 2 by human:anna: looked at');
  expect((await moose(database, 'spec', 'versions', specId)).text).toMatch(/no \(1\)[\s\S]*yes +looked at/);
  await expect(moose(database, 'spec', 'edit', specId, '--file', path)).rejects.toMatchObject({
    code: 'PLAN_CHANGED',
  });
  const broken = await file('broken.json', '{');
  await expect(moose(database, 'spec', 'edit', specId, '--file', broken)).rejects.toMatchObject({
    code: 'PLAN_NOT_JSON',
  });
  const alone = await file('alone.json', JSON.stringify({ ...plan, work_orders: [] }));
  await expect(moose(database, 'spec', 'edit', specId, '--file', alone)).rejects.toMatchObject({
    code: 'PLAN_INVALID',
  });
});

test('R-SPEC-4: spec versions --diff shows why a version was refused, and what the next one changed', async () => {
  const database = await testDatabase();
  const { specId, add } = await uploaded(database);
  expect((await moose(database, 'spec', 'versions', specId, '--diff')).text).toMatch(/^No plan yet/);
  const problem = { code: 'DEPENDENCY_CYCLE' as const, keys: ['a', 'b'], message: 'a and b form a cycle.' };
  await add(planOf([planned('a', { depends_on: ['b'] }), planned('b', { depends_on: ['a'] })]), [problem]);
  await add(planOf([planned('a'), planned('b', { depends_on: ['a'] })]), []);
  await add(planOf([planned('a'), planned('b', { depends_on: ['a'] })]), []);
  const { text, document } = await moose(database, 'spec', 'versions', specId, '--diff');
  expect(printedDocuments['spec versions'].parse(document)).toEqual(document);
  expect(stripVTControlCharacters(text).split('\n')).toEqual([
    'version 1 by architect:a/one: planned',
    '  refused:',
    '  - a and b form a cycle.',
    '',
    'version 2 by architect:a/one: planned',
    '  changed work order a',
    '    after:',
    '    - b',
    '  valid',
    '',
    'version 3 by architect:a/one: planned',
    '  the same as version 2',
    '  valid',
  ]);
});

test('R-SPEC-4: a version that was kept aside is compared with the edit that stays the newest', async () => {
  const database = await testDatabase();
  const { specId, add } = await uploaded(database);
  await add(planOf([planned('a')]), []);
  await add(planOf([planned('a'), planned('b')]), []);
  await database.query.updateTable('specPlans').set({ isAside: true }).where('version', '=', 2).execute();
  await add({ ...planOf([planned('c')]), summary: 'Another way.' }, []);
  const { text } = await moose(database, 'spec', 'versions', specId, '--diff');
  const lines = stripVTControlCharacters(text).split('\n');
  expect(lines).toContain('version 2 by architect:a/one: planned (not used)');
  expect(lines.slice(lines.indexOf('version 3 by architect:a/one: planned') + 1)).toEqual(
    expect.arrayContaining([
      ...['  changed the plan', '    + Another way.', '  added work order c', '  removed work order a'],
    ]),
  );
  expect(lines).not.toContain('  removed work order b');
});

async function uploaded(database: Awaited<ReturnType<typeof testDatabase>>) {
  const directory = await mkdtemp(join(tmpdir(), 'moose-versions-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, 'shop.md');
  await writeFile(path, '# Shop\n- a basket\n');
  const { id: specId } = (await moose(database, 'spec', 'upload', path)).document as { id: string };
  const add = (plan: Plan, problems: PlanProblem[]) =>
    addPlan(database.query, {
      id: randomUUID(),
      specId,
      plan,
      problems,
      planningId: null,
      madeBy: 'architect:a/one',
      because: 'planned',
    });
  return { specId, add };
}
