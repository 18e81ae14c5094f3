// References to container images: `node:24`, `ghcr.io/acme/tools:2@sha256:…`.

/** The value of the project setting that rejects the image of the repository. */
export const noImage = 'none';

export interface ImageReference {
  /** The host of the registry, with its port if there is one; `docker.io` by default. */
  registry: string;
  /** The full reference, with registry and tag or digest, so that every engine reads it in the same way. */
  text: string;
  /** True if a digest identifies the image. */
  isPinned: boolean;
}

const defaultRegistry = 'docker.io';
const referenceCharsMax = 300;

const host = String.raw`(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?`;
const part = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`;
const whole = new RegExp(
  String.raw`^(?:(?<registry>${host})/)?(?<path>${part}(?:/${part})*)(?<tag>:\w[\w.-]{0,127})?(?<digest>@sha256:[0-9a-f]{64})?$`,
);

/**
 * Null if the text is not a reference. A reference never begins with a hyphen, so no program takes it for an option.
 */
export function parseImage(text: string): ImageReference | null {
  if (text.length > referenceCharsMax) return null;
  const { registry, path, tag, digest } = splitAt(text);
  if (path === undefined) return null;
  const isOfficial = registry === undefined && !path.includes('/');
  const name = `${registry ?? defaultRegistry}/${isOfficial ? 'library/' : ''}${path}`;
  // Engines refuse a tag together with a digest, and the digest decides.
  const version = digest ?? tag ?? ':latest';
  return { registry: registry ?? defaultRegistry, text: name + version, isPinned: digest !== undefined };
}

/** As in every engine, the first part is a registry if it looks like a host. */
function splitAt(text: string): Partial<Record<'registry' | 'path' | 'tag' | 'digest', string>> {
  const [first = '', ...rest] = text.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const groups = whole.exec(hasRegistry ? text : `${defaultRegistry}/${text}`)?.groups ?? {};
  return hasRegistry ? groups : { ...groups, registry: undefined as never };
}

/**
 * Registries whose images a repository's file may name: anybody can fetch their public images without a login. Only a
 * person may name other images.
 */
export const publicRegistries: readonly string[] = [
  'docker.io',
  'ghcr.io',
  'quay.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
];
