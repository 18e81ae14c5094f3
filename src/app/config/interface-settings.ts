// How people and other programs reach Moose, and the channels of its notifications.

import type { SignInElsewhere } from '../../api/sign-in/sign-in-elsewhere.ts';
import type { ConfigurationError } from '../../domain/failure.ts';
import { parsePreviewPattern } from '../../domain/machine/preview.ts';
import { appFailures } from '../failure-catalogue.ts';

export interface InterfaceSettings {
  /** 0: any free port. */
  port: number;
  bind: string;
  /**
   * The public address of the interface, such as `https://moose.example.org`; null if Moose is only reachable on
   * loopback.
   */
  baseUrl: string | null;
  /** Where previews of services are served; null: nowhere. */
  previews: { pattern: string; port: number; bind: string } | null;
  slackUrl: string | null;
  /** Null: messages in Slack have no buttons. */
  slack: { signingSecret: string; people: ReadonlyMap<string, string> } | null;
  discordUrl: string | null;
  webhookUrl: string | null;
  webhookSecret: string | null;
  githubSecret: string | null;
  /** Proxies whose `X-Forwarded-For` counts: addresses and networks. */
  trustedProxies: readonly string[];
  /** How people sign in without a token. */
  signIn: SignInElsewhere;
}

const portMax = 65_535;

export function port(given: string, fallback: number, name = 'MOOSE_PORT'): number {
  const value = Number(given || fallback);
  if (Number.isInteger(value) && value >= 0 && value <= portMax) return value;
  throw invalid(
    `${name} is "${given}", which is not a port.`,
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

export function previewUrl(given: string, name: string): string | null {
  if (!given) return null;
  const pattern = parsePreviewPattern(given);
  if (pattern !== null) return pattern;
  throw invalid(
    `${name} is "${given}", which does not give each preview a host name of its own.`,
    'Write it without a path, with * in place of the first part of the host name, as in https://*.preview.example.org, or unset it.',
  );
}

/** `U012AB3CD=ada@example.org,…`: the names of people by the IDs of Slack users. */
export function slackPeople(given: string, name: string): ReadonlyMap<string, string> {
  const words = given.split(',').filter((word) => word.trim() !== '');
  return new Map(
    words.map((word) => {
      const { user, person } =
        /^(?<user>[UW][A-Z0-9]{2,30})=(?<person>\S.{0,99})$/.exec(word.trim())?.groups ?? {};
      if (user !== undefined && person !== undefined) return [user, person];
      throw invalid(
        `${name} contains "${word}", which is not a Slack user and a person.`,
        'Write U012AB3CD=ada@example.org: the member ID from the profile in Slack, and the name in Moose.',
      );
    }),
  );
}

function invalid(message: string, advice: string): ConfigurationError {
  return appFailures.SETTING_INVALID_SIGN_IN('read', { message, advice });
}
