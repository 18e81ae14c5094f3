import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { mooseProgram } from '../../../../test/moose-program.ts';
import { judgedLineSchema, printedDocuments } from '../../../contract/contract.ts';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import type { CliContext } from '../../context.ts';
import { createProgram } from '../../program.ts';
import { createPrinter } from '../../terminal/printer.ts';

function replay(args: readonly string[], input = '') {
  return spawnSync(process.execPath, [mooseProgram, 'replay', ...args], { input, encoding: 'utf8' });
}

function fileOf(content: unknown, name = 'table.json'): string {
  const path = join(scratchDirectory(), name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const count = 40;
const numbers = Array.from({ length: count }, (_, index) => index);
const aTable = {
  instance_ids: numbers.map((index) => `task ${index}`),
  models: [
    {
      key: 'cheap',
      cost_hint: 0.1,
      resolved: numbers.map((index) => Number(index % 2 === 0)),
      cost: numbers.map(() => 0.1),
    },
    {
      key: 'dear',
      cost_hint: 0.6,
      resolved: numbers.map((index) => Number(index % 5 > 0)),
      cost: numbers.map(() => 0.6),
    },
    { key: 'broken', usable: false, resolved: [], cost: [] },
  ],
};

test('R-LRN-5: a table is replayed without a database, and its trace is a log that plans are estimated from', () => {
  const trace = join(scratchDirectory(), 'trace.jsonl');
  const played = replay([
    '--table',
    fileOf(aTable),
    '--orders',
    '12',
    '--warm',
    '10',
    '--trace',
    trace,
    '--json',
  ]);
  expect(played.stderr).toBe('');
  const document = JSON.parse(played.stdout);
  expect(printedDocuments.replay.parse(document)).toEqual(document);
  expect(document).toMatchObject({
    table: { instances: count, arms: ['cheap', 'dear'], missing_cells: 0 },
    hindsight: { 'best-fixed-cascade': ['cheap', 'dear'] },
    policies: {
      learned: { hindsight: false },
      static: { hindsight: false },
      'best-single': { hindsight: true },
    },
  });
  const lines = readFileSync(trace, 'utf8').trim().split('\n');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ policy: 'learned', order: 0, position: 0, try: 1 });

  const estimated = replay([
    '--log',
    trace,
    '--policy',
    'fixed:cheap>dear,fixed:dear',
    '--estimator',
    'snips,dr',
    '--json',
  ]);
  const found = JSON.parse(estimated.stdout);
  expect(printedDocuments.replay.parse(found)).toEqual(found);
  expect(found.log).toMatchObject({ work_orders: 2 * 12 * count, decisions: lines.length });
  const plan = found.policies['fixed:cheap>dear'];
  expect(plan).toMatchObject({ supported: true });
  expect(plan).not.toHaveProperty('ips');
  const truth = document.policies['best-fixed-cascade'].value_per_task.mean;
  expect(Math.abs(plan.dr.mean - truth)).toBeLessThan(0.3);

  const text = replay(['--table', fileOf(aTable), '--orders', '1']).stdout;
  expect(text).toContain('Best fixed cascade in hindsight: cheap → dear');
  expect(replay(['--log', trace, '--policy', 'fixed:dear']).stdout).toContain('snips');
});

const hello = {
  type: 'hello',
  protocol: 1,
  policy: 'learned',
  value: 3,
  max_tries: 3,
  seed: 1,
  features: [],
  arms: [
    { arm: 'a', cost_hint: 0.1 },
    { arm: 'b', cost_hint: 0.2 },
  ],
};

test('R-LRN-6: a judge gets each answer before it says the next line', async () => {
  const program = spawn(process.execPath, [mooseProgram, 'replay', '--interactive'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const say = (line: object) => void program.stdin.write(`${JSON.stringify(line)}\n`);
  const ask = async (line: object) => {
    say(line);
    const { value } = await answers.next();
    return judgedLineSchema.parse(JSON.parse(String(value)));
  };
  expect(await ask(hello)).toEqual({ type: 'ready', protocol: 1, policy: 'learned' });
  let passes = 0;
  for (let index = 0; index < 20; index += 1) {
    const choice = await ask({ type: 'task', task: `t${index}`, features: {}, arms: ['a', 'b'] });
    if (choice.type !== 'choose' || choice.arm === null) continue;
    passes += 1;
    say({
      type: 'outcome',
      task: choice.task,
      try: 1,
      arm: choice.arm,
      status: 'success',
      cost: 0.5,
      next: false,
    });
  }
  const closed = once(program, 'exit');
  // Standard input stays open: the judge's message ends the run, not the end of the input.
  expect(await ask({ type: 'end' })).toMatchObject({
    type: 'summary',
    tasks: 20,
    tries: passes,
    successes: passes,
  });
  expect(await closed).toEqual([0, null]);
});

test('bad input is a sentence on standard error, never a stack, and nothing else on standard output', () => {
  const refused: [ReturnType<typeof replay>, string][] = [
    [replay(['--interactive'], `${JSON.stringify(hello)}\nnot json`), 'line 2 is not JSON'],
    [replay(['--interactive'], JSON.stringify(hello)), 'the input ended without "end"'],
    [replay(['--table', join(scratchDirectory(), 'table.json')]), 'table.json cannot be read'],
  ];
  for (const [{ status, stdout, stderr }, what] of refused) {
    expect(stderr, what).toContain(what);
    expect(stderr, what).not.toMatch(/^\s+at /m);
    expect(status, what).toBe(1);
    for (const line of stdout.trim().split('\n').filter(Boolean)) judgedLineSchema.parse(JSON.parse(line));
  }
});

test('an option that makes no sense is refused before anything is played', async () => {
  const printer = createPrinter(true);
  const context = {
    version: '1',
    signal: new AbortController().signal,
    printer: () => printer,
  } as unknown as CliContext;
  const run = (...args: string[]) =>
    createProgram(context, []).parseAsync(['replay', ...args], { from: 'user' });
  const table = fileOf(aTable);
  const refused: [string[], string][] = [
    [[], 'it needs --table FILE'],
    [['--table', table, '--policy', 'best'], 'not by "best"'],
    [
      ['--table', table, '--trace', join(scratchDirectory(), 'missing', 'trace')],
      'the trace cannot be written',
    ],
    [['--log', table], 'it needs the plans'],
    [['--log', table, '--policy', 'learned'], 'only fixed plans can be estimated'],
    [['--table', table, '--value', '0'], 'a positive number of dollars'],
    [['--table', table, '--seed', '-1'], 'a whole number, 0 or more'],
    [['--log', table, '--estimator', 'best'], 'some of ips, snips, dr'],
  ];
  for (const [args, what] of refused) await expect(run(...args), what).rejects.toThrow(what);
});

test('a message that expects no answer and means nothing is a warning, and the session goes on', () => {
  const lines = [
    hello,
    '',
    { type: 'correction', task: 't', try: 1, arm: 'a', status: 'failure' },
    { type: 'end' },
  ];
  const { stdout, stderr, status } = replay(
    ['--interactive'],
    lines.map((line) => (line === '' ? '' : JSON.stringify(line))).join('\n'),
  );
  expect(stderr).toContain('line 3: there is no outcome of try 1 of "t" with "a" to correct');
  expect(stdout.trim().split('\n')).toHaveLength(2);
  expect(status).toBe(0);
});
