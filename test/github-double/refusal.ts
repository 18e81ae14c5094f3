// How GitHub says no. Sources: its REST documentation, and the answers that integrations have met in public.

export interface FieldError {
  resource?: string;
  field?: string;
  code?: string;
  message?: string;
}

export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    more: { errors?: readonly FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }

  /** @param docs the page of the operation that was called */
  body(docs: string): unknown {
    return {
      message: this.message,
      ...(this.errors && { errors: this.errors }),
      documentation_url: docs,
      status: String(this.status),
    };
  }
}

export const notFound = () => new Refusal(404, 'Not Found');

export const badCredentials = () => new Refusal(401, 'Bad credentials');

export const forbidden = (message: string) => new Refusal(403, message);

export const validationFailed = (...errors: FieldError[]) =>
  new Refusal(422, 'Validation Failed', { errors });

/** GitHub's code for whatever has only a message. */
export const custom = (resource: string, message: string, field?: string): FieldError => ({
  resource,
  code: 'custom',
  ...(field !== undefined && { field }),
  message,
});

/** Characters, not bytes. */
const bodyCharsMax = 65_536;

export function refuseLongBody(
  resource: 'Issue' | 'IssueComment' | 'PullRequestReviewComment',
  body: string | null | undefined,
) {
  if ([...(body ?? '')].length <= bodyCharsMax) return;
  if (resource === 'Issue') {
    throw validationFailed(
      custom(resource, `body is too long (maximum is ${bodyCharsMax} characters)`, 'body'),
    );
  }
  const message = `Body is too long (maximum is ${bodyCharsMax} characters)`;
  throw validationFailed({ resource, field: 'data', code: 'unprocessable', message });
}
