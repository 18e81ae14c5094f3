// Labelled failures of real tools, and a comparison of an answer with its label.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Classification, FailureCase } from '../src/classifier/failure-case.ts';
import type { FailureClass } from '../src/domain/failure.ts';
import type { FailureContext } from '../src/domain/failure-context.ts';

const labelled = z.object({
  id: z.string(),
  cmd: z.string(),
  exit_code: z.number().nullable(),
  signal: z.string().nullable(),
  stdout: z.string(),
  stderr: z.string(),
  http_status: z.number().optional(),
  http_headers: z.record(z.string(), z.string()).optional(),
  http_body: z.string().optional(),
  component: z.string(),
  label: z.string(),
  also_ok: z.array(z.string()).default([]),
  retryable: z.boolean(),
  also_ok_retryable: z.array(z.boolean()).default([]),
  context: z.record(z.string(), z.unknown()),
  no_failure: z.boolean().default(false),
});
export type LabelledCase = z.infer<typeof labelled>;

/**
 * `dev`: labelled by others before the classifier existed. `probed`: printed by tools with planted faults, or
 * transcribed.
 */
export function readCases(name: 'dev' | 'probed'): LabelledCase[] {
  const path = new URL(`fixtures/failures/${name}.jsonl`, import.meta.url);
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => labelled.parse(JSON.parse(line)));
}

export function failureOf(labelled: LabelledCase): FailureCase {
  return {
    command: labelled.cmd,
    exitCode: labelled.exit_code,
    signal: labelled.signal,
    stdout: labelled.stdout,
    stderr: labelled.stderr,
    httpStatus: labelled.http_status,
    httpHeaders: labelled.http_headers,
    httpBody: labelled.http_body,
    component: labelled.component,
  };
}

const fieldNames: Readonly<Record<string, keyof FailureContext>> = {
  file: 'file',
  line: 'line',
  column: 'column',
  package: 'package',
  error_code: 'errorCode',
  test_names: 'testNames',
  retry_after: 'retryAfterS',
  http_status: 'httpStatus',
  exit_code: 'exitCode',
};

export interface Agreement {
  failureClass: FailureClass;
  isClass: boolean;
  /** Whether the class is the label, or another one that a careful reader could defend. */
  isDefensible: boolean;
  isRetryable: boolean;
  fields: { name: string; isRight: boolean }[];
}

export function agreementOf(labelled: LabelledCase, answer: Classification): Agreement {
  return {
    failureClass: answer.failureClass,
    isClass: answer.failureClass === labelled.label,
    isDefensible: [labelled.label, ...labelled.also_ok].includes(answer.failureClass),
    isRetryable:
      labelled.no_failure || [labelled.retryable, ...labelled.also_ok_retryable].includes(answer.retryable),
    fields: Object.entries(labelled.context).map(([name, value]) => {
      const field = fieldNames[name];
      return { name, isRight: field !== undefined && isSame(name, answer.context[field], value) };
    }),
  };
}

/** Paths may be relative to different folders. */
function isSame(name: string, told: unknown, value: unknown): boolean {
  if (JSON.stringify(told) === JSON.stringify(value)) return true;
  return name === 'file' && told !== undefined && `/${String(told)}`.endsWith(`/${String(value)}`);
}
