// C, C++, Fortran, assemblers: compilers and linkers, with their messages in several human languages.
import { precedence, type Rule } from '../../match/rule.ts';
import { missing, refusedText } from '../../verdicts.ts';

const { compile, dependency } = precedence;
const word = `(?:fatal error|error|Error|schwerwiegender Fehler|Fehler|erreur fatale|erreur|error fatal|errore(?: fatale)?|致命的エラー|エラー|致命错误|错误|критическая ошибка|ошибка|erro fatal|erro|błąd krytyczny|błąd|fel|fout|오류|치명적 오류|hata|chyba|virhe|помилка|feil|fejl)`;
const at = String.raw`^(?<file>(?!\[ )[^\s:(][^:(\n]{0,250})(?::(?<line>\d{1,6})(?::(?<column>\d{1,5}))?:|\((?<line2>\d{1,6})(?:,(?<column2>\d{1,5}))?\) ?:)\s+`;
const header = String.raw`[\w./+-]+\.?[\w+]*`;
const noSuchFile =
  'No such file or directory|Datei oder Verzeichnis nicht gefunden|Aucun fichier ou dossier|No existe el|没有那个文件或目录|そのようなファイルやディレクトリはありません|Нет такого файла|File o directory non esistente|Arquivo ou diretório';

export const cRules: readonly Rule[] = [
  {
    id: 'cc.header-missing',
    is: missing,
    precedence: dependency,
    line: new RegExp(
      `${at}(?:${word})\\s?(?:C1083)?\\s?[:：]\\s?(?:Cannot open include file: ['‘]?(?<package>${header})|['‘]?(?<package2>${header})['’]?(?: ?[:：] ?(?:${noSuchFile})| file not found))`,
    ),
    from: 'gcc, clang, msvc',
    sample: 'a.c:1:10: fatal error: frob.h: No such file or directory',
    reads: { file: 'a.c', line: 1, column: 10, package: 'frob.h' },
  },
  {
    id: 'ld.library-missing',
    is: missing,
    precedence: dependency,
    line: /(?:cannot find|library not found for|unable to find library|impossible de trouver|ne peut trouver|kann|找不到) -l(?<package>[\w.+-]+)|ld: library '(?<package2>[^']+)' not found|LNK1104: cannot open file '(?<package3>[^']+)'/,
    from: 'ld, lld, link.exe',
    sample: '/usr/bin/ld: cannot find -lfrob: No such file or directory',
    reads: { package: 'frob' },
  },
  {
    id: 'ld.undefined',
    is: refusedText,
    precedence: compile,
    line: /(?:undefined reference to|undefined symbol:? |Undefined symbols for|(?<code>LNK20\d\d)|multiple definition of|duplicate symbol|ld returned \d|nicht definierter Verweis|référence indéfinie|未定义的引用|linker command failed)/,
    near: [/(?<file>[\w./+-]+\.(?:c|cc|cpp|cxx|m|f90|s|asm|go|rs)):(?:(?<line>\d{1,6})|\(\.text)/],
    unless: 'cannot find -l',
    from: 'ld, lld, link.exe',
    sample: "main.c:(.text+0xa): undefined reference to `frob'",
    reads: { file: 'main.c' },
  },
  {
    id: 'cc.diagnostic',
    is: refusedText,
    precedence: compile,
    line: new RegExp(`${at}${word}(?: (?<code>[A-Z]{1,4}\\d{3,5}))?\\s?[:：](?! in ")`),
    near: [/\[(?<code>-W[\w=+-]+)\]$/],
    purposes: ['compile', 'test', 'install', 'git', 'host'],
    from: 'gcc, clang, msvc, nvcc, gfortran, nasm, gas, glslang, bison, flex',
    sample: 'main.c:3:18: error: ‘count’ undeclared (first use in this function)',
    reads: { file: 'main.c', line: 3, column: 18 },
  },
  {
    id: 'gnat.unit-missing',
    is: missing,
    precedence: dependency - 1,
    line: /^(?<file>[^\s:]{1,250}\.ad[bs]):(?<line>\d{1,6}):(?<column>\d{1,5}): error: file "(?<package>[\w.-]{1,120})\.ads" not found$/,
    from: 'gnat',
    sample: 'hello.adb:1:06: error: file "acme.ads" not found',
    reads: { file: 'hello.adb', line: 1, package: 'acme' },
  },
  {
    id: 'fpc.diagnostic',
    is: refusedText,
    precedence: compile,
    line: /^(?<file>[^\s(]{1,250}\.(?:pas|pp|lpr|inc))\((?<line>\d{1,6}),(?<column>\d{1,5})\) (?:Fatal|Error): /,
    from: 'fpc',
    sample: 'a.pas(3,1) Fatal: Syntax error, ";" expected but "END" found',
    reads: { file: 'a.pas', line: 3, column: 1 },
  },
  {
    id: 'cc.tool-words',
    is: refusedText,
    precedence: compile - 5,
    line: /^\d+ errors? generated\.|compilation terminated|Kompilierung beendet|compilation terminée|编译中断|コンパイルを停止しました|internal compiler error/,
    from: 'clang, gcc',
    sample: '1 error generated.',
  },
  {
    id: 'gfortran.diagnostic',
    is: refusedText,
    precedence: compile,
    line: /^(?:Fatal )?Error: .{1,300} at \(1\)|^Fatal Error: Cannot open (?:module|included) file/,
    near: [/^(?<file>[^\s:]{1,250}\.(?:f|f90|f95|f03|f08|for|F90)):(?<line>\d{1,6}):(?<column>\d{1,5}):$/],
    from: 'gfortran',
    sample: "Error: Symbol 'x' at (1) has no IMPLICIT type",
  },
  {
    id: 'fortran.module-missing',
    is: missing,
    precedence: dependency,
    line: /^Fatal Error: Cannot open module file [‘'](?<package>\w+)\.mod[’']/,
    near: [/^(?<file>[^\s:]{1,250}\.[fF]\w{0,3}):(?<line>\d{1,6}):(?<column>\d{1,5}):$/],
    from: 'gfortran',
    sample: "Fatal Error: Cannot open module file 'mpi.mod' for reading at (1): No such file or directory",
    reads: { package: 'mpi' },
  },
  {
    id: 'cc.driver',
    is: refusedText,
    precedence: compile - 8,
    line: /: (?:fatal )?error: (?:no input files|unrecognized command-line option|unknown argument|unsupported option)/,
    from: 'gcc, clang',
    sample: "gcc: error: unrecognized command-line option '-fnope'",
  },
  {
    id: 'cc.input-missing',
    is: missing,
    precedence: dependency - 10,
    line: /error trying to exec '(?<package>[^']{1,60})'|cannot execute [‘'](?<package2>[^’']{1,60})[’']/,
    from: 'gcc, cc',
    sample: 'gcc: fatal error: cannot execute ‘cc1plus’: execvp: No such file or directory',
    reads: { package: 'cc1plus' },
  },
];
