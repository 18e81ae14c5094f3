import { expect, test } from 'vitest';
import { codeOf, engineFailure, engineFailures } from './engine-failure.ts';

const samples = engineFailures.flatMap((row) => row.samples.map((sample) => [row.code, sample] as const));

test.each(samples)('%s is what an engine means by: %s', (code, sample) => {
  expect(codeOf(sample)).toBe(code);
});

test.each([
  [
    'CONTAINER_ENGINE_DOWN',
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.',
    'transient',
  ],
  ['CONTAINER_IMAGE_MISSING', 'manifest unknown', 'configuration'],
  ['CONTAINER_PULL_DENIED', 'unauthorized', 'configuration'],
  ['CONTAINER_PULL_FAILED', 'what nobody has seen before', 'transient'],
])('%s names the image or the engine, and says what to do', (code, said, category) => {
  const failure = engineFailure('docker', 'docker.io/library/node:24', `first line\n${said}`);
  expect(failure).toMatchObject({ code, category, advice: expect.stringMatching(/\.$/) });
  expect(failure.message).toContain(said);
});
