/** Takes the token from `#token=…` and removes it from the URL and the history before it is used. */
export function takeToken(): string | null {
  return take('token');
}

/** Takes from `#refused=…` why the sign-in at the provider failed. */
export function takeRefusal(): string | null {
  return take('refused');
}

/** Takes the secret of an invite, which is all that follows the `#`. */
export function takeInvite(): string | null {
  const secret = location.hash.slice(1);
  if (secret !== '') forgetHash();
  return secret === '' ? null : secret;
}

function forgetHash(): void {
  history.replaceState(history.state, '', location.pathname + location.search);
}

function take(name: string): string | null {
  const value = new URLSearchParams(location.hash.slice(1)).get(name);
  if (value === null) return null;
  forgetHash();
  return value === '' ? null : value;
}
