import type { AgentProgram } from '../program.ts';

export const claudeCodeProgram: AgentProgram = {
  title: 'Claude Code',
  command: 'claude',
  setting: 'MOOSE_CLAUDE_PATH',
  testedVersion: '2.1.328',
  package: { registry: 'npm', name: '@anthropic-ai/claude-code' },
};
