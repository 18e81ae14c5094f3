// Gives git a login for one call to a remote over HTTP. It goes through git's environment: arguments and addresses are
// shown to every user of the machine, and helpers keep what they are given (R-SEC-4).

export interface GitLogin {
  user: string;
  password: string;
}

/** Null: git finds a login of its own. */
export type FindLogin = (address: string, signal?: AbortSignal) => Promise<GitLogin | null>;

let findLogin: FindLogin | null = null;

/** Remotes get the logins that this finds, until the returned function is called. */
export function giveLogins(find: FindLogin): () => void {
  findLogin = find;
  return () => {
    if (findLogin === find) findLogin = null;
  };
}

/** The variables for one call; empty for a remote that is no HTTP address or that names its own user. */
export async function loginVariables(
  address: string,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, string>>> {
  const url = /^https?:\/\//i.test(address) ? URL.parse(address) : null;
  if (url === null || findLogin === null || url.username !== '' || url.password !== '') return {};
  const login = await findLogin(address, signal);
  if (login === null) return {};
  const basic = Buffer.from(`${login.user}:${login.password}`).toString('base64');
  const header = `http.${url.origin}/.extraHeader`;
  const settings = [
    // An empty value removes what the user's settings say: two headers are refused by forges.
    [header, ''],
    [header, `Authorization: Basic ${basic}`],
    // If the login is refused, no other one is tried: it would be another account.
    ['credential.helper', ''],
  ];
  return {
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key = '', value = ''], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}
