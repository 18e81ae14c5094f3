/** Takes the token from `#token=…` and removes it from the URL and the history before it is used. */
export function takeToken(): string | null {
  return take('token');
}

/** Takes from `#refused=…` why the sign-in at the provider failed. */
export function takeRefusal(): string | null {
  return take('refused');
}

function take(name: string): string | null {
  const value = new URLSearchParams(location.hash.slice(1)).get(name);
  if (value === null) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return value === '' ? null : value;
}
