import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../../test/shared-database.ts';
import { isMooseError } from '../../../../domain/failure.ts';
import { planned, planOf } from '../../../../domain/plan/plan.fixture.ts';
import { acceptContract, contractChecksOf } from '../../../../store/work/plans/contract-checks.ts';
import { findResult } from '../../../run/step-results.ts';
import { askContracts } from '../../../specs/ask-contracts.ts';
import { atStep } from '../../scratch-pipeline.fixture.ts';
import { verifying } from '../verifying.ts';
import { asPlanned, contractOf, contractPath } from './contract-ground.fixture.ts';
import { contentOf, contractAt } from './read-contract.ts';

const shared = sharedDatabase();
const before = 'export interface Basket { id: string; total: number }\n';
const wider = before.replace('total', 'note?: string; total');
const other = before.replace('number', 'string');

interface Story {
  key?: string;
  base?: string | null;
  change?: Record<string, string>;
  planned?: Omit<Parameters<typeof asPlanned>[2], 'key'>;
}

async function ground({
  key = 'basket',
  base = before,
  change = { [contractPath]: other },
  planned: given,
}: Story) {
  const files: Record<string, string> = base === null ? { 'a.txt': 'a' } : { [contractPath]: base };
  const at = await atStep(shared(), 'verifying', { files, change });
  at.work.project.settings.checks = [{ kind: 'test', command: 'true', source: 'given' }];
  const specId = await asPlanned(shared(), at.work, { key, ...given });
  return { ...at, specId };
}

const stateOf = async (specId: string) =>
  (await askContracts({ database: shared() }).contracts(specId)).items[0];

function failureOf(end: Awaited<ReturnType<typeof verifying>>) {
  if (end.end !== 'refine' || !isMooseError(end.failure)) throw new Error(`It ended as ${end.end}`);
  return end.failure;
}

test('R-SPEC-3: a provider that breaks its contract is sent back, with member, before and after', async () => {
  const { work, specId } = await ground({});
  expect(await stateOf(specId)).toMatchObject({ state: 'waiting' });
  const end = await verifying(work);
  expect(failureOf(end)).toMatchObject({
    code: 'CONTRACT_BROKEN',
    failureClass: 'contract_violation',
    message: expect.stringContaining(
      'on which till, mail rely, changed in a way that breaks them: Basket.total is now string',
    ),
    metadata: {
      contract: 'Basket',
      provider: 'basket',
      users: ['till', 'mail'],
      role: 'provider',
      specId,
      breaking: [{ member: 'Basket.total', before: 'number', after: 'string' }],
    },
  });
  expect(end).toMatchObject({
    result: {
      isVerified: false,
      checks: [],
      feedback: {
        failureClass: 'contract_violation',
        output: expect.stringContaining('Basket.total before: number'),
      },
    },
  });
  expect(await stateOf(specId)).toMatchObject({
    state: 'broken',
    broken_by: 'basket',
    breaking: [{ member: 'Basket.total' }],
  });
});

test('R-SPEC-3: a provider that adds to its contract goes on to the checks', async () => {
  const { work, specId } = await ground({ change: { [contractPath]: wider } });
  expect(await verifying(work)).toMatchObject({ end: 'done', result: { isVerified: true } });
  expect(await stateOf(specId)).toMatchObject({ state: 'holds', breaking: [], broken_by: null });
});

test('R-SPEC-3: a provider that delivers a new contract goes on, if it can be read', async () => {
  const fine = await ground({ base: null, change: { [contractPath]: before } });
  expect(await verifying(fine.work)).toMatchObject({ end: 'done' });
  const unreadable = await ground({ base: null, change: { [contractPath]: 'export interface {' } });
  expect(failureOf(await verifying(unreadable.work)).message).toContain('is not TypeScript');
  const large = await ground({ base: null, change: { [contractPath]: `// ${'x'.repeat(1_000_001)}` } });
  expect(failureOf(await verifying(large.work)).message).toContain('the limit is 1000000');
});

