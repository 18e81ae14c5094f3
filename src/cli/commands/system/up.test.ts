import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { mooseProgram } from '../../../../test/moose-program.ts';
import { noModelConfigured } from '../../../engine/pipeline/models/fitting-model.ts';
import type { CliContext } from '../../context.ts';
import { addUp } from './up.ts';

test('an invalid port is a usage error, and nothing is started', () => {
  for (const port of ['x', '70000']) {
    const { status, stderr } = spawnSync(process.execPath, [mooseProgram, 'up', '--port', port], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining('whole number up to 65535')]);
  }
});

test('R-SES-4: fear: Moose starts without a model and says nothing until the first work order fails', async () => {
  const notes: string[] = [];
  const worker = { executorId: 'one', labels: [], drainMs: 0, close: async () => undefined };
  const context = {
    signal: AbortSignal.abort(),
    printer: () => ({ isJson: false, stream: () => undefined, note: (line: string) => notes.push(line) }),
    open: async () => ({
      ground: 'a test',
      work: async () => worker,
      close: async () => undefined,
      lack: async () => noModelConfigured(),
    }),
  } as unknown as CliContext;
  const program = new Command('moose').exitOverride();
  addUp(program, context);
  await program.parseAsync(['worker'], { from: 'user' });
  expect(notes).toEqual([
    expect.stringMatching(/^Moose cannot work yet\. No model is configured\. Set ANTHROPIC/),
  ]);
});
