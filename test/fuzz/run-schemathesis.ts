// Runs schemathesis once against a server, and returns what it sent and its findings without duplicates.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FuzzOptions {
  program: string;
  url: string;
  token: string;
  seed: number;
  phases: ReadonlyArray<'coverage' | 'fuzzing' | 'stateful'>;
  /** How long random requests are generated; null: each operation is tested once. */
  secondsMax: number | null;
  /** Existing ids and keys, by the beginning of the path that takes them. */
  known?: Readonly<Record<string, readonly string[]>>;
  webhookSecret?: string;
  /** Paths that are not tested. */
  without?: readonly string[];
}

export interface FuzzResult {
  /** 0: no findings; 1: findings. */
  exitCode: number | null;
  /** The whole output, for a person. */
  output: string;
  /** For example `GET /api/prices: ST103 Undocumented status code`. */
  findings: string[];
  operations: number;
  cases: number;
  seconds: number;
}

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'response_headers_conformance',
  'negative_data_rejection',
];
/** The accepted statuses for invalid input; such input may also be too large. */
const defaultRefusals = [400, 401, 403, 404, 409, 413, 415, 422, 426, 429, 431];
/** Below the rate limit of one token: further calls would only be refused, and would find nothing. */
const rateMax = '90/s';
/** The number of random requests for each operation in one round: the only one, or one of many. */
const examplesMax = { only: 2, ofMany: 4 };
/** A run that exceeds its own limits by this much is ended. On a busy machine, all operations take some minutes. */
const graceMs = 400_000;
const outputCharsMax = 2_000_000;
const hooksPath = join(import.meta.dirname, 'fill_in.py');
const config = `hooks = ${JSON.stringify(hooksPath)}
checks.negative_data_rejection.expected-statuses = ${JSON.stringify(defaultRefusals)}
`;

/** @throws Error if it could not run at all, with its output */
export async function runSchemathesis(options: FuzzOptions): Promise<FuzzResult> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-fuzz-'));
  try {
    await writeFile(join(directory, 'schemathesis.toml'), config);
    const startedMs = performance.now();
    const { exitCode, output } = await runIn(directory, options);
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    const cases = Number(/^ *(\d+) generated/m.exec(output)?.[1] ?? 0);
    if (cases === 0) throw new Error(`schemathesis sent nothing:\n${output}`);
    const operations = Number(/Tested: (\d+)/.exec(output)?.[1] ?? 0);
    const findings = findingsIn(await readFile(join(directory, 'report.xml'), 'utf8'));
    return { exitCode, output, findings, operations, cases, seconds };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runIn(
  cwd: string,
  options: FuzzOptions,
): Promise<{ exitCode: number | null; output: string }> {
  const child = spawn(options.program, argumentsOf(options), {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout((options.secondsMax ?? 0) * 1_000 + graceMs),
    killSignal: 'SIGKILL',
    env: {
      PATH: process.env.PATH,
      HOME: cwd,
      COLUMNS: '160',
      MOOSE_FUZZ_KNOWN: JSON.stringify(options.known ?? {}),
      MOOSE_FUZZ_SECRET: options.webhookSecret ?? '',
    },
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    if (output.length < outputCharsMax) output += chunk;
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, output };
}

function argumentsOf({ url, token, seed, phases, secondsMax, without = [] }: FuzzOptions): string[] {
  return [
    '--config-file',
    'schemathesis.toml',
    'run',
    `${url}/api/openapi.json`,
    '--phases',
    phases.join(','),
    '--checks',
    checks.join(','),
    '--seed',
    `${seed}`,
    '--max-examples',
    `${secondsMax === null ? examplesMax.only : examplesMax.ofMany}`,
    '--workers',
    '2',
    '--rate-limit',
    rateMax,
    '--continue-on-failure',
    '--no-color',
    // With an invented token, each request would wait for half a second and be refused.
    '--generation-with-security-parameters',
    'false',
    '--header',
    `Authorization: Bearer ${token}`,
    '--suppress-health-check',
    'all',
    '--generation-database',
    'none',
    ...(secondsMax === null ? [] : ['--max-time', `${secondsMax}`]),
    ...without.flatMap((path) => ['--exclude-path', path]),
    '--report',
    'junit',
    '--report-junit-path',
    'report.xml',
  ];
}

/** Reads a JUnit report: each operation is a test case, with its findings as text. */
function findingsIn(report: string): string[] {
  const found = new Set<string>();
  let operation = '';
  for (const [, name, what] of report.matchAll(/<testcase name="([^"]*)"|^- (ST\d+ .*)$/gm)) {
    if (name === undefined) found.add(`${operation}: ${what}`);
    else operation = name;
  }
  return [...found].sort();
}
