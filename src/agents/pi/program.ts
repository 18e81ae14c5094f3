import type { AgentProgram } from '../program.ts';

export const piProgram: AgentProgram = {
  title: 'pi',
  command: 'pi',
  setting: 'MOOSE_PI_PATH',
  testedVersion: '0.87.1',
  package: { registry: 'npm', name: '@earendil-works/pi-coding-agent' },
};
