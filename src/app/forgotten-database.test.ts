import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openMoose } from './compose.ts';
import { readConfig } from './config/config.ts';
import { diagnose } from './doctor/diagnose.ts';

test.each(['prepare', 'use'] as const)(
  'R-BASE-1: fear: a command without MOOSE_DATABASE_URL works on an empty database of its own: %s',
  async (mode) => {
    const data = mkdtempSync(join(tmpdir(), 'moose-forgotten-'));
    onTestFinished(() => rmSync(data, { recursive: true, force: true }));
    writeFileSync(join(data, 'database-id'), '0b5e7c1e-0000-7000-8000-000000000001 builder\n');
    const config = readConfig({ PATH: process.env.PATH, HOME: data }, { data });
    const refusal = {
      code: 'DATABASE_ELSEWHERE',
      message: expect.stringContaining('MOOSE_DATABASE_URL is not set'),
      advice: expect.stringContaining('database-id'),
    };
    await expect(openMoose(config, undefined, mode)).rejects.toMatchObject(refusal);
    expect(readdirSync(data)).not.toContain('postgres');
    const database = (await diagnose(config)).find(({ name }) => name === 'database');
    expect(database).toMatchObject({ state: 'missing', found: refusal.message, advice: refusal.advice });
  },
);
