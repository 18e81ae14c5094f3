// A cloud's error in Anthropic's form. Its kind is decided here once; the names in it lead every reader to the same
// kind.
import type { CallFailureKind } from '../../domain/agents/model-call.ts';
import { redact } from '../../domain/text/redact.ts';
import type { AnswerDecoder } from './carrier.ts';

export interface CloudError {
  kind: CallFailureKind;
  /** The cloud's own name of the error, such as `ThrottlingException`; null if it has none. */
  code: string | null;
  message: string;
}

const typeOfKind: Partial<Record<CallFailureKind, string>> = {
  authentication: 'authentication_error',
  quota: 'billing_error',
  rate_limited: 'rate_limit_error',
  overloaded: 'overloaded_error',
  timeout: 'timeout_error',
  model_not_found: 'not_found_error',
  provider_down: 'api_error',
};

const messageCharsMax = 1_000;

/** Clouds quote what they were sent, so keys are taken out of the message. */
export function anthropicError({ kind, code, message }: CloudError): string {
  const type = typeOfKind[kind] ?? 'invalid_request_error';
  const named = code === null ? {} : { code: code.slice(0, 100) };
  return JSON.stringify({
    type: 'error',
    error: { type, ...named, message: redact(message).slice(0, messageCharsMax) },
  });
}

/** Holds an error answer until its end, and then writes it in Anthropic's form. */
export class ErrorDecoder implements AnswerDecoder {
  readonly isBroken = false;
  readonly #bytesMax: number;
  readonly #write: (body: Buffer) => string;
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(bytesMax: number, write: (body: Buffer) => string) {
    this.#bytesMax = bytesMax;
    this.#write = write;
  }

  push(chunk: Buffer): Buffer {
    const room = this.#bytesMax - this.#heldBytes;
    if (room > 0) this.#held.push(Buffer.from(chunk.subarray(0, room)));
    this.#heldBytes += chunk.length;
    return Buffer.alloc(0);
  }

  end(): Buffer {
    const body = Buffer.concat(this.#held);
    this.#held = [];
    return Buffer.from(this.#write(body));
  }
}

/** Headers that help a client: how long to wait, and the ID by which the cloud's support finds the call. */
const passed = ['retry-after', 'x-amzn-requestid', 'x-request-id', 'request-id'];

/** All other headers are of the cloud alone. */
export function cloudHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  contentType: string,
): string[] {
  const kept = passed.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [name, value] : [];
  });
  return ['content-type', contentType, ...kept];
}