test('R-SPEC-3: a provider that does not deliver its contract is sent back', async () => {
  const { work } = await ground({ base: null, change: { 'made.txt': 'x' } });
  expect(failureOf(await verifying(work)).message).toBe(
    `The contract "Basket" is not delivered: ${contractPath} is not there.`,
  );
});

test('R-SPEC-3: what was unreadable before may be replaced by anything that can be read', async () => {
  const { work } = await ground({ base: 'export interface {', change: { [contractPath]: other } });
  expect(await verifying(work)).toMatchObject({ end: 'done' });
});

test('R-SPEC-3: one who relies on a contract must not change it, even if that breaks nobody', async () => {
  const { work, specId } = await ground({ key: 'till', change: { [contractPath]: wider } });
  const failure = failureOf(await verifying(work));
  expect(failure.message).toContain('only basket may change it');
  expect(failure.metadata).toMatchObject({ role: 'user', breaking: [] });
  expect(await stateOf(specId)).toMatchObject({ state: 'broken', broken_by: 'till' });
  const untouched = await ground({ key: 'till', change: { 'made.txt': 'x' } });
  expect(await verifying(untouched.work)).toMatchObject({ end: 'done' });
});

test('R-SPEC-3: one to whom the plan gives the file too may add to it, and break nothing', async () => {
  const shares = planned('till', { files: [{ path: contractPath, act: 'change', kind: 'source' }] });
  const plan = planOf([planned('basket'), shares, planned('mail')], [contractOf()]);
  const adds = await ground({ key: 'till', change: { [contractPath]: wider }, planned: { plan } });
  expect(await verifying(adds.work)).toMatchObject({ end: 'done' });
  const breaks = await ground({ key: 'till', planned: { plan } });
  expect(failureOf(await verifying(breaks.work)).message).toContain('on which basket, till, mail rely');
});

test('R-SPEC-3: types that a contract imports belong to it', async () => {
  const text = "import type { Line } from './line.js';\nexport interface Basket { lines: Line[] }\n";
  const line = (type: string) => `export interface Line { price: ${type} }\n`;
  const at = await atStep(shared(), 'verifying', {
    files: { [contractPath]: text, 'src/line.ts': line('number') },
    change: { [contractPath]: `${text}\n`, 'src/line.ts': line('string') },
  });
  await asPlanned(shared(), at.work, { key: 'basket' });
  expect(failureOf(await verifying(at.work)).metadata.breaking).toMatchObject([
    { member: 'Basket.lines[].price', before: 'number', after: 'string' },
  ]);
});

const reExport = "export * from './line.js';\n";
const line = (type: string) => `export interface Line { price: ${type} }\n`;

async function withLine(key: string, after: string) {
  const at = await atStep(shared(), 'verifying', {
    files: { [contractPath]: reExport, 'src/line.ts': line('number') },
    change: { 'src/line.ts': after },
  });
  at.work.project.settings.checks = [{ kind: 'test', command: 'true', source: 'given' }];
  await asPlanned(shared(), at.work, { key });
  return verifying(at.work);
}

test.each(['basket', 'till'])(
  'R-SPEC-3: a contract that stays the same breaks if what it imports does (%s)',
  async (key) => {
    expect(failureOf(await withLine(key, line('string'))).metadata.breaking).toMatchObject([
      { member: 'Line.price', before: 'number', after: 'string' },
    ]);
  },
);

test('R-SPEC-3: what a contract imports may grow', async () => {
  const grown = `${line('number')}export const vat = 1;\n`;
  expect(await withLine('till', grown)).toMatchObject({ end: 'done' });
});

