export interface Commit {
  type: string;
  scope?: string;
  subject: string;
  breaking: boolean;
}

const HEADER = /^(\w+)(?:\(([^)]+)\))?: (.+)$/;

/** A message in the style of Conventional Commits; anything else is of the type 'other'. */
export function parseCommit(message: string): Commit {
  const [header = '', ...body] = message.split('\n');
  const breaking = body.some((line) => line.startsWith('BREAKING CHANGE: '));
  const found = HEADER.exec(header);
  if (!found) return { type: 'other', subject: header, breaking };
  const [, type = '', scope, subject = ''] = found;
  return { type, ...(scope ? { scope } : {}), subject, breaking };
}
