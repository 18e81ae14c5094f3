// Coding agents: their messages when they fail.

import { precedence, type Rule } from '../../match/rule.ts';
import { providerCallers } from '../../purpose/provider-callers.ts';
import { brokenContract, machinery, missing, moneyGone, unexplained } from '../../verdicts.ts';

const { budget, contract, orchestration } = precedence;
const base = orchestration;

export const agentRules: readonly Rule[] = [
  {
    id: 'agent.own-cap',
    is: moneyGone,
    precedence: budget + 5,
    line: /error_max_(?:turns|budget_usd)|[Rr]eached (?:the )?max(?:imum)? (?:number of )?(?:session )?(?:turns|budget|steps|iterations?)|[Mm]ax(?:imum)? (?:session )?turns (?:\(?\d+\)? )?(?:reached|exceeded)|Reached max turns|(?:token|cost|money|task|run|work order|agent|daily|project)[_ ]budget.{0,60}(?:exhausted|exceeded|used up|reached)|budget_(?:exhausted|cap)|\b(?:turn|cost|step|iteration|token) limit (?:\S{1,20} )?(?:reached|exceeded|of)|cost_limit_(?:reached|exceeded)|LimitsExceeded|[Bb]udget (?:is |of \S{1,20} )?(?:exceeded|exhausted|reached)/,
    components: [...providerCallers, 'budget'],
    unless: '@@ -',
    from: 'Claude Code, Gemini CLI, Qwen, mini-swe-agent, Moose',
    sample: 'Error: Reached max turns (3)',
  },
  {
    id: 'agent.refused-to-start',
    is: machinery.settings,
    precedence: precedence.crash + 5,
    components: ['agent'],
    command: /\b(?:claude|codex|opencode|gemini|qwen|aider|copilot|cursor-agent|amp|goose|openhands)\b/,
    line: /^(?:Error|error): \S/,
    unless: '    at ',
    from: 'agents on a command line that cannot begin',
    sample: 'Error: Invalid MCP configuration:',
    sampleCommand: 'claude -p x',
  },
  {
    id: 'agent.shapeless-answer',
    is: brokenContract,
    precedence: contract,
    components: providerCallers,
    line: /error_max_structured_output_retries|(?:valid|required) structured output|(?:answer|output|response) (?:does not|did not|doesn't|didn't) (?:match|satisfy|conform to|fit) (?:the |its )?(?:output |response )?schema/,
    from: 'Claude Code, Codex, proposers',
    sample: 'Failed to provide valid structured output after 5 attempts',
  },
  {
    id: 'agent.missing',
    is: missing,
    precedence: precedence.dependency - 15,
    components: ['agent', 'session'],
    line: /native binary not installed|Unable to locate Codex|Missing optional dependency (?<package>@?[\w./-]*\w)|requires Node\.js/,
    from: 'Claude Code, Codex',
    sample:
      'Error: Missing optional dependency @openai/codex-linux-x64. Reinstall Codex: npm install -g @openai/codex@latest',
    reads: { package: '@openai/codex-linux-x64' },
  },
  {
    id: 'agent.loop',
    is: unexplained.crash,
    precedence: base + 5,
    components: ['agent'],
    line: /Loop detected|StuckInLoopError|stuck in a loop|potential loop|did not conform to the edit format|Only \d+ reflections allowed/,
    from: 'Gemini CLI, Qwen, Aider',
    sample: 'The LLM did not conform to the edit format.',
  },
  {
    id: 'agent.session',
    is: machinery.refused,
    precedence: base + 6,
    components: ['agent', 'session'],
    line: /No conversation found|Session (?:ID \S{1,60} is already in use|not found)|no rollout found|(?:unknown option|unexpected argument|[Uu]nknown argument)|Not inside a trusted directory|Input must be provided|No prompt provided/,
    from: 'Claude Code, Codex, OpenCode',
    sample: 'No conversation found with session ID: 7d1c7a2e-0000-0000-0000-000000000000',
  },
];
