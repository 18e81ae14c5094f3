// For tests: the silent way to a database, until the end of the test.
import { onTestFinished } from 'vitest';
import { openSilentWay, type SilentWay } from './open-silent-way.fixture.ts';

export async function silentWay(url: string): Promise<SilentWay> {
  const way = await openSilentWay(url);
  onTestFinished(() => way.close());
  return way;
}
