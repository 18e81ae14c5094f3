// What is required of every agent in a session that goes well, and in one that the repository or a kill disturbs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { errorAnswer } from '../../src/app/certify/error-answer.ts';
import { Transcript } from '../../src/domain/agents/transcript.ts';
import type { ToolKind } from '../../src/domain/agents/transcript-part.ts';
import type { StopReason } from '../../src/domain/machine/session.ts';
import { decideOutcome } from '../../src/domain/work-order/outcome.ts';
import type { Agent, AgentTask } from '../../src/engine/ports/agent.ts';
import { startFaultServer } from '../fault-server.ts';
import { type Ground, makeGround, makeTask } from './agent-ground.fixture.ts';
import { runSession } from './run-cell.ts';
import {
  type ScriptedProvider,
  startScriptedProvider,
  startStallingProvider,
  type Turn,
} from './scripted-provider.fixture.ts';
import type { OpenGateway } from './session-gateway.ts';
import type { Subject } from './subjects/subject.ts';

/**
 * For a program that takes a second to start, on a machine that is ten times slower; a hanging agent is detected by
 * being idle.
 */
export const testLimitMs = 240_000;
const wallClockMs = 120_000;
/** How many turns of a loop run before the agent is killed. */
const turnsBeforeKill = 3;

export function ground(files: Readonly<Record<string, string>> = {}): Ground {
  const made = makeGround({ 'hello.txt': 'hello\n', ...files });
  onTestFinished(made.remove);
  return made;
}

export function describeSessions(subject: Subject, create: () => Agent, openGateway: OpenGateway): void {
  const timeout = testLimitMs;
  test('R-SES-5: a run without edits is reported as unchanged', { timeout }, () =>
    changesNothing(subject, create()),
  );
  test(
    'R-BUD-6, R-SEC-2: a repository cannot redirect it; a run without the gateway counts as a bypass',
    { timeout },
    () => isNotRedirected(subject, create(), openGateway),
  );
  if (subject.resumes) {
    test('R-SES-2: after a kill, it continues its conversation', { timeout }, () =>
      goesOn(subject, create(), { reason: 'braked', graceMs: 0 }),
    );
    test('R-PROJ-10: after a message has ended its turn, it continues its conversation', { timeout }, () =>
      goesOn(subject, create(), { reason: 'interrupted' }),
    );
  }
}

async function provides(turns: readonly Turn[]): Promise<ScriptedProvider> {
  const provider = await startScriptedProvider(turns);
  onTestFinished(provider.stop);
  return provider;
}

function taskFor(subject: Subject, agent: Agent, scene: Ground, url: string): AgentTask {
  const [wire] = agent.wires;
  if (wire === undefined) throw new Error(`${agent.name} calls no model.`);
  return makeTask(scene, { model: subject.model, gateway: { url, key: 'session-key', wire } });
}

const run = (agent: Agent, task: AgentTask, scene: Ground) =>
  runSession(agent, task, scene, { watchdog: () => null }, { wallClockMs });

async function changesNothing(subject: Subject, agent: Agent): Promise<void> {
  const scene = ground();
  const { url, requests } = await provides(subject.look(scene.worktreePath));
  const { report, end } = await run(agent, taskFor(subject, agent, scene, url), scene);
  const changed = scene.git('status', '--porcelain') !== '';
  const ledgerCalls = requests.length;
  const { outcome } = decideOutcome({ report, end, changed, ledgerCalls, agentCallsModels: true });
  expect(outcome, report.summary).toBe('changed_nothing');
}

/**
 * The repository's files must not send the agent to another address, nor make it run programs; all of its calls must go
 * through its gateway.
 */
async function isNotRedirected(subject: Subject, agent: Agent, openGateway: OpenGateway): Promise<void> {
  const evil = await startFaultServer(errorAnswer('openai-chat', 400, 'elsewhere'));
  onTestFinished(evil.stop);
  const scene = ground(subject.redirect(evil.url));
  // The agent shows its environment to the model.
  const show = subject.shell?.('env > made-by-agent; env') ?? null;
  const { url, requests } = await provides(show ? [show] : subject.edit(scene.worktreePath));
  const task = taskFor(subject, agent, scene, url);
  const gateway = await openGateway({
    upstreamUrl: url,
    model: subject.model,
    envelopeNanoUsd: 1n,
    wire: task.gateway?.wire ?? 'openai-chat',
  });
  onTestFinished(gateway.close);
  // The agent gets the provider's own address: its run succeeds, but the gateway's ledger has no calls.
  const { report, end } = await run(agent, task, scene);
  expect(report, report.summary).toMatchObject({ finalEvent: 'success' });
  expect(requests.length).toBeGreaterThan(0);
  expect(evil.requests).toEqual([]);
  expect(scene.git('status', '--porcelain')).toBe(show ? '?? made-by-agent\n' : ' M hello.txt\n');
  const ledgerCalls = (await gateway.calls())?.length ?? 0;
  const { outcome } = decideOutcome({ report, end, changed: true, ledgerCalls, agentCallsModels: true });
  expect(outcome).toBe('bypassed');
  expectReadable(agent, scene, show ? ['run', 'env > made-by-agent'] : ['edit', 'hello.txt']);
  if (!show) return;
  const seen = readFileSync(join(scene.worktreePath, 'made-by-agent'), 'utf8');
  expect(seen).toContain(`HOME=${scene.homePath}`);
}

/** Its output reads as turns, with the call of a tool that named this, and what the tool answered. */
function expectReadable(agent: Agent, { sessionPath }: Ground, [tool, named]: [ToolKind, string]): void {
  if (!agent.transcript) return;
  const output = readFileSync(join(sessionPath, 'process', 'stdout.log'), 'utf8');
  const transcript = new Transcript();
  for (const line of output.split('\n')) for (const part of agent.transcript(line)) transcript.add(part);
  const entries = transcript.turns.flatMap(({ entries }) => entries);
  const calls = entries.filter((entry) => entry.kind === 'call');
  const call = calls.find(({ title }) => title.includes(named));
  expect(call, output).toMatchObject({ tool, answer: { failed: false } });
  if (tool === 'run') expect(call?.answer?.text).toContain('HOME=');
  expect(entries.filter(({ kind }) => kind === 'said').length, output).toBeGreaterThan(0);
}

async function goesOn(
  subject: Subject,
  agent: Agent,
  { reason, graceMs }: { reason: StopReason; graceMs?: number },
): Promise<void> {
  const scene = ground();
  // The model stops answering, because an agent that notices its own repetition would end before it is killed.
  const loop = await startStallingProvider(subject.loop, turnsBeforeKill);
  onTestFinished(loop.stop);
  const watchdog = () => (loop.requests.length > turnsBeforeKill ? reason : null);
  const limits = { wallClockMs, ...(graceMs === undefined ? {} : { graceMs }) };
  const task = taskFor(subject, agent, scene, loop.url);
  const { end, report } = await runSession(agent, task, scene, { watchdog }, limits);
  expect(end).toMatchObject({ reason });
  // What stood last in its output may be a step that asks for another one.
  if (reason === 'braked') expect(['missing', 'cut_off']).toContain(report.finalEvent);
  const next = scene.nextSession();
  const { url, requests } = await provides(subject.edit(next.worktreePath));
  const again = { ...taskFor(subject, agent, next, url), title: 'Go on', brief: 'Go on.' };
  const second = await run(agent, again, next);
  expect(second.report, second.report.summary).toMatchObject({ finalEvent: 'success' });
  expect(JSON.stringify(requests.at(-1)?.messages)).toContain(task.title);
}
