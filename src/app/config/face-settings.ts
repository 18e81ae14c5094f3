// How people and other programs reach Moose: its own address, and the channels of its notifications.
import { ConfigurationError } from '../../domain/failure.ts';

export interface FaceSettings {
  /** 0: any free port. */
  port: number;
  bind: string;
  /** The address of the interface for people elsewhere, such as `https://moose.example.org`; null: only loopback. */
  baseUrl: string | null;
  slackUrl: string | null;
  discordUrl: string | null;
  webhookUrl: string | null;
  webhookSecret: string | null;
  githubSecret: string | null;
}

type Given = { [Name in keyof FaceSettings]: string | undefined };

const portUsual = 4317;
const portMax = 65_535;

/** @throws ConfigurationError `SETTING_INVALID`, which never contains a webhook address: it may be a secret. */
export function faceSettings(given: Given): FaceSettings {
  return {
    port: port(given.port),
    bind: given.bind || '127.0.0.1',
    baseUrl: origin(given.baseUrl),
    slackUrl: address('MOOSE_SLACK_WEBHOOK_URL', given.slackUrl),
    discordUrl: address('MOOSE_DISCORD_WEBHOOK_URL', given.discordUrl),
    webhookUrl: address('MOOSE_WEBHOOK_URL', given.webhookUrl),
    webhookSecret: given.webhookSecret || null,
    githubSecret: given.githubSecret || null,
  };
}

function port(given: string | undefined): number {
  const value = Number(given || portUsual);
  if (Number.isInteger(value) && value >= 0 && value <= portMax) return value;
  throw invalid(
    `MOOSE_PORT is "${given}", which is not a port.`,
    `Set it to a whole number up to ${portMax}, or unset it for ${portUsual}.`,
  );
}

function address(name: string, given: string | undefined): string | null {
  if (!given) return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  // `fetch` refuses an address with a password.
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return given;
  throw invalid(
    `${name} is not a valid webhook address.`,
    'Write it as https://…, without a user or password, or unset it.',
  );
}

function origin(given: string | undefined): string | null {
  if (!given) return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw invalid(
    `MOOSE_BASE_URL is "${given}", which is not the origin of a site.`,
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
