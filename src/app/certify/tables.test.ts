import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Certification, CertifiedRow } from '../../contract/contract.ts';
import { certifiedText, keepTable, lastTable } from './kept-table.ts';
import { certificationLines } from './print.ts';
import { countsOf, differencesTo, mergedRows } from './tables.ts';

const aRow = (row: string, rest: Partial<CertifiedRow> = {}): CertifiedRow => ({
  row,
  provoked: 'nothing',
  verdict: 'right',
  findings: [],
  agent: {
    exit_code: 0,
    signal: null,
    stopped_because: null,
    said: 'success',
    words: '',
    duration_ms: 1_500,
    sessions: 1,
    calls: 1,
    changed: null,
    left: [],
    other_addresses: 0,
  },
  moose: { status: 'completed', code: null, category: null, decision: null, isolation: 'files' },
  ...rest,
});
const hanging = aRow('cut', {
  verdict: 'tolerable',
  findings: [
    { name: 'hangs', weight: 'tolerable', what: 'It hangs until Moose stops it.', remedy: 'A limit.' },
  ],
});

function aTable(
  version: string | null,
  rows: CertifiedRow[],
  certifiedAt = '2026-01-01T00:00:00.000Z',
): Certification {
  return {
    agent: 'mine',
    version,
    model: 'openai/gpt-5.1',
    certified_at: certifiedAt,
    ok: true,
    seconds: 1,
    rows,
    counts: countsOf(rows),
  };
}

test('a row that behaves otherwise than in the last version is named, and its time is not', () => {
  const slower = { ...aRow('works'), agent: { ...aRow('works').agent, duration_ms: 9_000 } };
  const differences = differencesTo(aTable('1', [aRow('works'), aRow('cut')]), [
    slower,
    hanging,
    aRow('new'),
  ]);
  expect(differences).toEqual([
    'cut: was right (no failure); is tolerable hangs (no failure).',
    'new: was not measured before.',
  ]);
});

test('rows that were not measured again stay, but only of the same version', () => {
  const earlier = aTable('1', [aRow('works'), aRow('cut')]);
  const order = ['works', '401', 'cut'];
  const names = (version: string) =>
    mergedRows(earlier, version, [hanging], order).map(({ row, verdict }) => `${row} ${verdict}`);
  expect(names('1')).toEqual(['works right', 'cut tolerable']);
  expect(names('2')).toEqual(['cut tolerable']);
});

test('the newest table of an agent is found again, whatever its version is called', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'moose-tables-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  expect(await lastTable(directory, 'mine')).toBeNull();
  await keepTable(directory, aTable('../../2', [hanging], '2026-02-01T00:00:00.000Z'));
  await keepTable(directory, aTable(null, [aRow('works')]));
  expect(readdirSync(join(directory, 'certified', 'mine')).sort()).toEqual(['__.._2.json', 'unknown.json']);
  expect(await lastTable(directory, 'mine')).toMatchObject({ version: '../../2', rows: [{ row: 'cut' }] });
  expect(await certifiedText(directory, 'mine')).toBe(
    '; certified ../../2 on 2026-02-01: 0 right, 1 tolerable, 0 wrong',
  );
  expect(await certifiedText(directory, 'other')).toBe('');
  writeFileSync(join(directory, 'certified', 'mine', 'unknown.json'), '{}');
  await expect(lastTable(directory, 'mine')).rejects.toMatchObject({ code: 'CERTIFICATION_UNREADABLE' });
  expect(await certifiedText(directory, 'mine')).toMatch(/^; The kept certification .* cannot be read/);
});

test('a person reads each row, each finding with what corrects for it, and the differences', () => {
  const table = aTable('2', [aRow('works'), hanging]);
  const before = { version: '1', certified_at: '2026-01-01T00:00:00.000Z' };
  const text = certificationLines({ ...table, compared_with: before, differences: ['cut: was right.'] }).join(
    '\n',
  );
  expect(text).toMatch(/^works {2}right {6}exit 0, says success, 1\.5 s, 1 call {2}completed {2}nothing$/m);
  expect(text).toContain('tolerable cut: hangs. It hangs until Moose stops it. A limit.');
  expect(text).toContain('Compared with 1, certified at 2026-01-01');
  expect(text).toContain('1 right, 1 tolerable, 0 wrong, in 1 s.');
});
