import { unknownAgent } from '../../commands/submit/agent-choice.ts';
import type { Agent } from '../../ports/agent.ts';
import type { Work } from '../../run/work.ts';
import { commandAgent, commandOf } from './command-agent.ts';

export function agentOf(work: Work, name: string, where?: string): Agent {
  const { agents } = work;
  const command = commandOf(work);
  if (command !== null) return commandAgent(work, command);
  const agent = agents.get(name);
  if (agent) return agent;
  throw unknownAgent(name, [...agents.keys()], where);
}
