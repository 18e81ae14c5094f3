// Compiles both versions of a file in one program, which reads only them and the compiler's library. Every other import
// gets a stand-in: a type of the same name, equal in both versions.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, posix } from 'node:path';
import ts from 'typescript-compiler';
import type { ContractFile, Pair, Side } from '../comparison.ts';
import { prepareSource } from './prepare-source.ts';

const options: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.esnext.d.ts'],
  types: [],
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  jsx: ts.JsxEmit.Preserve,
};

const libraryFolder = join(dirname(createRequire(import.meta.url).resolve('typescript-compiler')));
const libraryFiles = new Map<string, ts.SourceFile>();

export const globalsPath = '/stand-in/globals.d.ts';
export const checkPath = '/check.ts';

export class VirtualProgram {
  readonly roots: Readonly<Record<Side, string>>;
  readonly #texts = new Map<string, string>();
  readonly #sources = new Map<string, ts.SourceFile>();
  /** The imported names, by the path of their stand-in. */
  readonly #standIns = new Map<string, Set<string>>();
  #last: ts.Program | undefined;

  constructor({ before, after }: Pair) {
    this.roots = { before: this.#addSide(before, 'before'), after: this.#addSide(after, 'after') };
    for (const [path, names] of this.#standIns)
      this.#texts.set(path, [...names].map((name) => standIn(name, path, 'export ')).join('\n'));
  }

  /** Adds a source and compiles everything. */
  compile(added: Readonly<Record<string, string>>): ts.Program {
    for (const [path, text] of Object.entries(added)) this.#texts.set(path, text);
    const names = [this.roots.before, this.roots.after, ...Object.keys(added)];
    this.#last = ts.createProgram(names, options, this.#host(), this.#last);
    return this.#last;
  }

  isOwn(path: string): boolean {
    return path.startsWith('/before/') || path.startsWith('/after/');
  }

  #addSide(file: ContractFile, side: Side): string {
    const root = this.#add(file.path, file.text, side);
    for (const [path, text] of Object.entries(file.others ?? {})) this.#add(path, text, side);
    for (const [path, imports] of this.#importsOf(side))
      for (const [specifier, names] of imports) {
        if (this.#own(path, specifier) !== null) continue;
        const standing = standInPath(path, specifier);
        this.#standIns.set(standing, new Set([...(this.#standIns.get(standing) ?? []), ...names]));
      }
    return root;
  }

  readonly #imports = new Map<string, Map<string, Set<string>>>();

  #add(given: string, text: string, side: Side): string {
    const isKnown = /\.[cm]?tsx?$/.test(given);
    const path = posix.normalize(`/${side}/${isKnown ? given : `${given}.ts`}`);
    const source = prepareSource(path, text, side);
    this.#texts.set(path, source.text);
    this.#imports.set(path, source.imports);
    return path;
  }

  #importsOf(side: Side) {
    return [...this.#imports].filter(([path]) => path.startsWith(`/${side}/`));
  }

  /** The file of the same version that a specifier names, if it is available. */
  #own(from: string, specifier: string): string | null {
    if (!specifier.startsWith('.')) return null;
    const base = posix.join(posix.dirname(from), specifier);
    const plain = base.replace(/\.[cm]?jsx?$/, '');
    const candidates = [base, ...endings.map((ending) => `${plain}${ending}`)];
    return candidates.find((path) => this.#texts.has(path)) ?? null;
  }

  #host(): ts.CompilerHost {
    return {
      getSourceFile: (path) => this.#source(path),
      getDefaultLibFileName: () => join(libraryFolder, 'lib.d.ts'),
      getDefaultLibLocation: () => libraryFolder,
      writeFile: () => {},
      getCurrentDirectory: () => '/',
      getCanonicalFileName: (path) => path,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
      fileExists: (path) => this.#texts.has(path),
      readFile: (path) => this.#texts.get(path),
      directoryExists: () => false,
      getDirectories: () => [],
      resolveModuleNameLiterals: (literals, from) =>
        literals.map(({ text }) => {
          // Only the added check source imports by absolute path.
          const path = from === checkPath ? text : (this.#own(from, text) ?? standInPath(from, text));
          if (!this.#texts.has(path)) return { resolvedModule: undefined };
          const extension = path.endsWith('.d.ts') ? ts.Extension.Dts : ts.Extension.Ts;
          return { resolvedModule: { resolvedFileName: path, extension } };
        }),
    };
  }

  #source(path: string): ts.SourceFile | undefined {
    const text = this.#texts.get(path);
    if (text === undefined) return dirname(path) === libraryFolder ? libraryFile(basename(path)) : undefined;
    const known = this.#sources.get(path);
    if (known?.text === text) return known;
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
    this.#sources.set(path, source);
    return source;
  }
}

const endings = ['.ts', '.tsx', '.d.ts', '.mts', '.cts', '/index.ts', '/index.d.ts'];

/** Only the compiler's own declarations are read from the disk, so a text cannot make other files be read. */
function libraryFile(name: string): ts.SourceFile | undefined {
  if (!/^lib(?:\.[\w.]+)?\.d\.ts$/.test(name)) return undefined;
  const known = libraryFiles.get(name);
  if (known) return known;
  const text = readFileSync(join(libraryFolder, name), 'utf8');
  const source = ts.createSourceFile(join(libraryFolder, name), text, ts.ScriptTarget.ESNext);
  libraryFiles.set(name, source);
  return source;
}

/** The path is equal for both versions: it is made of the path in the repository or the package's name. */
function standInPath(from: string, specifier: string): string {
  const named = specifier.startsWith('.')
    ? posix.join(posix.dirname(from.replace(/^\/(?:before|after)/, '')), specifier)
    : specifier;
  return `/stand-in/modules/${encodeURIComponent(named.toWellFormed())}.d.ts`;
}

/** A type that is equal only to itself, and accepts up to four type arguments. */
export function standIn(name: string, of: string, exported: '' | 'export '): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return '';
  const own = JSON.stringify(`${of}#${name}`);
  const body = `<A = any, B = any, C = any, D = any> { private readonly ${own}: [A, B, C, D]; }`;
  return name === 'default' ? `export default class ${body}` : `${exported}declare class ${name}${body}`;
}
