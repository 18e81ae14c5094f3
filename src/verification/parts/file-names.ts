// What the name of a file alone says. A name can only make evidence of a file that would be product, or decide an order of
// search: nothing is product by its name (R-GREEN-2). Pure.
import { isCiFile } from '../../domain/forge/ci-files.ts';
import { languageOf } from '../syntax/languages.ts';
import { stemOf, subjectOf } from './sources.ts';

export const manifests =
  /(?:^|\/)(?:package\.json|pyproject\.toml|Cargo\.toml|pom\.xml|go\.mod|composer\.json)$/;
export const locks =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|Cargo\.lock|go\.sum|composer\.lock|Gemfile\.lock|gradle\.lockfile|packages\.lock\.json)$/;
export const documents =
  /\.(?:md|mdx|rst|adoc|textile)$|(?:^|\/)(?:LICENSE|LICENCE|NOTICE|AUTHORS|CHANGELOG|CHANGES|HISTORY|CONTRIBUTING|CODE_OF_CONDUCT|README)(?:\.\w+)?$|\.(?:png|jpe?g|gif|webp|ico|woff2?)$/i;
export const maySayHowChecksRun =
  /(?:^|\/)\.[^/]+$|(?:^|\/)[^./]+$|\.(?:toml|ini|cfg|conf|ya?ml|xml|mk|gradle|properties|neon|lock)$|(?:^|\/)[\w.-]*(?:config|rc)\.\w+$/;
export const isManifest = (path: string) => manifests.test(path);
/** Languages without a grammar here: their sources are product unless their names say that they are tests. */
export const otherSources =
  /\.(?:kts?|swift|c|cc|cpp|cxx|h|hh|hpp|m|mm|scala|clj[cs]?|exs?|erl|hs|ml|mli|fs|fsx|vb|dart|lua|pl|pm|r|jl|zig|nim|d|v|cr|groovy|vue|svelte|astro|sql|tf|proto|graphql|css|scss|sass|less|html?|erb|ejs|hbs|twig|jinja2?|tpl|sol|wat|asm|s)$/i;
/** Folders that people keep for tests, whatever lies in them. */
export const testFolder =
  /^(?:__\w+__|tests?|specs?|e2e|t|qa|testing|testdata|fixtures?|cypress|acceptance|integration|features)$/i;

/** Sources that a tool loads by their name alone. */
export const isLoadedByTools = (path: string) =>
  /(?:^|\/)(?:conftest|sitecustomize|usercustomize|noxfile|setup|tasks|fabfile)\.py$|(?:^|\/)[\w.-]*\.(?:config|conf|setup|workspace)\.[cm]?[jt]s$|(?:^|\/)\.[\w.-]+\.[cm]?[jt]s$|(?:^|\/)build\.rs$|(?:^|\/)(?:gulpfile|Gruntfile|Jakefile)\.[cm]?[jt]s$/.test(
    path,
  );

/** Modules that Python's test tools load, or are. */
export const toolModules = new Set(
  'pytest _pytest unittest doctest nose nose2 tox coverage mypy ruff pylint flake8 pluggy inspect traceback difflib dis linecache argparse contextlib dataclasses fnmatch gettext pprint signal textwrap tokenize warnings'.split(
    ' ',
  ),
);

/** By its name alone: it is probably evidence, or may say how checks run. For orders of search, never for a verdict. */
export function looksLikeEvidence(path: string): boolean {
  return (
    isCiFile(path) ||
    saysHowChecksRun(path) ||
    path.split('/').some((part) => testFolder.test(part)) ||
    /(?:^|[._/-])(?:tests?|specs?|snap|golden)(?=[._/-]|$)|(?:Test|Tests|Spec)\.\w+$/i.test(path)
  );
}

/** By its name alone, as `looksLikeEvidence`. */
export const saysHowChecksRun = (path: string) =>
  isLoadedByTools(path) ||
  (languageOf(path) === null && !documents.test(path) && maySayHowChecksRun.test(path));

export const isJudging = (path: string) => languageOf(path) === null || /test|spec|check/i.test(path);

export const isAbout = (test: string, path: string) => {
  const subject = subjectOf(test);
  return subject !== '' && subject === stemOf(path).replace(/[._-]/g, '').toLowerCase();
};

/** What stands before the path of a setting, or of a script. */
export const givesSetting =
  /^--?(?:c|f|config\w*|rc\w*|settings|rules\w*|p|project|preset|require|r|import|plugins?|loader|setup\w*|file|C|directory|makefile)$|=$|^(?:\.|source|sh|bash)$/;
