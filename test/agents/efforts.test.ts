import { expect, onTestFinished, test } from 'vitest';
import { installTimeoutMs } from '../../scripts/agents/install-agent.ts';
import { installReal, makeGround, makeTask, runAgent } from './agent-ground.fixture.ts';
import { errorAnswer, startFaultProvider } from './fault-provider.fixture.ts';
import { subjects } from './subjects/subjects.ts';

interface Asked {
  /** Anthropic Messages. */
  output_config?: { effort?: string };
  /** OpenAI Responses. */
  reasoning?: { effort?: string } | null;
}

/** What the real program asks its provider for, which refuses the call. */
async function effortAsked(name: string, programPath: string, effort: string | undefined) {
  const subject = subjects[name];
  if (!subject) throw new Error(`There is no subject ${name}.`);
  const ground = makeGround({ 'hello.txt': 'hello\n' });
  onTestFinished(ground.remove);
  const provider = await startFaultProvider(errorAnswer(401, 'authentication_error', 'No.'));
  onTestFinished(provider.stop);
  const agent = subject.create({
    programPath,
    ...(process.env.PATH ? { searchPath: process.env.PATH } : {}),
  });
  const known = agent.efforts?.find((each) => each === effort);
  const [wire] = agent.wires;
  if (!wire) throw new Error(`${name} calls no model.`);
  const gateway = { url: provider.url, key: 'session-key', wire };
  await runAgent(agent, makeTask(ground, { model: subject.model, gateway, effort: known }), ground);
  const asked = provider.requests
    .filter(({ body }) => body.startsWith('{'))
    .map(({ body }) => JSON.parse(body) as Asked)
    .map(({ output_config: config, reasoning }) => config?.effort ?? reasoning?.effort);
  return { efforts: agent.efforts ?? [], asked };
}

for (const name of ['claude-code', 'codex'])
  test(
    `R-LRN-4: ${name} passes each of its efforts on to the model`,
    async () => {
      const programPath = await installReal(name);
      const { efforts } = await effortAsked(name, programPath, undefined);
      expect(efforts.length).toBeGreaterThan(3);
      for (const effort of efforts)
        expect((await effortAsked(name, programPath, effort)).asked, effort).toContain(effort);
    },
    installTimeoutMs,
  );
