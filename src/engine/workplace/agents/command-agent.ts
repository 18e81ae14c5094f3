// The command of a work order as its agent (R-AGENT-2): a session like any agent's, without a model, a key or money. It
// reaches what the project's setup reaches, and gets the variables that are meant for agents.
import type { SessionEnd } from '../../../domain/machine/session.ts';
import { commandName } from '../../../domain/work-order/work-order.ts';
import type { Agent, AgentReport } from '../../ports/agent.ts';
import type { Work } from '../../run/work.ts';
import { checkPlan } from '../checks/project-checks.ts';
import type { NetworkOfSession } from '../sessions/session-egress.ts';
import { variablesFor, withoutGiven } from '../sessions/session-variables.ts';
import { withVariables } from '../sessions/with-variables.ts';

/** Null if an agent does the work. */
export const commandOf = ({ order }: Pick<Work, 'order'>): string | null => order.settings.command ?? null;

export function commandAgent(work: Work, command: string): Agent {
  return {
    name: commandName,
    writesCode: true,
    wires: [],
    probe: async () => ({ isInstalled: true, version: null, testedVersion: null, advice: null }),
    prepare: async ({ homePath }) => {
      const ofRepository = withoutGiven(work.checkVariables ?? {}, await variablesFor(work, ['agents']));
      return {
        argv: withVariables(ofRepository, ['sh', '-c', command]),
        env: { ...work.settings.checkEnvironment, HOME: homePath },
      };
    },
    report: async (_files, end) => reportOfCommand(end),
  };
}

/** With the environment and the hosts that the repository gives its setup, on the base commit. */
export async function withPlanOf(work: Work, baseSha: string): Promise<Work> {
  const { environment, egress } = await checkPlan(work, baseSha);
  return { ...work, checkVariables: environment, egress };
}

/** As for the project's setup. */
export function networkOfCommand({ settings }: Pick<Work, 'settings'>): NetworkOfSession {
  return settings.checkNetwork === 'none' ? 'none' : 'machine';
}

const spentNothing = { costNanoUsd: 0n, modelCalls: 0, inputTokens: 0, outputTokens: 0 } as const;

/** Its exit code is all that a command says about itself. `command-failure.ts` reads its output. */
function reportOfCommand({ exitCode, signal, startedAt, endedAt }: SessionEnd): AgentReport {
  const isDone = exitCode === 0 && signal === null;
  const seconds = ((endedAt.getTime() - startedAt.getTime()) / 1_000).toFixed(1);
  const ending = signal === null ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`;
  return {
    finalEvent: isDone ? 'success' : exitCode === null || signal !== null ? 'missing' : 'failure',
    summary: `The command ended with ${ending} after ${seconds} s.`,
    failure: null,
    ...spentNothing,
  };
}
