import { pino } from 'pino';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { reportIgnored } from './report-ignored.ts';

const shared = sharedDatabase();

test('R-ESC-1: fear: an alert that nobody is sent logs no decision, or one each time that it is raised', async () => {
  const database = shared();
  const report = reportIgnored({ database, logger: pino({ level: 'silent' }) });
  const logged = async () =>
    (await database.query.selectFrom('decisionLogs').select(['agentType', 'inputContext']).execute())
      .map(({ agentType, inputContext }) => `${agentType} ${(inputContext as { code?: string }).code}`)
      .filter((each) => each === 'settings SETTING_IGNORED');
  const ignored = [{ key: 'settings.limits.x', because: 'it is no number' }];
  await report(ignored);
  await report(ignored);
  expect(await logged()).toHaveLength(1);
  // It is raised again after it has been resolved.
  await report([]);
  await report(ignored);
  expect(await logged()).toHaveLength(2);
});
