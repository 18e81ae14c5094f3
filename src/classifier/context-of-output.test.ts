import { expect, test } from 'vitest';
import { classifyFailure } from './classify-failure.ts';
import { jsTestsPrinted } from './js-tests-printed.fixture.ts';
import { packagesPrinted } from './packages-printed.fixture.ts';
import type { Printed } from './printed.fixture.ts';
import { sourcesPrinted } from './sources-printed.fixture.ts';
import { testsPrinted } from './tests-printed.fixture.ts';

const outputs: readonly Printed[] = [
  ...testsPrinted,
  ...jsTestsPrinted,
  ...sourcesPrinted,
  ...packagesPrinted,
];

function read({ command }: Printed, stdout: string) {
  const { failureClass, context } = classifyFailure({ command, exitCode: 1, stdout, component: 'verifier' });
  return { failureClass, context };
}

test.each(outputs.map((printed) => [printed.tool, printed] as const))(
  'R-FAIL-4: the context is read from the output of %s',
  (_, printed) => {
    expect(read(printed, printed.lines.join('\n'))).toEqual({
      failureClass: printed.is,
      context: printed.context,
    });
  },
);

const before = (prefix: string) => (lines: readonly string[]) => lines.map((line) => `${prefix}${line}`);
/** How other programs change the output of a tool before Moose reads it. */
const changes: readonly (readonly [string, (lines: readonly string[]) => readonly string[]])[] = [
  ['in colour', (lines) => lines.map((line) => (line === '' ? '' : `\x1b[1m\x1b[31m${line}\x1b[0m`))],
  ['with the ends of lines of Windows', (lines) => lines.map((line) => `${line}\r`)],
  ['with the time of each line', before('2026-11-27T16:56:56.1234567Z ')],
  ['from the logs of GitHub', before('test (22)\tRun npm test\t2026-11-27T16:56:56.1234567Z ')],
  [
    'under Turborepo',
    (lines) => [
      '• Packages in scope: @acme/app, @acme/lib',
      '@acme/app:test: cache miss, executing 381ff3d3066c649a',
      ...before('@acme/app:test: ')(lines),
      '@acme/app:test: ERROR: command finished with error: command (/w/app) pnpm run test exited (1)',
      ' Tasks:    0 successful, 1 total',
      'Failed:    @acme/app#test',
    ],
  ],
  [
    'under Turborepo, of which only the end was kept',
    (lines) => [...before('@acme/app:test: ')(lines), '', 'Failed:    @acme/app#test'],
  ],
  [
    'under pnpm',
    (lines) => [
      'Scope: 2 of 3 workspace projects',
      'packages/app test$ run',
      ...before('packages/app test: ')(lines.filter((line) => line !== '')),
      'packages/app test: Failed',
      '/w/packages/app:',
      ' ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL  @acme/app@1.0.0 test: `run`',
      'Exit status 1',
    ],
  ],
  [
    'under Nx',
    (lines) => [
      ' NX   Running target test for 2 projects:',
      '',
      '- app',
      '- lib',
      '',
      '> nx run app:test',
      '',
      ...before('app: ')(lines.filter((line) => line !== '')),
      '',
      ' NX   Running target test for 2 projects failed',
      '',
      'Failed tasks:',
      '',
      '- app:test',
    ],
  ],
  [
    'under Nx, which prints a task at its end',
    (lines) => ['> nx run app:test', '', ...lines, '', 'Failed tasks:', '', '- app:test'],
  ],
  [
    'under Lerna',
    (lines) => [
      'lerna info Executing command in 2 packages: "npm run test"',
      '@acme/app: > @acme/app@1.0.0 test',
      '@acme/app: > run',
      ...before('@acme/app: ')(lines.filter((line) => line !== '')),
      "lerna ERR! npm run test exited 1 in '@acme/app'",
    ],
  ],
  [
    'under Yarn',
    (lines) => [
      '[@acme/app]: Process started',
      ...before('[@acme/app]: ')(lines),
      '[@acme/app]: Process exited (exit code 1), completed in 0s 612ms',
    ],
  ],
  [
    'under concurrently',
    (lines) => ['[0] > run', ...before('[0] ')(lines), '[0] npm run test exited with code 1'],
  ],
  ['under Docker Compose', before('app-1  | ')],
];

