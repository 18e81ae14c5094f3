// Classifies error messages of container engines. The first matching row decides; each row has a real sample, which is
// a test.

import type { MooseError } from '../../domain/failure.ts';
import { sessionFailures } from '../failure-catalogue.ts';
import { type EngineName, type EngineState, lastLine } from './engines.ts';

interface Row {
  pattern: RegExp;
  code:
    | 'CONTAINER_ENGINE_DOWN'
    | 'CONTAINER_IMAGE_MISSING'
    | 'CONTAINER_PULL_DENIED'
    | 'CONTAINER_PULL_FAILED';
  /** What docker or podman printed. */
  samples: readonly string[];
}

export const engineFailures: readonly Row[] = [
  {
    pattern:
      /cannot connect to (?:the docker daemon|podman)|permission denied.*docker\.sock|is the docker daemon running/i,
    code: 'CONTAINER_ENGINE_DOWN',
    samples: [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.47/info": dial unix /var/run/docker.sock: connect: permission denied',
    ],
  },
  {
    // Comes before the rows of a missing image: the message about an unreachable registry contains 'not found' too.
    pattern:
      /no such host|connection refused|i\/o timeout|timeout exceeded|toomanyrequests|too many requests|no space left|did not answer within/i,
    code: 'CONTAINER_PULL_FAILED',
    samples: [
      'Error: initializing source docker://nope:1: pinging container registry registry-1.docker.io: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 10.0.0.53:53: no such host',
      'Error: initializing source docker://localhost:1/nope:1: pinging container registry localhost:1: Get "https://localhost:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
      'toomanyrequests: You have reached your pull rate limit.',
    ],
  },
  {
    pattern: /unauthorized|access denied|authentication required|no basic auth|denied:|403 forbidden/i,
    code: 'CONTAINER_PULL_DENIED',
    samples: [
      "Error response from daemon: pull access denied for acme/private, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      'Error: initializing source docker://ghcr.io/acme/private:latest: reading manifest latest in ghcr.io/acme/private: unauthorized',
    ],
  },
  {
    pattern:
      /manifest unknown|manifest for .* not found|name unknown|no such image|image not known|not found/i,
    code: 'CONTAINER_IMAGE_MISSING',
    samples: [
      'Error response from daemon: manifest for node:0.0.1 not found: manifest unknown: manifest unknown',
      'Error: initializing source docker://node:0.0.1: reading manifest 0.0.1 in docker.io/library/node: manifest unknown',
      'Error: inspecting object: nope:3: image not known',
    ],
  },
];

export function codeOf(said: string): Row['code'] {
  return engineFailures.find(({ pattern }) => pattern.test(said))?.code ?? 'CONTAINER_PULL_FAILED';
}

export function engineDown({ name, said }: Pick<EngineState, 'name' | 'said'>): MooseError {
  return sessionFailures.CONTAINER_ENGINE_DOWN(
    { operation: 'get image', metadata: { engine: name, said } },
    { name, said },
  );
}

/** A change never causes these failures, because they happen before an agent starts. */
export function engineFailure(engine: EngineName, image: string, said: string): MooseError {
  const words = lastLine(said);
  const base = {
    operation: 'get image',
    metadata: { engine, image, said: words },
  } as const;
  switch (codeOf(said)) {
    case 'CONTAINER_ENGINE_DOWN':
      return engineDown({ name: engine, said: words });
    case 'CONTAINER_PULL_DENIED':
      return sessionFailures.CONTAINER_PULL_DENIED(base, { image, words });
    case 'CONTAINER_IMAGE_MISSING':
      return sessionFailures.CONTAINER_IMAGE_MISSING(base, { image, words });
    case 'CONTAINER_PULL_FAILED':
      return sessionFailures.CONTAINER_PULL_FAILED(base, { image, engine, words });
  }
}
