import { expect, onTestFinished, test } from 'vitest';
import { startChaosProvider } from './provider.ts';
import { chaosScript } from './work.ts';

test('R-CHA-1: a fault of the provider counts what it has hit, and the last one that has not ended counts', async () => {
  const provider = await startChaosProvider(chaosScript);
  onTestFinished(provider.stop);
  const call = async () => (await fetch(`${provider.baseUrl}/models`, { method: 'POST', body: '{}' })).status;
  const broken = provider.fail({ how: 'answer', status: 500, body: '{}' });
  const limited = provider.fail({ how: 'answer', status: 429, body: '{}' });
  expect(await call()).toBe(429);
  limited.end();
  expect(await call()).toBe(500);
  broken.end();
  broken.end();
  expect([broken.hits(), limited.hits(), provider.answered()]).toEqual([1, 1, 0]);
  expect(await call()).not.toBe(500);
  expect(provider.answered()).toBe(1);
});
