import { createPublicKey, verify } from 'node:crypto';
import { badCredentials, Refusal } from './refusal.ts';
import type { App, Token } from './state.ts';
import type { World } from './world.ts';

// https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app

export interface Caller {
  token: Token | null;
  app: App | null;
}

/** `Bearer`, `token` or `Basic`; a signed JSON web token of an App counts for the operations of Apps only. */
export function authenticate(world: World, header: string | undefined): Caller {
  if (header === undefined) return { token: null, app: null };
  const [scheme = '', value = ''] = header.split(' ', 2);
  if (/^basic$/i.test(scheme)) return { token: tokenOf(world, passwordIn(value)), app: null };
  if (!/^(bearer|token)$/i.test(scheme)) throw badCredentials();
  if (value.split('.').length === 3) return { token: null, app: appOf(world, value) };
  return { token: tokenOf(world, value), app: null };
}

function passwordIn(basic: string): string {
  const text = Buffer.from(basic, 'base64').toString('utf8');
  return text.slice(text.indexOf(':') + 1);
}

function tokenOf(world: World, value: string): Token {
  const token = world.tokens.get(value);
  if (!token || (token.expiresAt && token.expiresAt <= world.now())) throw badCredentials();
  return token;
}

const lifeMaxSeconds = 600;

function appOf(world: World, jwt: string): App {
  const undecodable = () => new Refusal(401, 'A JSON web token could not be decoded');
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const claims = decoded(payload);
  const app = world.apps.find(({ id }) => String(id) === String(claims?.iss));
  if (!claims || !app || decoded(header)?.alg !== 'RS256') throw undecodable();
  const signed = Buffer.from(`${header}.${payload}`);
  const key = createPublicKey(app.publicKey);
  if (!verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))) throw undecodable();
  const now = Math.floor(world.now().getTime() / 1000);
  const [iat, exp] = [Number(claims.iat), Number(claims.exp)];
  if (!(iat <= now)) {
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (!(exp > now)) {
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  }
  if (exp - now > lifeMaxSeconds)
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  return app;
}

function decoded(part: string): Record<string, unknown> | null {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
  } catch {
    return null;
  }
}
