export interface Settings {
  host: string;
  port: number;
}

/** Lines such as `host=example.com`. */
export function parse(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const [name, value] = line.split('=');
    if (name && value) values[name.trim()] = value.trim();
  }
  return values;
}

export function readSettings(text: string): Settings {
  const values = parse(text);
  return { host: values.host ?? 'localhost', port: Number(values.port ?? 80) };
}

export function address({ host, port }: Settings): string {
  return `${host}:${port}`;
}
