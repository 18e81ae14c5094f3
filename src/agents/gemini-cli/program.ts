import type { AgentProgram } from '../program.ts';

export const geminiCliProgram: AgentProgram = {
  title: 'Gemini CLI',
  command: 'gemini',
  setting: 'MOOSE_GEMINI_PATH',
  testedVersion: '0.61.0',
  package: { registry: 'npm', name: '@google/gemini-cli' },
};
