import { expect, test } from 'vitest';
import { wireNames } from '../../domain/agents/model-call.ts';
import { wires } from './wires.ts';

test('every protocol has its wire, and no path belongs to two of them', () => {
  expect([...wires.keys()]).toEqual(wireNames);
  const paths = [
    '/v1/messages',
    '/v1/messages/count_tokens',
    '/v1/chat/completions',
    '/v1/responses',
    '/v1beta/models/m:streamGenerateContent',
  ];
  for (const path of paths) {
    expect([...wires.values()].filter((wire) => wire.matches('POST', path)).length, path).toBe(1);
    expect([...wires.values()].filter((wire) => wire.matches('GET', path)).length, path).toBe(0);
  }
});
