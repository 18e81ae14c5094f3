import { expect, test } from 'vitest';
import { Gate } from './gate.ts';

test('nobody is inside while the gate is closed, and all go on afterwards', async () => {
  const gate = new Gate();
  const told: string[] = [];
  const first = Promise.withResolvers<void>();
  const entered = gate.through(async () => {
    await first.promise;
    told.push('first');
  });
  const closing = gate.closedWhile(async () => void told.push('closed'));
  const late = gate.through(async () => void told.push('late'));
  first.resolve();
  await Promise.all([entered, closing, late]);
  expect(told).toEqual(['first', 'closed', 'late']);
});

test('what fails inside is told to whoever entered, and does not keep the gate closed', async () => {
  const gate = new Gate();
  const failing = gate.through(() => Promise.reject(new Error('refused')));
  await expect(failing).rejects.toThrow('refused');
  await expect(gate.closedWhile(() => Promise.reject(new Error('fault')))).rejects.toThrow('fault');
  expect(await gate.through(async () => 'in')).toBe('in');
});
