// For tests: an agent that is a shell script. Its last line that begins with `says` is its report, such as `says
// success did it`.
import { readFile } from 'node:fs/promises';
import { failureOfAgent } from '../../domain/agents/agent-failure.ts';
import { type MooseError, PermanentError } from '../../domain/failure.ts';
import type { Agent, AgentReport } from '../ports/agent.ts';

const nothingSaid = { costNanoUsd: null, modelCalls: null, inputTokens: null, outputTokens: null };

/** `says failure` reports a failure with the code `SCRIPTED_FAILURE`. */
export function scriptedAgent(
  script: string,
  given: Partial<
    Pick<Agent, 'name' | 'writesCode' | 'wires' | 'efforts' | 'prepare' | 'probe' | 'login' | 'report'>
  > = {},
): Agent {
  const agent: Agent = {
    name: 'scripted',
    writesCode: false,
    wires: [],
    probe: async () => ({ isInstalled: true, version: '1', testedVersion: '1', advice: null }),
    prepare: async () => ({ argv: ['sh', '-c', script], env: { PATH: process.env.PATH ?? '' } }),
    report: async ({ stdoutPath }) => reportOf(await readFile(stdoutPath, 'utf8').catch(() => '')),
  };
  return { ...agent, ...given };
}

function reportOf(output: string): AgentReport {
  const said = output.split('\n').findLast((line) => line.startsWith('says ')) ?? 'says missing';
  const [, word = '', ...rest] = said.split(' ');
  const finalEvent = word as AgentReport['finalEvent'];
  const summary = rest.join(' ');
  return {
    ...nothingSaid,
    finalEvent,
    summary,
    ...(summary === '' ? {} : { said: summary }),
    failure: failureOf(finalEvent, summary),
  };
}

function failureOf(finalEvent: AgentReport['finalEvent'], message: string): MooseError | null {
  if (finalEvent === 'cut_off')
    return failureOfAgent({ agent: 'scripted', title: 'It', kind: 'cut_off', said: message });
  if (finalEvent !== 'failure') return null;
  return new PermanentError({
    code: 'SCRIPTED_FAILURE',
    component: 'agents',
    operation: 'apply',
    message,
    advice: 'Look.',
  });
}
