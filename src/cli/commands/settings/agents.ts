import type { Command } from 'commander';
import type { Agent } from '../../../contract/contract.ts';
import { listAgents } from '../../../contract/operations/settings.ts';
import type { CliContext } from '../../context.ts';
import { flagsOf, readMoose } from '../../input/flags.ts';
import { table } from '../../terminal/table.ts';
import { addCertify } from './certify.ts';

const widthMax = 160;

export function addAgents(program: Command, context: CliContext): void {
  const agents = program
    .command('agents')
    .description('list and certify agents, and manage the logins that they use instead of API keys');
  agents
    .command('ls', { isDefault: true })
    .description(
      'list agents: whether they are installed, how they reach their models, and how much of your logins is used',
    )
    .action(async (_options: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const { items } = await ask(listAgents);
        printer.print({ items }, () => agentLines(items));
      }),
    );
  agents
    .command('login <agent>')
    .description('sign in to your subscription with the program of claude-code or codex, on this machine')
    .action(async (agent: string, _options: unknown, command: Command) => {
      const flags = flagsOf(command);
      const printer = context.printer(flags.json);
      const { path } = await (await context.logins(flags)).signIn(agent);
      printer.print({ agent, path }, () => [
        `The login of ${agent} is in ${path}. Moose never opens it; the program does.`,
        `Check that the provider's terms allow unattended use. Then let ${agent} use it: add it to \`moose config set settings.agents.logins\`.`,
      ]);
    });
  agents
    .command('logout <agent>')
    .description('remove the login from this machine; sessions that use it will fail')
    .action(async (agent: string, _options: unknown, command: Command) => {
      const flags = flagsOf(command);
      const printer = context.printer(flags.json);
      const removed = await (await context.logins(flags)).signOut(agent);
      printer.print({ agent, ...removed }, () => [
        removed.was_there
          ? `Removed the login of ${agent}. It stays valid with the provider: sign out there too.`
          : `There was no login for ${agent}.`,
      ]);
    });
  addCertify(agents, context);
}

export function agentLines(agents: readonly Agent[]): string[] {
  return table(
    ['AGENT', 'INSTALLED', 'WAY', 'LOGIN', 'USED IN THE WINDOW', 'WAITS UNTIL', 'RUNS IN 24 H', 'CIRCUIT'],
    agents.map((agent) => [
      agent.is_default ? `${agent.name} (default)` : agent.name,
      installedText(agent),
      wayText(agent),
      agent.login === null ? '–' : agent.login.is_there ? `on ${agent.login.host}` : 'none here',
      usedText(agent.login),
      waitText(agent.login),
      `${agent.good_24h} of ${agent.runs_24h} good`,
      agent.circuit,
    ]),
    widthMax,
  );
}

function installedText({ is_installed, version, tested_version: tested }: Agent): string {
  if (!is_installed) return 'no';
  // Only `patch` comes with Moose; its version would be that of Node.
  if (tested === null) return 'built in';
  return version === null || version === tested ? (version ?? 'yes') : `${version} (tested with ${tested})`;
}

function wayText({ calls_models, login }: Agent): string {
  if (login?.is_used) return 'your login';
  return calls_models ? 'a key' : "Moose's calls";
}

function usedText(login: Agent['login']): string {
  if (login === null || login.runs === 0) return '';
  return `${login.runs} sessions, ${minutesText(login.time_ms)}, ${login.tokens} tokens`;
}

const minutesText = (ms: number) => `${Math.round(ms / 60_000)} min`;

function waitText(login: Agent['login']): string {
  if (login === null || login.waits_until === null) return '';
  return `${login.waits_until} (${login.waits_for})`;
}
