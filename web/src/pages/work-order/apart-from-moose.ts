// Cookies are sent to every port of a host. A service on this machine, which a repository starts, must not get the cookie
// of whoever opens its page, so its address uses another name of the machine than the page of Moose does.

const otherNames: Readonly<Record<string, string>> = {
  localhost: '127.0.0.1',
  '127.0.0.1': 'localhost',
  '[::1]': 'localhost',
};

/** `own`: the host name of Moose's page. */
export function apartFromMoose(href: string, own: string): string {
  const url = URL.parse(href);
  const other = otherNames[own];
  if (url === null || other === undefined || url.hostname !== own) return href;
  url.hostname = other;
  return url.href;
}
