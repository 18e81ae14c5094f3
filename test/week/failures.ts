// The failures of the invented week.

export interface FailureDraft {
  code: string;
  failureClass: string;
  category: 'transient' | 'permanent' | 'configuration' | 'external';
  severity: 'low' | 'medium' | 'high' | 'critical';
  type: string;
  component: string;
  operation: string;
  step: string;
  message: string;
  advice: string;
  rule: string;
  strategy: string;
  /** The share of these failures that is recovered. */
  recovered: number;
  weight: number;
}

const check = {
  category: 'permanent',
  severity: 'medium',
  type: 'process',
  component: 'pipeline',
  operation: 'verify',
  step: 'verifying',
  strategy: 'refine',
} as const;
const provider = {
  category: 'external',
  severity: 'medium',
  type: 'network',
  component: 'model',
  operation: 'generate',
  step: 'generating',
  strategy: 'pause',
} as const;

export const failures: readonly [FailureDraft, ...FailureDraft[]] = [
  {
    ...check,
    code: 'CHECK_FAILED',
    failureClass: 'test_fail',
    message: 'The test check `npm test` ended with exit code 1.',
    advice: 'Look at the failing test: expected 3 to be 2.',
    rule: 'vitest.failed',
    recovered: 0.86,
    weight: 30,
  },
  {
    ...check,
    code: 'CHECK_FAILED',
    failureClass: 'compile_error',
    message:
      "src/refunds.ts(41,17): error TS2345: Argument of type 'string' is not assignable to parameter of type 'Money'.",
    advice: 'Fix the type that the compiler names.',
    rule: 'tsc.error',
    recovered: 0.93,
    weight: 18,
  },
  {
    ...check,
    code: 'CHECK_FAILED',
    failureClass: 'lint_error',
    message: 'The lint check `npm run lint` ended with exit code 1: 2 errors.',
    advice: 'Fix what the linter reports.',
    rule: 'eslint.problems',
    recovered: 0.97,
    weight: 12,
  },
  {
    ...check,
    code: 'CHECK_FAILED',
    failureClass: 'dependency_missing',
    message: "Cannot find module 'date-fns' imported from src/report.ts",
    advice: 'Install it or remove the import.',
    rule: 'node.module-not-found',
    recovered: 0.7,
    weight: 6,
  },
  {
    ...check,
    code: 'CHECK_TIMED_OUT',
    failureClass: 'timeout',
    message: 'The test check `go test ./...` ran for more than 10 minutes and was stopped.',
    advice: 'Raise the limit for checks, or find the test that hangs.',
    rule: 'purpose.timeout',
    recovered: 0.4,
    weight: 3,
  },
  {
    ...provider,
    code: 'MODEL_RATE_LIMITED',
    failureClass: 'orchestration_error',
    message: 'anthropic answered 429: this request would exceed the rate limit of your organization.',
    advice: 'Moose waits and retries by itself.',
    rule: 'http.429',
    recovered: 0.99,
    weight: 14,
  },
  {
    ...provider,
    code: 'MODEL_OVERLOADED',
    failureClass: 'orchestration_error',
    message: 'anthropic answered 529: Overloaded.',
    advice: 'Moose waits and retries by itself.',
    rule: 'http.529',
    recovered: 0.98,
    weight: 8,
  },
  {
    ...provider,
    code: 'MODEL_GARBLED',
    failureClass: 'orchestration_error',
    category: 'transient',
    message: 'The answer of openai/gpt-5.2-mini is not JSON.',
    advice: 'Moose asks the next model.',
    rule: 'model.malformed',
    strategy: 'fall_back',
    recovered: 0.95,
    weight: 6,
  },
  {
    ...provider,
    code: 'AGENT_CRASHED',
    failureClass: 'orchestration_error',
    category: 'transient',
    severity: 'high',
    type: 'process',
    component: 'pipeline',
    operation: 'apply',
    step: 'applying',
    message: 'codex was ended by signal SIGKILL.',
    advice: 'Look for out-of-memory kills with dmesg.',
    rule: 'signal.kill',
    strategy: 'retry',
    recovered: 0.8,
    weight: 4,
  },
  {
    ...provider,
    code: 'AGENT_TIMED_OUT',
    failureClass: 'timeout',
    category: 'permanent',
    severity: 'high',
    type: 'timeout',
    component: 'pipeline',
    operation: 'apply',
    step: 'applying',
    message: 'claude-code reached its time limit of 5 minutes.',
    advice: 'Raise the time limit or split the task.',
    rule: 'agent.timeout',
    strategy: 'escalate',
    recovered: 0.1,
    weight: 4,
  },
  {
    ...provider,
    code: 'PUSH_REJECTED',
    failureClass: 'orchestration_error',
    category: 'transient',
    type: 'coordination',
    component: 'git',
    operation: 'push',
    step: 'creating_pr',
    message: 'The remote refused the push: cannot lock ref.',
    advice: 'Moose pushes again.',
    rule: 'git.cannot-lock-ref',
    strategy: 'retry',
    recovered: 1,
    weight: 3,
  },
  {
    ...provider,
    code: 'BUDGET_EXCEEDED',
    failureClass: 'budget_exceeded',
    category: 'permanent',
    severity: 'high',
    type: 'resource',
    component: 'budget',
    operation: 'reserve',
    step: 'routing',
    message: 'The work order has spent its limit of $2.50.',
    advice: 'Raise its limit, or undo it.',
    rule: 'budget',
    strategy: 'escalate',
    recovered: 0,
    weight: 2,
  },
  {
    ...provider,
    code: 'DATABASE_AWAY',
    failureClass: 'orchestration_error',
    category: 'transient',
    severity: 'low',
    component: 'store',
    operation: 'query',
    step: 'generating',
    message: 'The database cannot be reached: Connection terminated unexpectedly',
    advice: 'Work goes on by itself once it is back.',
    rule: 'code',
    strategy: 'retry',
    recovered: 1,
    weight: 5,
  },
];
