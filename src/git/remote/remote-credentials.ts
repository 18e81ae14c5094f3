// Gives git a login for one call to a remote over HTTP. It goes through git's environment: arguments and addresses are
// shown to every user of the machine, and other helpers keep what they are given (R-SEC-4).

export interface GitLogin {
  user: string;
  password: string;
}

/** Null: git looks for a login itself. */
export type FindLogin = (address: string, signal?: AbortSignal) => Promise<GitLogin | null>;

const userVariable = 'MOOSE_GIT_USER';
const passwordVariable = 'MOOSE_GIT_PASSWORD';
/** git's shell runs this; it prints the login and stores nothing. */
const loginProgram = `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$${userVariable}" "$${passwordVariable}"; }; f`;

let findLogin: FindLogin | null = null;

/** Uses `find` for the logins of remotes, until the returned function is called. */
export function giveLogins(find: FindLogin): () => void {
  findLogin = find;
  return () => {
    if (findLogin === find) findLogin = null;
  };
}

/** The variables for one call; empty if the remote is not an HTTP address, or names its own user. */
export async function loginVariables(
  address: string,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, string>>> {
  const url = /^https?:\/\//i.test(address) ? URL.parse(address) : null;
  if (url === null || findLogin === null || url.username !== '' || url.password !== '') return {};
  const login = await findLogin(address, signal);
  if (login === null) return {};
  const settings = [
    // An empty value overrides the user's settings, which may hold the login of another account.
    [`http.${url.origin}/.extraHeader`, ''],
    // If the login is refused, git must not try another one, which would be another account.
    ['credential.helper', ''],
    // git asks for a login per host, so a redirect to another host gets none; a header would go there too.
    [`credential.${url.origin}.helper`, loginProgram],
  ];
  return {
    [userVariable]: login.user,
    [passwordVariable]: login.password,
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key = '', value = ''], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}
