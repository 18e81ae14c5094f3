// The provider behind an agent's gateway: one that follows a script, or one that fails.

import { startFaultServer, unusedUrl } from '../fault-server.ts';
import type { Upstream } from './faults.ts';
import { startLoopingProvider, startScriptedProvider, type Turn } from './scripted-provider.fixture.ts';
import type { Subject } from './subjects/subject.ts';

export interface RunningUpstream {
  url: string;
  /** How many requests it has received. */
  requests(): number;
  stop(): Promise<void>;
}

export async function startUpstream(
  upstream: Upstream,
  { loop }: Pick<Subject, 'loop'>,
  turns: readonly Turn[],
): Promise<RunningUpstream> {
  switch (upstream.kind) {
    case 'works':
      return counted(await startScriptedProvider(turns));
    case 'loops':
      return counted(await startLoopingProvider(loop));
    case 'fault':
      return counted(await startFaultServer(upstream.fault));
    case 'nobody':
      return { url: await unusedUrl(), requests: () => 0, stop: async () => undefined };
  }
}

function counted(server: {
  url: string;
  requests: readonly unknown[];
  stop(): Promise<void>;
}): RunningUpstream {
  return { url: server.url, requests: () => server.requests.length, stop: () => server.stop() };
}
