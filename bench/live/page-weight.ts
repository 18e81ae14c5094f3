// What comes over the wire until the board is drawn, in a browser that has nothing yet.
import { type Chromium, signIn } from '../../test/browser/open-chromium.ts';

export interface FirstView {
  /** Heads and bodies, compressed as they were sent: the files of the page, and what the board tells. */
  bytes: number;
  /** What came, and how much of it, in its order. */
  answers: string[];
  /** What is in the scripts among them. */
  scripts: string[];
}

export async function firstView(
  chromium: Chromium,
  { url, token }: { url: string; token: string },
): Promise<FirstView> {
  const { page } = await chromium.open();
  const debug = await page.context().newCDPSession(page);
  await debug.send('Network.enable');
  const paths = new Map<string, string>();
  const sizes = new Map<string, number>();
  debug.on('Network.responseReceived', ({ requestId, response }) => {
    paths.set(requestId, new URL(response.url).pathname);
  });
  debug.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    sizes.set(requestId, encodedDataLength);
  });
  const scripts: Array<Promise<string>> = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.endsWith('.js')) scripts.push(response.text());
  });
  await signIn(page, url, token);
  await page.locator('[data-lane]').first().waitFor();
  const told = new Set(sizes.keys());
  // What a file brings along counts also where the board did not wait for it; what is told anew does not.
  await page.waitForLoadState('networkidle');
  const all = [...sizes].map(([id, size]) => ({ id, size, path: paths.get(id) ?? '?' }));
  const counted = all.filter(({ id, path }) => told.has(id) || !path.startsWith('/api/'));
  const texts = await Promise.all(scripts);
  await page.context().close();
  return {
    bytes: counted.reduce((total, { size }) => total + size, 0),
    answers: counted.map(({ path, size }) => `${path}: ${size}`),
    scripts: texts,
  };
}
