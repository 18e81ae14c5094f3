import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../../git/scratch-repository.fixture.ts';
import { probeIsolation } from '../../sessions/isolation/probe-isolation.ts';
import type { Config } from '../config/config.ts';
import { diagnosePrepared } from './prepared.ts';

const asked = (dataDirectory: string, isolation: Config['engine']['isolation']) =>
  ({ dataDirectory, engine: { isolation, preparedGbMax: 1 } }) as Pick<Config, 'dataDirectory' | 'engine'>;

test('before the first setup the doctor says nothing about what is kept', async () => {
  expect(await diagnosePrepared(asked(scratchDirectory(), 'auto'))).toEqual([]);
});

test('fear: nobody knows that sessions can change what later work orders get', async () => {
  const dataDirectory = scratchDirectory();
  mkdirSync(join(dataDirectory, 'prepared'));
  expect(await diagnosePrepared(asked(dataDirectory, 'off'))).toMatchObject([
    {
      state: 'warning',
      found: expect.stringMatching(
        /^0 kept, 0 of \d+ MiB; .*no overlay: sessions are not isolated; sessions can write/,
      ),
      advice: expect.stringContaining('prepared_gb'),
    },
  ]);
  const { level } = await probeIsolation();
  const [isolated] = await diagnosePrepared(asked(dataDirectory, 'auto'));
  expect(isolated?.state).toBe(level === 'files' ? 'ok' : 'warning');
});
