export interface Push {
  kind: 'push';
  repo: string;
  branch: string;
  commits: string[];
}

export interface Deploy {
  kind: 'deploy';
  service: string;
  version: string;
}

export interface Ping {
  kind: 'ping';
}

export type ChatEvent = Push | Deploy | Ping;

export class BadPayload extends Error {
  override name = 'BadPayload';
}

interface Payload {
  repository?: { full_name?: string };
  ref?: string;
  commits?: { message: string }[];
  service?: string;
  version?: string;
}

function parseBody(body: string): Payload {
  try {
    return JSON.parse(body) as Payload;
  } catch (cause) {
    throw new BadPayload('no JSON', { cause });
  }
}

function branchOf(ref = ''): string {
  return ref.split('/').pop() ?? '';
}

export function toEvent(kind: string | undefined, body: string): ChatEvent {
  const { repository, ref, commits = [], service = '?', version = '?' } = parseBody(body);
  switch (kind) {
    case 'ping':
      return { kind };
    case 'deploy':
      return { kind, service, version };
    case 'push':
      return {
        kind,
        repo: repository?.full_name ?? '?',
        branch: branchOf(ref),
        commits: commits.map(({ message }) => message),
      };
    default:
      throw new BadPayload('unknown event: ' + kind);
  }
}

export function summarise(event: ChatEvent): string {
  switch (event.kind) {
    case 'ping':
      return 'pong';
    case 'deploy':
      return event.service + ' ' + event.version + ' deployed';
    case 'push': {
      const first = event.repo + ': ' + event.commits.length + ' commits to ' + event.branch;
      return [first, ...event.commits.map((message) => '- ' + message)].join('\n') + '\n';
    }
  }
}
