// References to container images: `node:24`, `ghcr.io/acme/tools:2@sha256:…`.

export interface ImageReference {
  /** The host of the registry, with its port if it names one; `docker.io` if the text names none. */
  registry: string;
  /** The whole reference, with its registry and its tag or digest: every engine understands it in the same way. */
  text: string;
  /** Whether a digest decides which image it is. */
  isPinned: boolean;
}

const defaultRegistry = 'docker.io';
const referenceCharsMax = 300;

const host = String.raw`(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?`;
const part = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`;
const whole = new RegExp(
  String.raw`^(?:(?<registry>${host})/)?(?<path>${part}(?:/${part})*)(?<tag>:\w[\w.-]{0,127})?(?<digest>@sha256:[0-9a-f]{64})?$`,
);

/** Null if the text is no reference. It never begins with a hyphen: no program takes it for an option. */
export function parseImage(text: string): ImageReference | null {
  if (text.length > referenceCharsMax) return null;
  const { registry, path, tag, digest } = splitAt(text);
  if (path === undefined) return null;
  const isOfficial = registry === undefined && !path.includes('/');
  const name = `${registry ?? defaultRegistry}/${isOfficial ? 'library/' : ''}${path}`;
  // Engines refuse a tag beside a digest, and the digest decides.
  const version = digest ?? tag ?? ':latest';
  return { registry: registry ?? defaultRegistry, text: name + version, isPinned: digest !== undefined };
}

/** The first part is a registry if it looks like a host: as every engine reads it. */
function splitAt(text: string): Partial<Record<'registry' | 'path' | 'tag' | 'digest', string>> {
  const [first = '', ...rest] = text.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const groups = whole.exec(hasRegistry ? text : `${defaultRegistry}/${text}`)?.groups ?? {};
  return hasRegistry ? groups : { ...groups, registry: undefined as never };
}

/**
 * Registries from which a repository's file may name images: they are public, and what is fetched from them without a
 * login anybody can have. Any other image is named by a person.
 */
export const publicRegistries: readonly string[] = [
  'docker.io',
  'ghcr.io',
  'quay.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
];
