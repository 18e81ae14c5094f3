import type { AgentProgram } from '../program.ts';

export const openCodeProgram: AgentProgram = {
  title: 'OpenCode',
  command: 'opencode',
  setting: 'MOOSE_OPENCODE_PATH',
  testedVersion: '1.18.33',
  package: { registry: 'npm', name: 'opencode-ai' },
};
