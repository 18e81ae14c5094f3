// `moose demo --spec` as a newcomer runs it: in an empty directory, with an empty home and without a key (R-SPEC-2, R-SPEC-3).
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { PrintedDocument } from '../../src/contract/contract.ts';
import { compiledCode } from '../compiled-code.ts';
import { mooseProgram } from '../moose-program.ts';
import { endGateways } from './gateway-processes.fixture.ts';

/** On a machine that does nothing else; on a busy one, it gets a smaller share. */
const quietSecondsMax = 90;
const testMsMax = 600_000;

test(
  'R-SPEC-2, R-SPEC-3: a newcomer sees a spec become four work orders, with a contract that is broken once and fixed',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'moose-newcomer-'));
    const [home, folder, data] = [join(root, 'home'), join(root, 'folder'), join(root, 'home/.moose/demo')];
    for (const path of [home, folder]) await mkdir(path);
    onTestFinished(async () => {
      await endGateways(data);
      await rm(root, { recursive: true, force: true });
    });
    const moose = (...args: string[]) =>
      promisify(execFile)(process.execPath, [mooseProgram, ...args], {
        cwd: folder,
        env: { ...compiledCode, HOME: home, PATH: process.env.PATH },
        timeout: testMsMax,
        killSignal: 'SIGKILL' as const,
        maxBuffer: 64 * 1024 ** 2,
      });

    const { stdout, stderr } = await moose('demo', '--spec');
    const busy = Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());
    expect(Number(/That took ([\d.]+) s/.exec(stdout)?.[1])).toBeLessThan(quietSecondsMax * busy);
    // A person reads sentences: no lines of the log, and nothing twice.
    expect(stderr).not.toMatch(/^\{/m);
    expect(stderr).toContain('planned: line → total, text → pages');
    expect(stderr).toContain('contract: Receipt line, by line for total, text');
    expect(stderr).toMatch(
      /text\S* verifying → generating: schemas\/receipt-line\.json declares the contract/,
    );
    expect(stdout.match(/4 of 4 work orders/g)).toHaveLength(1);
    expect(stdout.match(/broke a contract at first, was told whom that breaks, and fixed it/g)).toHaveLength(
      1,
    );
    expect(await readdir(folder)).toEqual([]);

    const [, spec = ''] = /spec status (\w+)/.exec(stdout) ?? [];
    const told = await moose('--data', data, 'spec', 'status', spec, '--json');
    const { run } = JSON.parse(told.stdout) as PrintedDocument<'spec status'>;
    expect(run).toMatchObject({ state: 'done', summary: { open: [] } });
    const parts = run?.work_orders.map(({ key, status, depends_on }) => [key, status, depends_on]);
    expect(parts).toEqual([
      ['line', 'completed', []],
      ['total', 'completed', ['line']],
      ['text', 'completed', ['line']],
      ['pages', 'completed', ['text']],
    ]);
    const contracts = await moose('--data', data, 'spec', 'contracts', spec, '--json');
    expect(JSON.parse(contracts.stdout)).toMatchObject({
      items: [{ name: 'Receipt line', state: 'holds', breaking: [] }],
    });
  },
  testMsMax,
);
