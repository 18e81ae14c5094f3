// Every file that contains Moose's version.
import { readFileSync } from 'node:fs';

/** @returns the texts of the files with this version */
export function withVersion(version: string): Map<string, string> {
  const json = (path: string, change: (document: Versioned) => void) => {
    const document = JSON.parse(readFileSync(path, 'utf8'));
    change(document);
    return [path, `${JSON.stringify(document, null, 2)}\n`] as const;
  };
  const chart = 'deploy/helm/moose/Chart.yaml';
  return new Map([
    json('package.json', (own) => {
      own.version = version;
    }),
    json('package-lock.json', (own) => {
      own.version = version;
      const root = own.packages?.[''];
      if (root === undefined) throw new Error('package-lock.json has no package "".');
      root.version = version;
    }),
    [chart, readFileSync(chart, 'utf8').replace(/^(version|appVersion): .*$/gm, `$1: ${version}`)],
  ]);
}

interface Versioned {
  version: string;
  packages?: Record<string, { version: string }>;
}
