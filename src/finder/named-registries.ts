// The private registries that a project's files name: setup needs their hosts, so `moose init` proposes them for the
// project file (R-SEC-6). Pure.
import {
  type EgressEntry,
  entriesFor,
  entryText,
  isAddress,
  readEgressEntry,
} from '../domain/machine/egress.ts';
import { packageRegistries, registriesIn, registryOf } from './package-registries.ts';
import type { ProjectFiles } from './project-files.ts';

export interface NamedRegistry {
  /** `host` or `host:port`. */
  host: string;
  /** True if the name can only have a private address. */
  isPrivate: boolean;
  /** The file that names the host. */
  source: string;
}

const registriesMax = 30;
const fileCharsMax = 256 * 1024;
/** Files below the root that package managers read; files at the root are found by their names. */
const belowRoot = ['.cargo/config.toml', '.cargo/config', '.mvn/settings.xml', '.mvn/maven.config'];

/** For each kind of file, the function that finds the addresses in its text. */
const kinds: readonly (readonly [name: RegExp, addresses: (text: string) => string[]])[] = [
  [/^\.npmrc$/, (text) => all(text, /^\s*(?:@[^\s:]+:)?registry\s*=\s*"?([^\s"]+)/gm)],
  [/^\.yarnrc(\.yml)?$/, (text) => all(text, /^\s*(?:npmRegistryServer:|registry)\s+"?([^\s"]+)/gm)],
  [/^bunfig\.toml$/, (text) => all(text, /\b(?:registry|url)\s*=\s*"([^"]+)"/g)],
  [
    /^(pip\.(conf|ini)|[\w.-]*(requirements|constraints)[\w.-]*\.(txt|in))$/,
    (text) =>
      all(text, /^\s*(?:--)?(?:(?:extra-)?index-url|find-links)\s*[=\s]\s*(\S+)/gm).concat(
        all(text, /^\s*-[if]\s+(\S+)/gm),
      ),
  ],
  [
    /^(pyproject|uv|poetry)\.toml$|^Pipfile$/,
    (text) =>
      sections(text, /^\[{1,2}(?:tool\.(?:uv|poetry|pdm)\.)?(?:index|source|uv|pip|tool\.uv|uv\.pip)\]{1,2}/)
        .concat(sections(`[uv]\n${text}`, /^\[uv\]/))
        .flatMap((part) => all(part, /^\s*(?:(?:extra-|default-)?index(?:-url)?|url)\s*=\s*"([^"]+)"/gm)),
  ],
  [/^config(\.toml)?$/, (text) => all(text, /^\s*(?:index|registry)\s*=\s*"([^"]+)"/gm)],
  [
    /^(pom|settings)\.xml$/,
    (text) =>
      all(
        text,
        /<(?:repository|pluginRepository|mirror)>(?:(?!<\/)[\s\S]|<\/(?:id|name)){0,2000}?<url>([^<]+)/g,
      ),
  ],
  [
    /^(build|settings)\.gradle(\.kts)?$/,
    (text) => all(text, /\burl\s*[=(]?\s*(?:uri\s*\(\s*)?["']([^"']+)["']/g),
  ],
  [/^(GNUm|m|M)akefile$|^Dockerfile$|^\.env(rc)?$/, variablesIn],
];

/** In the order of discovery, without registries that are reachable anyway. */
export function namedRegistries(files: ProjectFiles): NamedRegistry[] {
  const paths = [...files.list(''), ...belowRoot];
  const found = paths.flatMap((path) => inFile(files, path));
  const first = new Map(found.toReversed().map((each) => [each.host, each]));
  return found.filter((each) => first.get(each.host) === each).slice(0, registriesMax);
}

function inFile(files: ProjectFiles, path: string): NamedRegistry[] {
  const name = path.split('/').at(-1) ?? '';
  const kind = kinds.find(([pattern]) => pattern.test(name));
  const text = kind ? files.read(path) : null;
  if (!kind || text === null) return [];
  return kind[1](text.slice(0, fileCharsMax)).flatMap((address) => {
    const entry = entryOf(address);
    return entry === null
      ? []
      : [
          {
            host: entryText({ host: entry.host, port: entry.port ?? 443 }),
            isPrivate: isInternal(entry),
            source: path,
          },
        ];
  });
}

const known = Object.values(packageRegistries)
  .flat()
  .flatMap((host) => readEgressEntry(host, { isPrivate: false }) ?? []);

/** Null if it is not the address of a registry, or if the registry needs no entry. */
function entryOf(address: string): EgressEntry | null {
  const registry = registryOf(address);
  const entry = registry === null ? null : readEgressEntry(registry, { isPrivate: false });
  if (entry === null || entriesFor(known, entry.host, entry.port ?? 443).length > 0) return null;
  // In a session, localhost is the session itself.
  return entry.host === 'localhost' || entry.host.includes(':') ? null : entry;
}

function isInternal({ host }: EgressEntry): boolean {
  if (isAddress(host)) return /^(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./.test(host);
  return !host.includes('.') || /\.(?:internal|local|lan|corp|intranet|home)$/.test(host);
}

const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found);

/** The sections of a TOML file whose table names match. */
function sections(text: string, table: RegExp): string[] {
  return text.split(/^(?=\[)/m).filter((part) => table.test(part));
}

/** Reads `GOPROXY=…` and similar variables, as shells, make and Docker set them. */
function variablesIn(text: string): string[] {
  const set = text.matchAll(/^\s*(?:export\s+|ENV\s+|ARG\s+)?([A-Za-z_]\w*)\s*[:?]?=\s*["']?([^"'\n]+)/gm);
  return registriesIn(Object.fromEntries([...set].map(([, name = '', value = '']) => [name, value]))).map(
    (entry) => `${entry.endsWith(':80') ? 'http' : 'https'}://${entry}`,
  );
}
