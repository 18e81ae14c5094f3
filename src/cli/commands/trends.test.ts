import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Command } from 'commander';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { createMoose } from '../../engine/moose.ts';
import { noForge } from '../../engine/no-forge.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import type { CliContext } from '../context.ts';
import { createFace } from '../face.ts';
import { addLearning } from './learning.ts';
import { addSpecs } from './specs.ts';
import { addTrends } from './trends.ts';

const unused = {} as never;

/** Runs a command on this database, and returns its output: the JSON document and the text. */
async function moose(database: Database, ...args: string[]): Promise<{ document?: unknown; text: string }> {
  const printed: { document?: unknown; text: string } = { text: '' };
  const asked = createMoose({
    ...{ database, clock: systemClock, actor: 'human:anna', ...noForge, known: unused },
  });
  const context: Pick<CliContext, 'face' | 'open' | 'signal'> = {
    signal: new AbortController().signal,
    open: async () => ({
      ...{ moose: asked, ground: 'a test', close: async () => undefined },
      ...{ work: unused, serve: unused, mcp: unused },
    }),
    face: (isJson) => ({
      ...createFace(isJson),
      print: (document, lines) => {
        printed.document = JSON.parse(JSON.stringify(document));
        printed.text = stripVTControlCharacters([lines()].flat().join('\n'));
      },
    }),
  };
  const program = new Command('moose').option('--json').exitOverride();
  for (const add of [addTrends, addLearning, addSpecs]) add(program, context as CliContext);
  for (const command of program.commands.flatMap((each) => [each, ...each.commands]))
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync(args, { from: 'user' });
  return printed;
}

test('R-UI-7: moose trends shows every bucket, including empty ones', async () => {
  const database = await testDatabase();
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  await database.query
    .insertInto('costTracking')
    .values({
      ...{
        id: workOrderId as never,
        type: 'actual',
        status: 'presumed',
        serviceName: 'proposer',
        workOrderId,
        runId,
      },
      ...{ reservedNanoUsd: 0n, actualNanoUsd: 2_500_000_000n, model: 'a/one', settledAt: new Date() },
    })
    .execute();
  await database.query
    .insertInto('errorEvents')
    .values({
      ...{
        id: workOrderId,
        errorType: 'X',
        severity: 'low',
        component: 'test',
        operation: 'test',
        errorMessage: 'x',
      },
      ...{ failureClass: 'timeout', category: 'transient', fingerprint: 'f', recoveryStrategy: 'retry' },
      recoverySuccess: true,
    })
    .execute();
  const { document, text } = await moose(database, 'trends', '--range', '7d');
  expect(document).toMatchObject({ range: '7d', totals: { spent_usd: 2.5 } });
  expect(text).toMatch(/spent {6}·{28}█ \$2\.50 in 1 calls, \$2\.50 of it presumed/);
  expect(text).toMatch(/recovered .* 1 of 1 with a known outcome \(100 %\)/);
  expect(text).toMatch(/a\/one +\$2\.50 +\$0\.00 +1/);
  expect((await moose(await testDatabase(), 'trends')).text).toMatch(/0 of 0 with a known outcome \(n\/a\)/);
  await expect(moose(database, 'trends', '--range', '1y')).rejects.toMatchObject({
    code: 'commander.invalidArgument',
  });
});

test('R-UI-7: moose learning shows how models and agents performed', async () => {
  const database = await testDatabase();
  expect((await moose(database, 'learning')).text).toBe('No attempts ended in the last 30d.');
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  await database.query
    .insertInto('outcomeVectors')
    .values({
      ...{ id: runId, workOrderId, runId, success: false, model: 'a/one', agent: 'patch', complexity: 0.1 },
      ...{
        features: '{}',
        costNanoUsd: 0n,
        durationMs: 5_000n,
        refinementCycles: 1,
        failureClass: 'test_fail',
      },
    })
    .execute();
  const { text } = await moose(database, 'learning');
  expect(text).toMatch(/a\/one +patch +low +0 of 1 \(0 %\) +0 % to 79 %/);
  expect(text).toMatch(/a\/one +test_fail +1 +100 %/);
  expect(text).toContain('No significant differences.');
});

test('R-SPEC-1: moose specs estimates, stores, lists and shows specs', async () => {
  const database = await testDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'moose-specs-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, 'shop.md');
  await writeFile(path, '# Shop\n- a basket\n- a till\n');
  expect((await moose(database, 'specs')).text).toMatch(/^No specs yet/);
  expect((await moose(database, 'specs', 'estimate', path)).text).toContain('work orders: 1 to 2');
  const { document } = await moose(database, 'specs', 'upload', path);
  expect(document).toMatchObject({ name: 'shop.md', created_by: 'human:anna' });
  expect((await moose(database, 'specs', 'ls')).text).toMatch(/1 to 2 .*shop\.md/);
  const { id } = document as { id: string };
  expect((await moose(database, 'specs', 'show', id.slice(-8))).text).toContain('- a till');
  await expect(moose(database, 'specs', 'show', 'ffffffff')).rejects.toMatchObject({
    code: 'SPEC_NOT_FOUND',
  });
  await expect(moose(database, 'specs', 'estimate', join(directory, 'none'))).rejects.toMatchObject({
    code: 'TEXT_UNREADABLE',
  });
});
