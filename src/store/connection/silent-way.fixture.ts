// For tests: a relay to a database whose connections can fall silent; it ends with the test.
import { onTestFinished } from 'vitest';
import { openSilentWay, type SilentWay } from './open-silent-way.fixture.ts';

export async function silentWay(url: string): Promise<SilentWay> {
  const way = await openSilentWay(url);
  onTestFinished(() => way.close());
  return way;
}
