// Runs tests several times beside busy processes, and prints each test that was red once, with its messages: a test that is
// red once in twenty runs costs somebody a day.
//   npm run test:again -- TIMES [FILES…] [--ring first|second] [--busy N]
// Without files, it runs the first ring. Exit code 0: never red; 1: red at least once; 2: wrong usage.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ringVariable } from '../test/rings.ts';
import { type RunReport, redLines, redTests } from './test-again/red-tests.ts';

const root = join(import.meta.dirname, '..');
const usage = 'Usage: npm run test:again -- TIMES [FILES…] [--ring first|second] [--busy N]';
const timesMax = 1_000;
const busyMax = 64;

const given = readArguments();
if (given === null) {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
} else runAgain(given);

interface Given {
  times: number;
  files: readonly string[];
  ring: string;
  busy: number;
}

function readArguments(): Given | null {
  try {
    const options = { ring: { type: 'string' }, busy: { type: 'string', default: '8' } } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [first = '', ...files] = positionals;
    const [times, busy] = [wholeNumber(first, timesMax), wholeNumber(values.busy, busyMax)];
    const ring = values.ring ?? (files.length === 0 ? 'first' : 'all');
    if (times === null || times === 0 || busy === null) return null;
    return ['first', 'second', 'all'].includes(ring) ? { times, files, ring, busy } : null;
  } catch {
    return null;
  }
}

function wholeNumber(text: string, max: number): number | null {
  return /^\d{1,4}$/.test(text) && Number(text) <= max ? Number(text) : null;
}

function runAgain({ times, files, ring, busy }: Given): void {
  const folder = mkdtempSync(join(tmpdir(), 'moose-again-'));
  const spinning = Array.from({ length: busy }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  process.once('exit', () => {
    for (const child of spinning) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const reports: RunReport[] = [];
  for (let run = 1; run <= times; run += 1) {
    const report = runOnce(join(folder, `${run}.json`), files, ring);
    reports.push(report);
    const { passed, red, seconds } = report;
    process.stdout.write(`Run ${run} of ${times}: ${passed} tests green, ${red.length} red, ${seconds} s\n`);
  }
  const found = redTests(reports);
  process.stdout.write(
    redLines(found, times)
      .map((line) => `${line}\n`)
      .join(''),
  );
  process.exit(found.length === 0 ? 0 : 1);
}

function runOnce(path: string, files: readonly string[], ring: string): RunReport {
  const startedMs = performance.now();
  const program = join(root, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(
    process.execPath,
    [program, 'run', '--reporter=json', `--outputFile=${path}`, ...files],
    { cwd: root, stdio: 'ignore', env: { ...process.env, [ringVariable]: ring } },
  );
  return { ...readReport(path, status), seconds: Math.round((performance.now() - startedMs) / 1000) };
}

interface VitestReport {
  numPassedTests: number;
  testResults: Array<{
    name: string;
    status: string;
    message: string;
    assertionResults: Array<{ fullName: string; status: string; failureMessages: string[] | null }>;
  }>;
}

function readReport(path: string, status: number | null): Omit<RunReport, 'seconds'> {
  const asWhole = { name: 'the run as a whole', message: `vitest ended with exit code ${status}` };
  let report: VitestReport;
  try {
    report = JSON.parse(readFileSync(path, 'utf8')) as VitestReport;
  } catch {
    return { passed: 0, red: [{ ...asWhole, message: `${asWhole.message} and left no report` }] };
  }
  const red = report.testResults.flatMap(({ name, status: ofFile, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((each) => each.status === 'failed');
    if (failed.length === 0) return ofFile === 'failed' ? [{ name: file, message }] : [];
    return failed.map(({ fullName, failureMessages }) => ({
      name: `${file} > ${fullName}`,
      message: (failureMessages ?? []).join('\n'),
    }));
  });
  return { passed: report.numPassedTests, red: status !== 0 && red.length === 0 ? [asWhole] : red };
}
