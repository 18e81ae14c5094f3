// Starts the gateway process with its input, and keeps it running while this Moose works.

import { join } from 'node:path';
import type { MooseError } from '../domain/failure.ts';
import { type KeptGateway, keepGatewayUp } from '../gateway/process/keep-up.ts';
import { gatewayName, type ProgramInput } from '../gateway/process/program-input.ts';
import { upstreamsOf } from '../models/providers.ts';
import { allocatorOfNode } from '../stdx/allocator-variables.ts';
import { ownProgram } from '../stdx/files/own-files.ts';
import type { Config } from './config/config.ts';

const programPath = ownProgram('app/gateway-program');
/** Calls leave little behind: with the default of 16, their garbage takes more memory than everything else. */
const youngMbMax = '--max-semi-space-size=2';

export async function keepGateway(
  config: Config,
  onProblem: (problem: MooseError) => void,
): Promise<KeptGateway> {
  const told = await toldOf(config);
  const directory = join(config.dataDirectory, 'gateway', gatewayName(told));
  return keepGatewayUp({
    directory,
    program: {
      argv: [process.execPath, youngMbMax, programPath],
      env: { ...config.programEnvironment, ...allocatorOfNode },
      input: JSON.stringify({ ...told, directory } satisfies ProgramInput),
    },
    onProblem,
  });
}

async function toldOf({
  databaseUrl,
  dataDirectory,
  engine,
  models,
  logLevel,
  gateway,
  secretsKey,
  proxy,
}: Config): Promise<Omit<ProgramInput, 'directory'>> {
  return {
    host: engine.host,
    database:
      databaseUrl === null
        ? { kind: 'embedded', directory: join(dataDirectory, 'postgres'), name: 'moose' }
        : { kind: 'server', url: databaseUrl },
    // The base URLs in the settings already include the version, or belong to a server without one.
    upstreams: [...upstreamsOf(models)].map(([provider, { baseUrl, apiKey, wires, cloud }]) => ({
      provider,
      apiKey,
      wires: [...wires],
      baseUrl,
      saysVersion: true,
      ...(cloud && { cloud }),
      // The scripted provider sends no placeholders.
      ...(provider === 'scripted' && {
        isFirstWordTrue: true,
        isThinkingWithin: true,
        answersAsAsked: true,
      }),
    })),
    proxy,
    circuits: { recoveryTimeoutMs: engine.circuitRecoveryMs, failureThreshold: engine.circuitFailuresMax },
    keepsBodies: gateway.keepsBodies,
    secretsKey: { dataDirectory, given: secretsKey },
    logLevel,
  };
}
