// The work of a scratch instance: work orders that each write one file, the scripted model's answers, and a scripted
// coding agent.
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Script } from '../src/demo/scripted-answer.ts';
import type { Scenario } from './scenario.ts';

/** A check of some duration, so that faults can hit it while it runs. */
const checkSeconds = 0.6;

export const titleOf = (number: number) => `Write file ${number}`;
export const fileOf = (number: number) => `files/${number}.txt`;
export const contentOf = (number: number) => `right ${number}\n`;
export const checkOf = (number: number) =>
  `test=sleep ${checkSeconds}; grep -qx 'right ${number}' ${fileOf(number)}`;

export function descriptionOf(number: number, agent: Scenario['agent']): string {
  return `Write ${fileOf(number)}.${agent === undefined ? '' : `\nBehave: ${agent.replaceAll(' ', '-')}`}`;
}

/** Every third work order first gets a wrong answer, which its check refuses. */
export const chaosScript: Script = ({ title, attempt }) => {
  const number = Number(/(\d+)$/.exec(title ?? '')?.[1] ?? 0);
  const content = number % 3 === 0 && attempt === 1 ? 'wrong\n' : contentOf(number);
  return {
    plan: `Write ${fileOf(number)}`,
    risks: [],
    edits: [{ kind: 'write', path: fileOf(number), content }],
  };
};

/**
 * Makes one metered call, because an agent that claims success without one has bypassed the gateway. Retries a failed
 * call, and gives up with an error if all fail, as Claude Code does.
 */
const oneCall = `'${process.execPath}' --input-type=module -e '
const [prompt, ...rest] = process.argv.slice(1);
const { ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY } = process.env;
const call = () => fetch(ANTHROPIC_BASE_URL + "/v1/messages", {
  method: "POST",
  headers: { "x-api-key": ANTHROPIC_API_KEY, "anthropic-version": "2023-06-01", "content-type": "application/json" },
  body: JSON.stringify({ model: rest[rest.indexOf("--model") + 1], max_tokens: 1000, messages: [{ role: "user", content: prompt }] }),
}).then(async (answer) => (await answer.text(), answer.ok)).catch(() => false);
for (let tries = 0; tries < 10; tries++) {
  if (await call()) process.exit(0);
  await new Promise((resolve) => setTimeout(resolve, 500));
}
process.exit(1);
' "$2" "$@"`;

/** The agent is started like Claude Code, and prints the same events. */
const agentProgram = `#!/bin/sh
[ "$1" = --version ] && { echo '2.1.328 (scripted)'; exit 0; }
number=$(printf '%s' "$2" | sed -n 's/.*Write file \\([0-9][0-9]*\\).*/\\1/p' | head -n 1)
behaviour=$(printf '%s' "$2" | sed -n 's/.*Behave: \\([a-z-]*\\).*/\\1/p' | head -n 1)
printf '{"type":"system","subtype":"init"}\\n'
mkdir -p files
printf 'half' >"files/$number.txt"
case $behaviour in
  crashes-once) [ -e "$HOME/crashed" ] || { : >"$HOME/crashed"; kill -KILL 0; } ;;
  hangs) trap '' TERM INT HUP; while :; do sleep 1; done ;;
esac
${oneCall} || {
  printf '{"type":"result","subtype":"success","is_error":true,"terminal_reason":"api_error","result":"API Error: Connection error."}\\n'
  exit 1
}
sleep 1
printf 'right %s\\n' "$number" >"files/$number.txt"
printf '{"type":"result","subtype":"success","is_error":false,"result":"Done.","total_cost_usd":0.001,"usage":{"input_tokens":10,"output_tokens":5}}\\n'
`;

/** Returns the program's path. */
export async function installAgent(directory: string): Promise<string> {
  const path = join(directory, 'claude');
  await writeFile(path, agentProgram);
  await chmod(path, 0o755);
  return path;
}
