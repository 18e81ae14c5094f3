// Finds the name of a missing package, in formats that many installers and loaders share. Used only if no rule has
// read such a name.

const open = '[`\'"‘“«]';
const close = '[`\'"’”»]';
const name = String.raw`@?[A-Za-z][\w@./+:-]{0,100}[\w+]`;
const kinds =
  '(?:package|module|library|libraries|crate|gem|plugin|formula|provider|dependency|requirement|image|extension|component|specification|recipe|port|artifact|target|toolchain|program|command|executable|binary|header|unit|image|chart|role|collection|repository|distribution)';
const absent =
  '(?:(?:was |is |are |could |can |does |do )?(?:not|n.t) (?:be )?(?:found|resolved|exist|available|installed|located|known|in this registry|in the registry|provided)|not found|is missing|no such package|is unknown|cannot be found|has no installation candidate)';

const shapes: readonly RegExp[] = [
  new RegExp(`${open}(?<package>${name})(?: \\([^)]{1,40}\\))?${close},? ${absent}`),
  new RegExp(
    `(?:[Uu]nable|[Ff]ailed|[Cc]ould not|[Cc]annot|[Cc]an't|[Cc]ouldn't) (?:to )?(?:find|locate|resolve|load|import|fetch|install|download|solve) (?:an? |the |any )?(?:(?!with |using |from )\\w{1,16} ){0,3}(?:for |named |called )?${open}(?<package>${name})`,
  ),
  new RegExp(`\\b${kinds} (?:named |called |for )?${open}(?<package>${name})${close}`),
  new RegExp(
    `\\b(?:for|of|named|called|satisfies the requirement|No module) ${open}(?<package>${name})${close}`,
  ),
  new RegExp(
    `\\b[Nn]o (?:such |matching )?${kinds}s? (?:matching |named |called |found for |for )?:? ?${open}?(?<package>${name})${close}?(?:\\s|$)`,
  ),
  new RegExp(
    `^(?:\\w{1,8}: )?(?:[Ee]rror:? |ERROR:? |E: )?(?<package>${name}): (?:command )?(?:not found|does not exist|no such package|is not installed)`,
  ),
  new RegExp(
    `\\b${kinds} (?<package>(?!not\\b|is\\b|was\\b|could\\b|cannot\\b|manager\\b|index\\b|list\\b|file\\b)${name}) ${absent}`,
  ),
  new RegExp(
    `^\\s{0,12}(?:\\w{1,8}: )?(?:[Ee]rror: |ERROR: )?(?<package>${name}) (?:executable|binary|command|program|compiler) (?:was |could |is )?not (?:be )?(?:found|installed)`,
  ),
];
/** Ordinary words that the patterns may find instead of a package name. */
const words =
  /^(?:an?|the|your|this|no|required|requested|specified|any|is|it|in|of|for|to|not|file|files|version|versions|package|module|required|following|dependencies|https?:.*|error)$/i;

export function packageIn(lines: readonly string[]): string | undefined {
  for (const shape of shapes) {
    for (const line of lines) {
      const found = shape.exec(line)?.groups?.package;
      if (found !== undefined && !words.test(found)) return found;
    }
  }
  return undefined;
}
