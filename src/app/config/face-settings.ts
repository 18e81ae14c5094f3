// How people and other programs reach Moose, and the channels of its notifications.
import { ConfigurationError } from '../../domain/failure.ts';

export interface FaceSettings {
  /** 0: any free port. */
  port: number;
  bind: string;
  /**
   * The public address of the interface, such as `https://moose.example.org`; null if Moose is only reachable on
   * loopback.
   */
  baseUrl: string | null;
  slackUrl: string | null;
  discordUrl: string | null;
  webhookUrl: string | null;
  webhookSecret: string | null;
  githubSecret: string | null;
}

const portMax = 65_535;

export function port(given: string, fallback: number): number {
  const value = Number(given || fallback);
  if (Number.isInteger(value) && value >= 0 && value <= portMax) return value;
  throw invalid(
    `MOOSE_PORT is "${given}", which is not a port.`,
    `Set it to a whole number up to ${portMax}, or unset it for ${fallback}.`,
  );
}

/** The error does not contain the address, which may be a secret. */
export function webhookAddress(given: string, name: string): string | null {
  if (!given) return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  // `fetch` refuses an address with a password.
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return given;
  throw invalid(
    `${name} is not a valid webhook address.`,
    'Write it as https://…, without a user or password, or unset it.',
  );
}

export function origin(given: string, name: string): string | null {
  if (!given) return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw invalid(
    `${name} is "${given}", which is not the origin of a site.`,
    'Write it without a path, as in https://moose.example.org, or unset it.',
  );
}

function invalid(message: string, advice: string): ConfigurationError {
  return new ConfigurationError({
    code: 'SETTING_INVALID',
    component: 'config',
    operation: 'read',
    message,
    advice,
  });
}