test.each(changes)('R-FAIL-4: the context is the same %s', (_, change) => {
  const misread = outputs.flatMap((printed) => {
    const told = comparable(read(printed, change(printed.lines).join('\n')));
    const wanted = comparable({ failureClass: printed.is, context: printed.context });
    return JSON.stringify(told) === JSON.stringify(wanted) ? [] : [{ tool: printed.tool, told, wanted }];
  });
  expect(misread).toEqual([]);
});

/** Without the exit code, because the runner reports that of the task. */
function comparable({ failureClass, context }: ReturnType<typeof read>) {
  return [
    failureClass,
    Object.entries(context)
      .filter(([name]) => name !== 'exitCode')
      .sort(),
  ];
}

test('R-FAIL-4: of two failures, the place of the first is read, and not a mixture', () => {
  const mixed = outputs.flatMap((printed) => {
    const { file } = printed.context;
    if (file === undefined) return [];
    const name = file.split('/').at(-1) ?? file;
    const second = printed.lines.map((line) =>
      line
        .replaceAll(name, name.replace('.', '_of_second.'))
        .replace(/([:,(])(\d{1,3})(?=[:,)]|\b)/g, (_, mark, number) => `${mark}${Number(number) + 70}`),
    );
    const { context } = read(printed, [...printed.lines, ...second].join('\n'));
    const placeOf = (each: Printed['context']) => [each.file, each.line, each.column, each.errorCode];
    return JSON.stringify(placeOf(context)) === JSON.stringify(placeOf(printed.context))
      ? []
      : [`${printed.tool}: ${placeOf(context)}`];
  });
  expect(mixed).toEqual([]);
});

test('R-FAIL-4: the lines of tasks that run at the same time are read task by task, the first to end first', () => {
  const stdout = [
    '@acme/lib:lint: cache miss, executing 1a2b',
    '@acme/app:lint: cache miss, executing 3c4d',
    '@acme/app:lint: /w/app/src/a.ts',
    '@acme/lib:lint: /w/lib/src/b.ts',
    '@acme/app:lint:   3:5  error  Unused x  no-unused-vars',
    '@acme/app:lint: ✖ 1 problem (1 error, 0 warnings)',
    '@acme/lib:lint:   7:9  error  Missing y  no-undef',
    '@acme/lib:lint: ✖ 1 problem (1 error, 0 warnings)',
    'Failed:    @acme/app#lint',
  ].join('\n');
  const { context } = classifyFailure({ command: 'npx turbo run lint', exitCode: 1, stdout });
  expect(context).toEqual({ file: '/w/app/src/a.ts', line: 3, column: 5, errorCode: 'no-unused-vars' });
});

test.each([
  ['pnpm -r run build', 'compile_error'],
  ['pnpm --filter @acme/app lint', 'lint_error'],
  ['npx nx run-many -t test --parallel', 'test_fail'],
  ['npx turbo run app#typecheck', 'compile_error'],
  ['npm run e2e --workspaces', 'test_fail'],
  ['pnpm dlx ./scripts/test/serve', 'unknown'],
])('R-FAIL-4: %s fails as %s, whatever the task prints', (command, failureClass) => {
  const stdout = ' ERR_PNPM_RECURSIVE_RUN_FIRST_FAIL  @acme/app@1.0.0 build: `vite build`\nExit status 1';
  expect(classifyFailure({ command, exitCode: 1, stdout }).failureClass).toBe(failureClass);
});

test.each([
  ['a time', 'Error at 12:30:45, gave up'],
  ['a time with a date', '2026-11-27 12:30:45 the job failed'],
  ['an address', 'expected http://localhost:3000/a.js to answer'],
  ['the name of a host with a port', 'Error: cannot reach db.example.com:5432'],
  ['a host with a port, behind a word', 'failed to connect to registry.npmjs.org:443'],
  ['an IP address with a port', 'connection to 127.0.0.1:5432 failed'],
  ['the image of a container', 'failed to pull ghcr.io:443/acme/app:12'],
  ['a version', 'expected v1.2.3:4 but got v1.2.3:5'],
  ['a ratio', 'failed: 3:2 is not 2:3'],
  ['an internal frame of Node', '    at node:internal/process/task_queues:104:5'],
  ['a library', '    at f (/w/node_modules/x/index.js:12:5)'],
])('R-FAIL-4: %s is no place in a file', (_, stdout) => {
  for (const command of ['npm test', 'npm run build', 'npx eslint .', './run.sh', 'npm ci']) {
    const { context } = classifyFailure({ command, exitCode: 1, stdout: `${stdout}\n` });
    expect(context.file, command).toBeUndefined();
    expect(context.line, command).toBeUndefined();
  }
});
