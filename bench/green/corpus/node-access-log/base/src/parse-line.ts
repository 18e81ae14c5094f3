export interface Hit {
  ip: string;
  at: Date;
  method: string;
  path: string;
  status: number;
  ms: number;
  agent: string;
}

const LINE = /^(\S+) \[([^\]]+)\] "(\S+) (\S+)" (\d{3}) (\d+)ms "([^"]*)"$/;

/** One line of the access log; undefined for a comment or an empty line. */
export function parseLine(line: string): Hit | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  const found = LINE.exec(line);
  if (!found) throw new SyntaxError('not a line of an access log: ' + line);
  const [, ip = '', at = '', method = '', path = '', status, ms, agent = ''] = found;
  return { ip, at: new Date(at), method, path, status: Number(status), ms: Number(ms), agent };
}
