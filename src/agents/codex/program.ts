import type { AgentProgram } from '../program.ts';

export const codexProgram: AgentProgram = {
  title: 'Codex',
  command: 'codex',
  setting: 'MOOSE_CODEX_PATH',
  testedVersion: '0.169.0',
  package: { registry: 'npm', name: '@openai/codex' },
};
