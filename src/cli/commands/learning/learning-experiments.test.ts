import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { printedDocuments } from '../../../contract/contract.ts';
import { assign, learningProject } from '../../../engine/learning/experiment-ground.fixture.ts';
import { atTerminal } from '../../at-terminal.fixture.ts';
import { moose } from '../run-command.fixture.ts';

test('R-SEC-1: fear: an agent that runs the command line starts an experiment in the name of a person', async () => {
  const database = await testDatabase();
  const { project } = await learningProject(database);
  const wish = ['learning', 'compare', project, 'static', 'fixed:p/strong', '--cap', '5'];
  await expect(moose(database, ...wish)).rejects.toMatchObject({ code: 'PERSON_NEEDED' });
  atTerminal('no');
  await expect(moose(database, ...wish)).rejects.toMatchObject({ code: 'NOT_CONFIRMED' });
  expect((await moose(database, 'learning', 'experiments')).text).toBe('No policies have been compared yet.');
});

test('R-LRN-5: moose learning compare starts an experiment, experiments says what came of it, end stops it', async () => {
  const database = await testDatabase();
  const { project } = await learningProject(database);
  expect((await moose(database, 'learning', 'experiments')).text).toBe('No policies have been compared yet.');
  const wish = ['learning', 'compare', project, 'static', 'fixed:p/strong', '--cap'];
  await expect(moose(database, ...wish, 'much')).rejects.toMatchObject({ code: 'LIMIT_INVALID' });
  atTerminal('yes');
  const made = await moose(database, ...wish, '12.50');
  expect(printedDocuments['learning compare'].parse(made.document)).toEqual(made.document);
  expect(made.document).toMatchObject({ state: 'running', cap_usd: 12.5, created_by: 'human:anna' });
  expect(made.text).toContain('Half of the work orders of');
  const { id } = made.document as { id: string };
  for (let index = 0; index < 10; index += 1) await assign(database);
  const shown = await moose(database, 'learning', 'experiments');
  expect(shown.text).toContain('static against fixed:p/strong, running');
  expect(shown.text).toMatch(
    /\d+ work orders assigned, \d+ not finished, 0 without a verified outcome, 0 left/,
  );
  const ended = await moose(database, 'learning', 'end', id.slice(-8));
  expect(ended.text).toMatch(/^Stopped before it was decided: static minus fixed:p\/strong is \$0\.00/);
});