test.each<[string, string, string, string]>([
  ['json_schema', 'api/order.json', '{"properties":{"a":{"$ref":"./line.json"}}}', 'api/line.json'],
  [
    'protobuf',
    'api/order.proto',
    'syntax = "proto3";\nimport "api/line.proto";\nmessage A {}\n',
    'api/line.proto',
  ],
  ['sql', 'api/order.sql', '\\i line.sql\ncreate table a (b int);\n', 'api/line.sql'],
])(
  'R-SPEC-3: fear: a file that a contract of the kind %s refers to changes, and the contract is called kept',
  async (kind, path, text, named) => {
    const at = await atStep(shared(), 'verifying', {
      files: { [path]: text, [named]: 'one' },
      change: { [named]: 'two' },
    });
    await asPlanned(shared(), at.work, { key: 'basket', contracts: [contractOf({ kind, path })] });
    expect(failureOf(await verifying(at.work)).message).toContain(
      `cannot be compared: it refers to ${named}, which changed and is not followed`,
    );
  },
);

test('R-SPEC-3: fear: a person accepts a contract, and a later change of what it imports is accepted too', async () => {
  const at = await atStep(shared(), 'verifying', {
    files: { [contractPath]: reExport, 'src/line.ts': line('number') },
    change: { 'src/line.ts': line('string') },
  });
  const specId = await asPlanned(shared(), at.work, { key: 'basket' });
  const first = failureOf(await verifying(at.work)).metadata;
  const accepted = {
    specId,
    name: 'Basket',
    workOrderId: at.work.order.id,
    objectId: String(first.objectId),
  };
  expect(await acceptContract(shared().query, accepted, 'human:ada')).toBe(true);
  const applied = await findResult(at.work, 'applying');
  const commit = { repositoryPath: at.work.project.repositoryPath, signal: at.work.signal };
  const idAt = async (sha: string) =>
    contentOf({ ...commit, sha }, await contractAt({ ...commit, sha }, contractPath), 'typescript');
  expect(await idAt(applied?.headSha ?? '')).toBe(first.objectId);
  const routed = await findResult(at.work, 'routing');
  expect(await idAt(routed?.baseSha ?? ''), 'the main file is the same').not.toBe(first.objectId);
});

test('R-SPEC-3: what a person accepted is not asked about again, and another change is', async () => {
  const { work, specId } = await ground({});
  const { metadata } = failureOf(await verifying(work));
  const accepted = {
    specId,
    name: 'Basket',
    workOrderId: work.order.id,
    objectId: String(metadata.objectId),
  };
  expect(await acceptContract(shared().query, { ...accepted, objectId: 'f'.repeat(40) }, 'human:ada')).toBe(
    false,
  );
  expect(await acceptContract(shared().query, accepted, 'human:ada')).toBe(true);
  expect(await verifying(work)).toMatchObject({ end: 'done' });
  expect(await stateOf(specId)).toMatchObject({
    state: 'accepted',
    accepted_by: 'human:ada',
    breaking: [{ member: 'Basket.total' }],
  });
  expect(await contractChecksOf(shared().query, specId)).toHaveLength(1);
});

const withCommand = (command: string) => [contractOf({ kind: 'command', command })];

test('R-SPEC-3: the command of a contract is a check, also where it is red without the change', async () => {
  const kept = await ground({
    base: null,
    planned: { contracts: withCommand('test -f made.txt') },
    change: { 'made.txt': 'x' },
  });
  expect(await verifying(kept.work)).toMatchObject({
    end: 'done',
    result: { checks: [{}, { kind: 'contract', passed: true }] },
  });
  const red = await ground({ planned: { contracts: withCommand('echo "Basket.total is gone"; exit 1') } });
  expect(failureOf(await verifying(red.work))).toMatchObject({ code: 'CHECK_FAILED' });
});

test('R-SPEC-3: the command of a contract does not run if no person approved the plan', async () => {
  const given = { contracts: withCommand('false'), approvedBy: 'moose:director' };
  const { work, specId } = await ground({ planned: given });
  expect(await verifying(work)).toMatchObject({ end: 'done' });
  expect(await stateOf(specId)).toMatchObject({ state: 'unchecked' });
});

test('R-SPEC-3: a work order without a plan, or without contracts, has nothing to keep', async () => {
  const { work } = await ground({ planned: { contracts: [] } });
  expect(await verifying(work)).toMatchObject({ end: 'done' });
});
