import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../../test/shared-database.ts';
import type { VerifyLevel } from '../../../../domain/work-order/verify-level.ts';
import { sessionsOf } from '../../../../store/work/sessions/session-rows.ts';
import { onRecord } from '../../on-record.fixture.ts';
import { atStep, type Given } from '../../scratch-pipeline.fixture.ts';
import { verifying } from '../verifying.ts';
import { fixed, shop, skipped, withNewTest, withTest } from './shop.fixture.ts';

const shared = sharedDatabase();

interface Asked extends Given {
  level?: VerifyLevel;
  title?: string;
}

async function judged({ level, title, ...given }: Asked) {
  const at = await atStep(shared(), 'verifying', { files: shop, ...given });
  if (level) at.work.project.settings.verify = level;
  if (title) at.work.order.title = title;
  const end = await verifying(at.work);
  if (end.end === 'over' || end.end === 'again') throw new Error('It has no result');
  const result = end.result;
  const { findings = [], isVerified, level: recorded } = result;
  const sessions = (await onRecord(at.work)).sessions.map((each) => each.replace(/ exited$/, ''));
  return {
    end: end.end,
    isVerified,
    level: recorded,
    sessions,
    findings: findings.map(({ weight, kind }) => `${weight} ${kind}`),
  };
}

test('R-GREEN-7: at checks-only, exit codes decide, no check runs again, and what the diff shows is told', async () => {
  const change = { ...skipped, 'half.js': `// @ts-nocheck\n${shop['half.js']}` };
  expect(await judged({ change, level: 'checks-only' })).toEqual({
    end: 'done',
    isVerified: true,
    level: 'checks-only',
    sessions: ['1-test'],
    findings: ['tells suppression'],
  });
  expect(await judged({ change })).toMatchObject({ end: 'refine', isVerified: false, level: 'standard' });
});

test('fear, R-GREEN-7: a new test that waits forever on the base holds the work order for the whole time limit of checks', async () => {
  const at = await atStep(shared(), 'verifying', { files: shop, change: withNewTest });
  at.work.settings = { ...at.work.settings, checkTimeLimitMs: 86_400_000 };
  await verifying(at.work);
  const sessions = await sessionsOf(at.work.database.query, at.work.order.id);
  const limits = new Map(sessions.map(({ name, timeLimitMs }) => [name, timeLimitMs]));
  expect(limits.get('1-test')).toBe(86_400_000);
  expect(limits.get('new-1-test')).toBeLessThan(3_600_000);
});

test('R-GREEN-7: at strict, an added test that was never red is refused, and at standard it is told', async () => {
  const change = {
    ...fixed,
    ...withTest("test('twice", "test('twice two', () => assert.equal(twice(2), 4));\n\ntest('twice"),
  };
  expect(await judged({ change })).toMatchObject({ isVerified: true, findings: ['tells never_red'] });
  expect(await judged({ change, level: 'strict' })).toMatchObject({
    end: 'refine',
    isVerified: false,
    level: 'strict',
    findings: ['refuses never_red'],
  });
  expect(await judged({ change: withNewTest, level: 'strict' })).toMatchObject({
    isVerified: true,
    findings: [],
  });
});

test('R-GREEN-7: at strict, a suppression with a reason is refused, and at standard it is told', async () => {
  const suppressed = `${fixed['half.js']}// eslint-disable-next-line no-undef -- given by the runtime\nexport const now = () => clock();\n`;
  const change = { 'half.js': suppressed };
  expect(await judged({ change })).toMatchObject({ isVerified: true, findings: ['tells suppression'] });
  expect(await judged({ change, level: 'strict' })).toMatchObject({ findings: ['refuses suppression'] });
});

test('R-GREEN-3, R-GREEN-7: at strict, changed tests must have a runner that names them', async () => {
  const files = {
    ...shop,
    'test/run.sh': 'node -e "import(\'./half.js\').then(({ twice }) => process.exit(twice(3) - 6))"\n',
  };
  const change = { ...fixed, 'test/run.sh': `echo begins\n${files['test/run.sh']}` };
  const orderSettings = { checks: [{ kind: 'test', command: 'sh test/run.sh', source: 'given' } as const] };
  const asked = { files, change, orderSettings };
  expect(await judged(asked)).toMatchObject({
    isVerified: true,
    findings: expect.arrayContaining(['tells no_report']),
  });
  expect(await judged({ ...asked, level: 'strict' })).toMatchObject({
    isVerified: false,
    findings: expect.arrayContaining(['refuses no_report']),
  });
});

test('fear, R-GREEN-7: the change itself switches the level off, and is judged by it', async () => {
  const lax = { '.moose/config.yml': 'verify: checks-only\n' };
  const asked = { change: { ...skipped, ...lax }, orderSettings: { allow_ci_changes: true } };
  expect(await judged(asked)).toMatchObject({ isVerified: false, level: 'standard' });
  const files = { ...shop, '.moose/config.yml': 'verify: strict\n' };
  expect(await judged({ ...asked, files })).toMatchObject({ isVerified: false, level: 'strict' });
});

test('R-GREEN-7: the level of the file on the base applies, and that of the project comes before it', async () => {
  const files = { ...shop, '.moose/config.yml': 'verify: checks-only\n' };
  expect(await judged({ files, change: skipped })).toMatchObject({ isVerified: true, level: 'checks-only' });
  expect(await judged({ files, change: skipped, level: 'standard' })).toMatchObject({
    isVerified: false,
    level: 'standard',
  });
});
