// The data that a browser with an empty cache loads until the board is drawn.
import { type Chromium, signIn } from '../../test/browser/open-chromium.ts';

export interface FirstView {
  /** Headers and bodies, compressed as they were sent: the files of the page, and the data of the board. */
  bytes: number;
  /** The answers with their sizes, in order. */
  answers: string[];
  /** The content of the scripts among them. */
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
  // Files that a loaded file imports count even if the board did not wait for them; data that is loaded again does not.
  await page.waitForLoadState('networkidle');
  const all = [...sizes].map(([id, size]) => ({ id, size, path: paths.get(id) ?? '?' }));
  const counted = all.filter(({ id, path }, at) => {
    if (!path.startsWith('/api/')) return true;
    return told.has(id) && all.findIndex((each) => each.path === path) === at;
  });
  const texts = await Promise.all(scripts);
  await page.context().close();
  return {
    bytes: counted.reduce((total, { size }) => total + size, 0),
    answers: counted.map(({ path, size }) => `${path}: ${size}`),
    scripts: texts,
  };
}
