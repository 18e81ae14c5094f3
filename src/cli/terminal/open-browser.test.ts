import { expect, test, vi } from 'vitest';
import { openBrowser } from './open-browser.ts';

test('R-UI-7: on a machine without a browser, the address is printed instead', async () => {
  vi.stubEnv('PATH', '/nonexistent');
  const notes: string[] = [];
  const printer = { note: (text: string) => void notes.push(text) };
  const address = { openUrl: 'http://127.0.0.1:1/', signInUrl: '', signInPath: '/none', tokenPath: '/none' };
  await openBrowser(address, printer as never, new AbortController().signal);
  expect(notes).toEqual([expect.stringMatching(/^Could not open a browser .*http:\/\/127\.0\.0\.1:1\/$/)]);
});
