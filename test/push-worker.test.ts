// The service worker of the pages, in a stand-in for the browser.
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';

interface Page {
  url: string;
  focus(): void;
}

function browserWith(pages: Page[] = []) {
  const listeners: Record<string, (event: object) => void> = {};
  const shown: Array<{ title: string; options: { body: string; data: { path: unknown } } }> = [];
  const opened: string[] = [];
  const scope = {
    location: { origin: 'https://moose.example.org' },
    addEventListener: (name: string, act: (event: object) => void) => {
      listeners[name] = act;
    },
    registration: { showNotification: (title: string, options: never) => shown.push({ title, options }) },
    clients: { matchAll: async () => pages, openWindow: (url: string) => opened.push(url) },
  };
  runInNewContext(readFileSync(new URL('../web/public/push-worker.js', import.meta.url), 'utf8'), {
    self: scope,
    URL,
  });
  const fire = async (name: string, event: object) => {
    const waiting: Promise<unknown>[] = [];
    listeners[name]?.({ ...event, waitUntil: (each: Promise<unknown>) => waiting.push(each) });
    await Promise.all(waiting);
  };
  const push = (text: string | null) =>
    fire('push', { data: text === null ? null : { json: () => JSON.parse(text) } });
  const click = (path: unknown) =>
    fire('notificationclick', { notification: { close: () => undefined, data: { path } } });
  return { shown, opened, push, click };
}

test('R-ESC-5: a message is shown, and a click opens the page of its question, or the page that already shows it', async () => {
  const { shown, opened, push, click } = browserWith();
  await push('{"title":"Moose has a question","body":"Which port?","path":"/escalations/1"}');
  expect(shown).toMatchObject([
    {
      title: 'Moose has a question',
      options: { body: 'Which port?', tag: '/escalations/1', data: { path: '/escalations/1' } },
    },
  ]);
  await click('/escalations/1');
  expect(opened).toEqual(['https://moose.example.org/escalations/1']);
  const focused: string[] = [];
  const url = 'https://moose.example.org/escalations/1';
  const page = { url, focus: () => void focused.push(url) };
  const open = browserWith([page]);
  await open.click('/escalations/1');
  expect([focused, open.opened]).toEqual([[url], []]);
});

test('fear: a message that cannot be read shows nothing, so the browser withdraws the permission', async () => {
  for (const text of [null, '', 'no json', '[]', 'null', '{"title":1,"body":"x","path":"/"}']) {
    const { shown, push } = browserWith();
    await push(text);
    expect(shown).toMatchObject([{ title: 'Moose', options: { data: { path: '/' } } }]);
  }
});

test('R-SEC-2: fear: a click opens a page of somebody else', async () => {
  const strange = [
    '//evil.example/x',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'http://[',
    7,
    undefined,
  ];
  for (const path of strange) {
    const { opened, click } = browserWith();
    await click(path);
    expect(opened, String(path)).toEqual(['https://moose.example.org/']);
  }
});
