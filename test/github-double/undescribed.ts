// Answers that GitHub gives and its description does not have.

interface Undescribed {
  /** The start of the operation's key; empty for all. */
  operation: string;
  status: number;
  source: string;
}

const undescribed: readonly Undescribed[] = [
  {
    operation: '',
    status: 401,
    source: 'https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api: Bad credentials',
  },
  {
    operation: '',
    status: 403,
    source:
      'https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api: Resource not accessible; rate limits',
  },
  {
    operation: '',
    status: 404,
    source:
      'https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api: hides what is private',
  },
  {
    operation: '',
    status: 429,
    source: 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api',
  },
  {
    operation: '',
    status: 304,
    source:
      'https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api: conditional requests',
  },
  {
    operation: 'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
    status: 422,
    source: 'observed: Reference does not exist',
  },
  {
    operation: 'GET /repos/{owner}/{repo}/commits/{ref}',
    status: 422,
    source: 'observed: No commit found for SHA',
  },
];

export function isUndescribed(key: string, status: number): boolean {
  return undescribed.some((each) => key.startsWith(each.operation) && each.status === status);
}

/** In lists and answers: the line of a comment, if the commented lines have changed since. */
const nullLine = {
  operation: /\/pulls\/.*(?:comments|replies|\{comment_id\})$/,
  fault: /(?:^|\.)line is null, not integer$/,
  source:
    'https://docs.github.com/webhooks/webhook-events-and-payloads#pull_request_review_comment: line is nullable',
};

export function isUndescribedNull(key: string, fault: string): boolean {
  return nullLine.operation.test(key) && nullLine.fault.test(fault);
}
