// Guesses the role of a file from its path only. Pure.

export type FileRole = 'source' | 'test' | 'document' | 'manifest' | 'data' | 'foreign' | 'unreadable';

/** Compiled, packed or generated: never shown. */
const unreadable =
  /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|Cargo\.lock|go\.sum|poetry\.lock|uv\.lock|composer\.lock|Gemfile\.lock)$|\.(png|jpe?g|gif|webp|avif|ico|bmp|psd|pdf|zip|gz|tgz|bz2|xz|zst|7z|jar|war|class|o|a|so|dll|dylib|exe|pyc|woff2?|ttf|otf|eot|mp[34]|ogg|wav|webm|mov|wasm|map|bin|dat|db|sqlite|pack|idx|snap|min\.(js|css))$/i;
/** Third-party code, and build output. */
const foreign =
  /(^|\/)(node_modules|bower_components|vendor|third[_-]?party|site-packages|dist|__pycache__|\.yarn|\.git)\//i;
const manifest =
  /(^|\/)(package\.json|deno\.jsonc?|pyproject\.toml|setup\.(py|cfg)|requirements[^/]*\.txt|go\.mod|Cargo\.toml|pom\.xml|(build|settings)\.gradle(\.kts)?|[^/]+\.(csproj|fsproj|sln)|Gemfile|[^/]+\.gemspec|composer\.json|mix\.exs|Package\.swift|CMakeLists\.txt|Makefile|Dockerfile)$/;
const test =
  /(^|\/)(tests?|__tests__|specs?|testing|testdata|fixtures|__fixtures__|e2e)\/|(^|\/)(test_[^/]*|conftest)\.py$|[._-](test|spec|tests|specs)\.[a-z]+$|[a-z0-9](Tests?|Spec|TestCase)\.[a-z]+$/;
const document = /\.(md|mdx|rst|txt|adoc|org|html?)$|(^|\/)(LICENSE|CHANGELOG|AUTHORS|NOTICE)[^/]*$/i;
const source =
  /\.([cm]?[jt]sx?|vue|svelte|py|pyi|go|rs|java|kt|kts|scala|groovy|c|h|cc|cpp|cxx|hh|hpp|hxx|m|mm|cs|fs|vb|rb|rake|php|swift|dart|ex|exs|erl|hs|clj|lua|pl|pm|r|jl|zig|nim|sh|bash|sql|proto|graphql|s?css|less|tf)$/i;

export function roleOf(path: string): FileRole {
  if (unreadable.test(path)) return 'unreadable';
  if (foreign.test(path)) return 'foreign';
  if (manifest.test(path)) return 'manifest';
  if (test.test(path)) return 'test';
  if (source.test(path)) return 'source';
  return document.test(path) ? 'document' : 'data';
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function extensionOf(path: string): string {
  return /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

/** The name that a file and its tests share: `cart` for `cart.ts`, `cart.test.ts`, `test_cart.py` and `CartTest.java`. */
export function subjectOf(path: string): string {
  return baseName(path)
    .replace(/\.[^.]*$/, '')
    .replace(/^test_|[._-](test|spec|tests|specs)$/, '')
    .replace(/(?<=[a-z0-9])(Tests?|Spec|TestCase)$/, '')
    .toLowerCase();
}
