// The environment in which a person signs in to an agent's program. Its home is removed afterwards, so that nothing
// that an agent wrote is read outside its sandbox.

/** Variables of the terminal and of the network that a sign-in needs. */
const kept = [
  ...['TERM', 'LANG', 'COLORTERM', 'DISPLAY', 'WAYLAND_DISPLAY', 'BROWSER'],
  ...['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
];

export function signInEnvironment(
  folder: string,
  searchPath: string,
  given: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const own = kept.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]] as const]));
  return { ...Object.fromEntries(own), HOME: folder, PATH: searchPath };
}
