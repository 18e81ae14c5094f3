// For tests: a real OpenID Connect provider on loopback, and a browser that follows redirects and keeps cookies.
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

type Claims = Record<string, unknown>;

export interface ProviderGround {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who signs in next at the provider. */
  person: Claims & { sub: string };
  /** Changes the ID token before it is signed. */
  forge: ((claims: Claims) => Claims) | null;
  /** Signs forged tokens with a key that the provider does not name. */
  signsWithOtherKey: boolean;
  /** Requests to the token endpoint. */
  tokenCalls: number;
}

/** Made once: it costs a second of processor time. */
const keyOf = lazily(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
const otherKeyOf = lazily(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** @param callbacks - the addresses to which the provider sends browsers back */
export async function startProvider(callbacks: string[]): Promise<ProviderGround> {
  const { Provider } = await import('oidc-provider');
  const jwk = { ...keyOf().export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' };
  const http = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const ground: ProviderGround = {
    issuer,
    clientId: 'moose',
    clientSecret: 'a-secret-of-the-client',
    person: { sub: 'ada-1', email: 'ada@example.org', email_verified: true },
    forge: null,
    signsWithOtherKey: false,
    tokenCalls: 0,
  };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: ground.clientId,
        client_secret: ground.clientSecret,
        redirect_uris: callbacks,
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    jwks: { keys: [jwk] as never },
    cookies: { keys: ['of-the-test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified', 'groups'] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    findAccount: (_context, sub) => ({ accountId: sub, claims: async () => ({ ...ground.person, sub }) }),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    loadExistingGrant: async ({ oidc }) => {
      const grant = new provider.Grant({
        clientId: ground.clientId,
        accountId: oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
    renderError: (context, out) => {
      context.body = out;
    },
  });
  provider.use(async (context, next) => {
    await next();
    if (context.path !== '/token') return;
    ground.tokenCalls += 1;
    const answer = context.body as { id_token?: string };
    if (ground.forge === null || answer.id_token === undefined) return;
    const [header = '', payload = ''] = answer.id_token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const text = `${header}.${Buffer.from(JSON.stringify(ground.forge(claims))).toString('base64url')}`;
    const key = ground.signsWithOtherKey
      ? otherKeyOf()
      : createPrivateKey({ key: jwk as never, format: 'jwk' });
    answer.id_token = `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  });
  const answer = provider.callback();
  http.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void answer(request, response);
    void provider.interactionFinished(request, response, { login: { accountId: ground.person.sub } });
  });
  onTestFinished(async () => {
    http.closeAllConnections();
    http.close();
  });
  return ground;
}

export interface Browser {
  /** One request, with the cookies of the host and path; its cookies are kept. */
  visit(url: string, init?: RequestInit): Promise<Response>;
  /** Follows redirects until `stop` accepts the next address, or until there is none. */
  follow(url: string, stop?: (next: string) => boolean): Promise<{ url: string; response: Response }>;
  cookies: Map<string, string>;
}

const redirectsMax = 20;

export function newBrowser(): Browser {
  // Keyed by origin and name.
  const cookies = new Map<string, string>();
  const visit = async (url: string, init: RequestInit = {}) => {
    const { origin } = new URL(url);
    const own = [...cookies].filter(([key]) => key.startsWith(`${origin} `));
    const cookie = own.map(([key, value]) => `${key.slice(origin.length + 1)}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie, ...init.headers } });
    for (const one of response.headers.getSetCookie()) {
      const [pair = ''] = one.split(';');
      const [name = '', ...value] = pair.split('=');
      const isDeleted = /max-age=0/i.test(one) || /expires=Thu, 01 Jan 1970/i.test(one);
      if (isDeleted) cookies.delete(`${origin} ${name}`);
      else cookies.set(`${origin} ${name}`, value.join('='));
    }
    return response;
  };
  return {
    cookies,
    visit,
    async follow(url, stop = () => false) {
      let at = url;
      for (let step = 0; step < redirectsMax; step++) {
        const response = await visit(at);
        const location = response.headers.get('location');
        if (location === null) return { url: at, response };
        const next = new URL(location, at).href;
        if (stop(next)) return { url: next, response };
        await response.body?.cancel();
        at = next;
      }
      throw new Error(`Too many redirects: ${at}`);
    },
  };
}
