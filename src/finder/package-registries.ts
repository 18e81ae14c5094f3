// Where package managers download from: what setups and checks with network access may reach by default (R-SEC-6).

/** The public registries of the package managers that Moose finds, with the hosts that they redirect to. */
export const packageRegistries: Readonly<Record<string, readonly string[]>> = {
  'npm, pnpm, Yarn, Bun': ['registry.npmjs.org', 'registry.yarnpkg.com', 'repo.yarnpkg.com', 'nodejs.org'],
  'Deno, JSR': ['deno.land', 'dl.deno.land', 'jsr.io', 'npm.jsr.io'],
  'pip, uv, Poetry, PDM, Hatch': ['pypi.org', 'files.pythonhosted.org'],
  Cargo: ['crates.io', 'index.crates.io', 'static.crates.io', 'static.rust-lang.org'],
  Go: ['proxy.golang.org', 'sum.golang.org', 'storage.googleapis.com', 'go.dev', 'dl.google.com'],
  'Maven, Gradle': [
    'repo.maven.apache.org',
    'repo1.maven.org',
    'plugins.gradle.org',
    'plugins-artifacts.gradle.org',
    'services.gradle.org',
    'downloads.gradle.org',
  ],
  '.NET': ['api.nuget.org', 'www.nuget.org', 'globalcdn.nuget.org'],
  Bundler: ['rubygems.org', 'index.rubygems.org'],
  Composer: ['packagist.org', 'repo.packagist.org'],
  Mix: ['hex.pm', 'repo.hex.pm', 'builds.hex.pm'],
  'downloads from GitHub': [
    'github.com',
    'api.github.com',
    'codeload.github.com',
    'objects.githubusercontent.com',
    'raw.githubusercontent.com',
    'release-assets.githubusercontent.com',
  ],
};

/** Variables that contain one registry address or a list of them. */
const registryVariables =
  /^(npm_config_(.*_)?registry|yarn_registry|yarn_npm_registry_server|corepack_npm_registry|pip_(extra_)?index_url|uv_(extra_)?index(_url)?|uv_default_index|poetry_repositories_.*_url|goproxy|gosumdb|cargo_registries_.*_index|rustup_dist_server|bundle_mirror__.*|jsr_url|nuget_source)$/i;

/** Cargo writes `sparse+https://…`, uv writes `name=https://…`. */
const beforeUrl = /^(?:[\w.-]+=)?(?:(?:sparse|registry|git)\+)?/;
const registriesMax = 50;

/** The registries in an environment, as entries of an allowlist: `host:port`. */
export function registriesIn(env: Readonly<Record<string, string>>): string[] {
  const named = Object.entries(env)
    .filter(([name]) => registryVariables.test(name))
    .flatMap(([, value]) => value.split(/[\s,|]+/))
    .map(registryOf)
    .filter((entry) => entry !== null);
  return [...new Set(named)].slice(0, registriesMax);
}

/** The `host:port` of a registry's address; null if the text is not such an address. */
export function registryOf(address: string): string | null {
  const url = URL.parse(address.replace(beforeUrl, ''));
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return null;
  return `${url.hostname}:${url.port || (url.protocol === 'http:' ? 80 : 443)}`;
}
