import type { AgentProgram } from '../program.ts';

export const aiderProgram: AgentProgram = {
  title: 'Aider',
  command: 'aider',
  setting: 'MOOSE_AIDER_PATH',
  testedVersion: '0.86.2',
  package: { registry: 'pypi', name: 'aider-chat' },
};
