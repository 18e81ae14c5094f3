// Anthropic's models on Google Vertex AI: a path for each model, and a short-lived token; the events are Anthropic's own.
import { cloudTitles, type VertexAccess } from '../../domain/agents/cloud.ts';
import type { CallFailureKind } from '../../domain/agents/model-call.ts';
import { noProxy } from '../../stdx/http/forward-proxy.ts';
import { errorIn, failureOfAnswer } from '../wire/answers/provider-failure.ts';
import { memberOf, parseOrNull, textIn } from '../wire/json-value.ts';
import type { CarriedCall, Carrier, CarrierDeps } from './carrier.ts';
import { anthropicError, type CloudError, cloudHeaders, ErrorDecoder } from './cloud-error.ts';
import { GoogleToken } from './google-token.ts';

type Place = Pick<VertexAccess, 'project' | 'location'>;

export function vertexCarrier(
  { project, location, credentials }: VertexAccess,
  { baseUrl, clock, errorBytesMax, proxy = noProxy }: CarrierDeps,
): Carrier {
  const token = new GoogleToken(credentials, clock, proxy);
  let latest = '';
  return {
    ready: async () => {
      const value = await token.value();
      latest = value;
      return async ({ headers, body, ...call }) => ({
        url: urlOf(baseUrl, { project, location }, call),
        method: 'POST',
        headers: { ...headers, authorization: `Bearer ${value}` },
        body,
      });
    },
    shown: (head, model) => {
      const status = head.statusCode ?? 0;
      if (status < 400) {
        const type = head.headers['content-type'] ?? 'application/json';
        return { status, headers: cloudHeaders(head.headers, type), decoder: null };
      }
      if (status === 401) token.refused(latest);
      const write = (body: Buffer) => anthropicError(vertexError(status, body, { project, location, model }));
      return {
        status,
        headers: cloudHeaders(head.headers, 'application/json'),
        decoder: new ErrorDecoder(errorBytesMax, write),
      };
    },
    mayBill: () => false,
  };
}

function urlOf(
  baseUrl: string,
  { project, location }: Place,
  { model, isStream }: Pick<CarriedCall, 'model' | 'isStream'>,
): URL {
  const action = isStream ? 'streamRawPredict' : 'rawPredict';
  const place = `projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}`;
  // The model's name contains only letters, digits, dashes and an @, which stay as they are in a path.
  return new URL(`${baseUrl.replace(/\/+$/, '')}/v1/${place}/publishers/anthropic/models/${model}:${action}`);
}

/** Google's own errors, and Anthropic's behind it. */
function vertexError(status: number, body: Buffer, place: Place & { model: string }): CloudError {
  const error = errorIn(parseOrNull(body.toString('utf8')));
  const kind = failureOfAnswer(status, body);
  const code = textIn(error, 'status') ?? textIn(error, 'code');
  const said = textIn(error, 'message') ?? (typeof error === 'string' ? error : `HTTP ${status}`);
  return {
    kind,
    code: memberOf(error, 'code') === undefined ? null : code,
    message: wordsFor(kind, status, said, place),
  };
}

const title = cloudTitles.vertex;

function wordsFor(
  kind: CallFailureKind,
  status: number,
  said: string,
  { project, location, model }: Place & { model: string },
): string {
  if (kind === 'authentication' && status === 401) {
    return `${title} does not accept the access token. Check the key of the service account, or the command in MOOSE_VERTEX_TOKEN_COMMAND.`;
  }
  if (kind === 'authentication') {
    return `${title} does not let these credentials call ${model} in the project ${project}. Give the account the role Vertex AI User, and enable the model in the Model Garden.`;
  }
  if (kind === 'model_not_found') {
    return `${title} has no model ${model} for the project ${project} in ${location}: check its ID, MOOSE_VERTEX_LOCATION, and that the model is enabled in the Model Garden.`;
  }
  return said;
}
