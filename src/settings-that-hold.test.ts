import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../test/database.ts';
import { readConfig } from './config.ts';
import { diagnose } from './diagnose.ts';
import { settingsThatHold } from './settings-that-hold.ts';
import { urlOfRunning } from './store/embedded/running-url.ts';
import { quick, scratchWithCluster } from './store/embedded/scratch.fixture.ts';
import { startEmbedded } from './store/embedded/start-embedded.ts';
import { writeSetting } from './store/system-config.ts';

function configOf(env: Record<string, string>) {
  const data = mkdtempSync(join(tmpdir(), 'moose-settings-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  return readConfig({ PATH: process.env.PATH, HOME: data, MOOSE_MODELS: 'scripted/usual', ...env }, { data });
}

test('fear: the doctor looks at models that nobody asks any more, and is silent about a row that is not gone by', async () => {
  const database = await testDatabase();
  for (const tier of ['light', 'standard', 'strong'])
    await writeSetting(database.query, `settings.models.${tier}`, ['anthropic/claude-x'], 'human:ada');
  await writeSetting(database.query, 'settings.limits.machine_slots', 'many', 'human:ada');
  const looks = await diagnose(configOf({ DATABASE_URL: database.url }));
  expect(looks.find(({ name }) => name === 'models')).toMatchObject({
    state: 'warning',
    found: 'anthropic/claude-x',
  });
  expect(looks.find(({ name }) => name.startsWith('setting '))).toMatchObject({
    name: 'setting settings.limits.machine_slots',
    state: 'warning',
    found: expect.stringContaining('not gone by: it has to be a whole number'),
    advice: expect.stringContaining('moose config unset settings.limits.machine_slots'),
  });
});

test('what cannot be asked changes nothing: no database, none of Moose, none that runs', async () => {
  for (const env of [{ DATABASE_URL: 'postgres://me:pw@127.0.0.1:1/x' }, {}]) {
    const config = configOf(env);
    expect(await settingsThatHold(config)).toEqual({ engine: config.engine, ignored: [] });
  }
});

test('the embedded server is asked where it runs, and not started for it', { timeout: 60_000 }, async () => {
  const directory = await scratchWithCluster();
  expect(await urlOfRunning(directory, 'postgres')).toBeNull();
  const server = await startEmbedded({ directory, settings: quick });
  expect(await urlOfRunning(directory, 'postgres')).toBe(server.url);
  await server.stop();
  expect(await urlOfRunning(directory, 'postgres')).toBeNull();
});
