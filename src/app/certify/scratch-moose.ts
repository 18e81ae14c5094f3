// A scratch Moose for one agent: its own folder, PostgreSQL, gateway and worker. Of the user's environment it takes the
// programs and the isolation, and no key, database or server, so that it costs nothing and reaches no work of theirs.
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftovers } from '../../../chaos/end-leftovers.ts';
import type { WireName } from '../../domain/agents/model-call.ts';
import type { Agent } from '../../engine/ports/agent.ts';
import { type Opened, openMoose } from '../compose.ts';
import { readConfig } from '../config/config.ts';
import type { Environment } from '../config/own-environment.ts';
import { startWorker } from '../start-worker.ts';
import { type CertifyingProvider, startCertifyingProvider } from './provider.ts';

export interface ScratchMoose {
  root: string;
  opened: Opened;
  provider: CertifyingProvider;
  agent: Agent;
  /** `provider/model`. */
  model: string;
  close(): Promise<void>;
}

/** The model that an agent with this protocol is given: a name that it may know. */
const models: Readonly<Record<WireName, string>> = {
  'anthropic-messages': 'anthropic/claude-sonnet-5',
  'openai-responses': 'openai/gpt-5.1',
  'openai-chat': 'openai/gpt-5.1',
  gemini: 'gemini/gemini-2.5-pro',
};

export function modelFor({ wires: [wire] }: Pick<Agent, 'wires'>): string | null {
  return wire === undefined ? null : models[wire];
}

/** What the programs of agents, and their isolation, need. */
const taken =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|MOOSE_\w+_PATH|MOOSE_ACP_AGENTS|MOOSE_ISOLATION|MOOSE_EGRESS|MOOSE_SANDBOX_PATHS|MOOSE_CHECK_VARIABLES)$/;

export function environmentOf(
  given: Environment,
  { name, model, url }: { name: string; model: string; url: string },
): Environment {
  const key = 'moose-certify-not-a-key';
  return {
    ...Object.fromEntries(Object.entries(given).filter(([variable]) => taken.test(variable))),
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: key,
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: key,
    GEMINI_BASE_URL: `${url}/v1beta`,
    GEMINI_API_KEY: key,
    MOOSE_MODELS: model,
    MOOSE_AGENT: name,
    MOOSE_LOG_LEVEL: 'silent',
    MOOSE_PORT: '0',
    // Each row is measured by itself: what fails in one must not pause the next.
    MOOSE_CIRCUIT_FAILURES: '1000',
  };
}

export async function openScratchMoose(
  given: Environment,
  agent: Agent,
  model: string,
  { signal, onLost }: { signal: AbortSignal; onLost(error: Error): void },
): Promise<ScratchMoose> {
  const root = await mkdtemp(join(tmpdir(), 'moose-certify-'));
  const ends: (() => Promise<unknown>)[] = [() => rm(root, { recursive: true, force: true, maxRetries: 5 })];
  /** Ends everything, even if something fails to end. @throws the first failure */
  const close = async () => {
    const failures: unknown[] = [];
    for (const end of ends.splice(0).reverse())
      await end().catch((failure: unknown) => void failures.push(failure));
    if (failures.length > 0) throw failures[0];
  };
  try {
    // The account of the embedded PostgreSQL must be able to enter it.
    await chmod(root, 0o711);
    const provider = await startCertifyingProvider();
    ends.push(provider.stop);
    const dataDirectory = join(root, 'data');
    await mkdir(dataDirectory, { mode: 0o711 });
    const environment = environmentOf(given, { name: agent.name, model, url: provider.url });
    const config = readConfig(environment, { data: dataDirectory });
    const opened = await openMoose(config, signal);
    ends.push(opened.close);
    ends.push(() => endLeftovers(root));
    const worker = await startWorker(opened, config, onLost, new Map([[agent.name, agent]]));
    ends.push(worker.close);
    return { root, opened, provider, agent, model, close };
  } catch (error) {
    await close();
    throw error;
  }
}
