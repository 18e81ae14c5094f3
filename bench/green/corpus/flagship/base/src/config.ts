export interface Config {
  endpoint: string;
  timeoutMs: number;
}

export function fromEnv(env: Record<string, string | undefined>): Config {
  return {
    endpoint: env['FLAGS_ENDPOINT'] ?? 'http://localhost:4242',
    timeoutMs: Number(env['FLAGS_TIMEOUT_MS'] ?? 500),
  };
}
