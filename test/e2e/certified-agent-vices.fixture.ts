// For tests: what an agent may do wrong, as arguments of `certified-agent.fixture.ts`.
export const vices = [
  'says-success-after-429',
  'hangs-on-a-cut-answer',
  'ignores-sigterm',
  'leaves-a-process',
  'repeats-401-endlessly',
  'changes-another-file',
] as const;
export type Vice = (typeof vices)[number];
