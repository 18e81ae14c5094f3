import { expect, test } from 'vitest';
import { classifyFailure } from '../classify-failure.ts';
import { plainText } from './plain-text.ts';

const line = "src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.";

test.each([
  [
    'colours',
    `\x1b[96msrc/a.ts\x1b[0m(3,7): \x1b[91merror\x1b[0m TS2322: Type 'string' is not assignable to type 'number'.`,
  ],
  [
    'hyperlinks',
    `\x1b]8;;file:///a\x07src/a.ts\x1b]8;;\x07(3,7): error TS2322: Type 'string' is not assignable to type 'number'.`,
  ],
  ['Windows line ends', `${line}\r\n`],
  ['progress bars', `10%\r50%\r100%\r${line}`],
  ['UTF-16 read as bytes', `\ufffd\ufffd${[...line].join('\0')}\0`],
  ['a byte order mark', `\ufeff${line}`],
  ['time stamps', `2026-01-02T03:04:05.6789012Z ${line}`],
  ['a service before each line', `web-1  | ${line}`],
  ['overstriking', line.replace('error', '_\berror')],
])('%s change nothing (R-FAIL-4)', (_name, text) => {
  expect(plainText(text)).toContain(line);
  expect(classifyFailure({ stdout: text, exitCode: 2 })).toMatchObject({
    failureClass: 'compile_error',
    context: { file: 'src/a.ts', line: 3, column: 7, errorCode: 'TS2322' },
  });
});

test.each([
  [
    'German',
    'a.c:1:10: schwerwiegender Fehler: frob.h: Datei oder Verzeichnis nicht gefunden',
    'dependency_missing',
  ],
  ['French', "a.c:2:40: erreur: « t » n'a pas été déclaré dans cette portée", 'compile_error'],
  [
    'Japanese',
    'a.c:1:10: 致命的エラー: frob.h: そのようなファイルやディレクトリはありません',
    'dependency_missing',
  ],
  ['Chinese', 'a.c:3:5: 错误：‘x’未声明（在此函数内第一次使用）', 'compile_error'],
  ['Chinese bash', 'bash: 行 1: frob：未找到命令', 'dependency_missing'],
  [
    'German git',
    'Schwerwiegend: Kein Git-Repository (oder irgendeines der Elternverzeichnisse): .git',
    'orchestration_error',
  ],
  [
    'Japanese git',
    'fatal: git リポジトリではありません (または親ディレクトリのいずれも): .git',
    'orchestration_error',
  ],
])('%s is understood', (_name, stderr, failureClass) => {
  expect(classifyFailure({ stderr, exitCode: 1 })).toMatchObject({ failureClass });
});
