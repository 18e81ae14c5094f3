// What Bedrock's errors mean, and what a person can do about them. A message about credentials is written
// here, because Amazon's own may quote the signed request with its session token.
import { cloudTitles } from '../../domain/agents/cloud.ts';
import { failureOfError } from '../wire/answers/provider-failure.ts';
import { parseOrNull, textIn } from '../wire/json-value.ts';
import type { CloudError } from './cloud-error.ts';
import type { StreamException } from './event-stream.ts';

export interface BedrockPlace {
  region: string;
  model: string;
}

export interface BedrockAnswer extends BedrockPlace {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
  now: Date;
}

const title = cloudTitles.bedrock;

/** An error answer; its name is in a header, in the body, or nowhere. */
export function bedrockError({ status, headers, body, now, ...place }: BedrockAnswer): CloudError {
  const said = parseOrNull(body.toString('utf8'));
  const header = headers['x-amzn-errortype'];
  const named = typeof header === 'string' ? header : (textIn(said, '__type') ?? textIn(said, 'code') ?? '');
  // `ThrottlingException:http://…`, or with a namespace before a #.
  const [, name = ''] = /^(?:[^#:]*#)?([A-Za-z]{1,80})/.exec(named) ?? [];
  const message = textIn(said, 'message') ?? textIn(said, 'Message') ?? `HTTP ${status}`;
  return judged({ name, message, status, date: headers.date, now }, place);
}

/** An exception in the middle of a stream. */
export function bedrockException(exception: StreamException, place: BedrockPlace): CloudError {
  return judged({ ...exception, status: null, date: undefined, now: new Date(0) }, place);
}

interface Said extends StreamException {
  status: number | null;
  /** The cloud's clock. */
  date: string | string[] | undefined;
  now: Date;
}

function judged(said: Said, place: BedrockPlace): CloudError {
  const { name, message, status } = said;
  const code = name === '' ? null : name;
  const unknown = aboutModel(message, place);
  if (unknown !== null)
    return { kind: 'model_not_found', code: 'ResourceNotFoundException', message: unknown };
  const kind = failureOfError({ code, message }, status);
  if (kind === 'authentication') {
    const clear = aboutCredentials(said, place);
    return { kind, code: null, message: clear };
  }
  return { kind, code, message };
}

/** Amazon answers with a validation error if the model is not in the region, or only by an inference profile. */
function aboutModel(message: string, { region, model }: BedrockPlace): string | null {
  if (/on-demand throughput isn.t supported/i.test(message)) {
    return `${title} offers ${model} in ${region} only by an inference profile: name it with the prefix of one, such as global.${model} or us.${model}.`;
  }
  if (!/model identifier is invalid|model ID .{0,200}not (?:found|exist)/i.test(message)) return null;
  return `${title} has no model ${model} in ${region}: check its ID, and the region in MOOSE_BEDROCK_REGION.`;
}

const minuteMs = 60_000;

function aboutCredentials({ name, message, date, now }: Said, { region, model }: BedrockPlace): string {
  if (/Signature (?:expired|not yet current)/i.test(message) || name === 'RequestTimeTooSkewed') {
    const offMs = typeof date === 'string' ? now.getTime() - Date.parse(date) : Number.NaN;
    const minutes = Math.round(Math.abs(offMs) / minuteMs);
    const off = minutes > 0 ? ` It is ${minutes} min ${offMs < 0 ? 'behind' : 'ahead'}.` : '';
    return `${title} refuses the signature, because the clock of this machine is wrong.${off} Set the clock, for example with NTP.`;
  }
  if (/ExpiredToken/.test(name) || /token .{0,60}expired/i.test(message)) {
    return `The AWS session token has expired. Get new credentials, and set AWS_SESSION_TOKEN or the profile again.`;
  }
  if (/AccessDenied/.test(name)) {
    return `The AWS credentials are not allowed to call ${model} in ${region}. Allow bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream for it, and enable the model in the console of ${title}.`;
  }
  if (/Signature/.test(name) || /signature/i.test(message)) {
    return `${title} refuses the signature. Check AWS_SECRET_ACCESS_KEY, and that MOOSE_BEDROCK_REGION (${region}) is the region of the address.`;
  }
  return `${title} does not accept the AWS credentials. Check AWS_ACCESS_KEY_ID or AWS_BEARER_TOKEN_BEDROCK, and the session token of temporary keys.`;
}
