import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { certifiedText, lastTable } from './kept-table.ts';

function aDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'moose-certified-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  mkdirSync(join(path, 'certified'));
  return path;
}

test('an agent that was never certified here has no table', async () => {
  expect(await lastTable(aDirectory(), 'pi')).toBeNull();
  expect(await certifiedText(join(aDirectory(), 'x'.repeat(300)), 'pi')).toBe('');
});

test('fear: a folder or a table that cannot be read hides what else the doctor finds', async () => {
  const data = aDirectory();
  symlinkSync('loop', join(data, 'certified', 'loop'));
  await expect(lastTable(data, 'loop')).rejects.toMatchObject({ code: 'CERTIFICATION_UNREADABLE' });
  mkdirSync(join(data, 'certified', 'pi'));
  writeFileSync(join(data, 'certified', 'pi', '1.0.json'), 'not JSON');
  for (const agent of ['loop', 'pi'])
    expect(await certifiedText(data, agent)).toMatch(/^; The kept certification .* cannot be read\.$/);
});
