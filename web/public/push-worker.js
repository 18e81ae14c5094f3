// Shows the notifications that Moose sends to this browser. A click opens one of Moose's own pages, and nothing else.
const fallback = { title: 'Moose', body: 'Something waits for you.', path: '/' };

/** What a message says; a browser must show something for every message. */
function read(event) {
  try {
    const said = event.data?.json();
    const isText = ['title', 'body', 'path'].every((name) => typeof said?.[name] === 'string');
    return isText ? said : fallback;
  } catch {
    return fallback;
  }
}

/** Only an address of this origin. */
function ownUrl(path) {
  const home = new URL('/', self.location.origin);
  if (typeof path !== 'string' || !URL.canParse(path, home)) return home.href;
  const url = new URL(path, home);
  return url.origin === home.origin ? url.href : home.href;
}

self.addEventListener('push', (event) => {
  const { title, body, path } = read(event);
  // A reminder replaces the notification about the same question.
  const options = { body, tag: path, renotify: true, icon: '/moose.svg', data: { path } };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(ownUrl(event.notification.data?.path)));
});

async function open(url) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const shown = pages.find((page) => page.url === url);
  await (shown ? shown.focus() : self.clients.openWindow(url));
}
