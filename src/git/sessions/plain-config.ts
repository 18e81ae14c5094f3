// Which entries of a repository's own configuration git may read when Moose runs it (R-SEC-7): names, addresses and
// formats. Nothing on this list names a program, another file of settings, or another destination.

export interface ConfigEntry {
  /** The key as git lists it: section and variable in lower case. */
  key: string;
  /** Null if the variable has no `=`. */
  value: string | null;
}

const plainKeys: readonly RegExp[] = [
  /^core\.(repositoryformatversion|filemode|symlinks|ignorecase|precomposeunicode|sharedrepository)$/,
  /^core\.(autocrlf|eol|safecrlf|whitespace|checkstat|trustctime|longpaths|abbrev|quotepath)$/,
  /^core\.(logallrefupdates|compression|loosecompression|bigfilethreshold|preloadindex|commitgraph)$/,
  /^core\.(sparsecheckout|sparsecheckoutcone)$/,
  // A list of attributes: it says which files a filter protects.
  /^core\.attributesfile$/,
  /^extensions\.(noop|objectformat|refstorage|partialclone|preciousobjects|relativeworktrees)$/,
  /^index\.(version|threads|sparse)$/,
  // A remote that is named like an address would replace that address: git looks for a name first.
  /^remote\.(?![./~])[^:]+\.(url|pushurl|fetch|tagopt|promisor|partialclonefilter)$/s,
  /^branch\..+\.(remote|merge|pushremote|rebase)$/s,
  /^(user|author|committer)\.(name|email)$/,
  /^init\.defaultbranch$/,
  /^i18n\./,
  /^credential\.(.+\.)?(username|usehttppath)$/s,
  /^http\.(.+\.)?(extraheader|postbuffer|version|lowspeedlimit|lowspeedtime)$/s,
  /^lfs\.(.+\.)?(url|access|repositoryformatversion|locksverify)$/s,
  /^(pack|receive|transfer|fetch|merge)\.(unpacklimit|shallowupdate|renamelimit|renames|threads|windowmemory)$/,
];

export function isPlain(key: string): boolean {
  return plainKeys.some((pattern) => pattern.test(key));
}

/**
 * What git may read of the configuration of one worktree, which sessions can write: `git sparse-checkout` stores this
 * there. An address there would lead git, outside of the sandbox, to any host.
 */
export function isPlainOfWorktree(key: string): boolean {
  return /^(core\.sparsecheckout(cone)?|index\.sparse)$/.test(key);
}

/** Parses the output of `git config --list -z`. */
export function parseEntries(listing: string): ConfigEntry[] {
  return listing
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const end = entry.indexOf('\n');
      return end < 0
        ? { key: entry, value: null }
        : { key: entry.slice(0, end), value: entry.slice(end + 1) };
    });
}

/** A configuration file with exactly these entries, whatever their values contain. */
export function configText(entries: readonly ConfigEntry[]): string {
  return entries.map(({ key, value }) => `${sectionOf(key)}\n\t${lineOf(key, value)}\n`).join('');
}

function sectionOf(key: string): string {
  const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')];
  const section = key.slice(0, first);
  return first === last ? `[${section}]` : `[${section} "${escaped(key.slice(first + 1, last))}"]`;
}

function lineOf(key: string, value: string | null): string {
  const name = key.slice(key.lastIndexOf('.') + 1);
  return value === null ? name : `${name} = "${escaped(value).replaceAll('\n', '\\n')}"`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
