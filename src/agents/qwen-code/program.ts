import type { AgentProgram } from '../program.ts';

export const qwenCodeProgram: AgentProgram = {
  title: 'Qwen Code',
  command: 'qwen',
  setting: 'MOOSE_QWEN_PATH',
  testedVersion: '0.24.4',
  package: { registry: 'npm', name: '@qwen-code/qwen-code' },
};
