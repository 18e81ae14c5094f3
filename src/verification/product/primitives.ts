// The ways in which code of a language can look around: at who runs it, with what, and what it is compared with
// (R-GREEN-15). A closed list for each language, as data; `primitives.test.ts` has a sample of each.
import type { LanguageName } from '../syntax/languages.ts';

export const primitiveKinds = [
  'environment',
  'arguments',
  'modules',
  'stack',
  'computed import',
  'evaluated text',
  'replaced builtin',
  'replaced comparison',
  'test tool',
  'processes and types',
  'end of the run',
  'checker',
] as const;
export type PrimitiveKind = (typeof primitiveKinds)[number];

export interface Primitive {
  kind: PrimitiveKind;
  /**
   * Where it stands: a `name` with what it is taken from (`process.env`), the name of a `call` with what it is called on,
   * what is `assigned` to, an `import` as it is written, a function that is `declared`, a `text`, a `comment` a `mark` above a declaration, or what is `taken` apart.
   */
  in: 'name' | 'call' | 'assigned' | 'import' | 'declared' | 'text' | 'comment' | 'mark' | 'taken';
  pattern: RegExp;
  /** Of a call: what it gives is known before it runs, so it is meant for that. */
  unlessLiteral?: true;
  /** Imports for types are meant for that: only what declares something else, or stands in a function, is a use. */
  unlessImports?: true;
  /** A program may do it: the file has its beginning. */
  unlessProgram?: true;
}

const builtins =
  'Object|Array|String|Number|Boolean|Promise|Date|Math|JSON|Map|Set|WeakMap|WeakSet|Error|TypeError|RegExp|Symbol|Function|Reflect|Proxy|BigInt|Buffer|console|process|globalThis|global|window|assert|Intl';
const nodeTools =
  /^(?:node:test(?:\/.*)?|bun:test|vitest(?:\/.*)?|@vitest\/.*|@jest\/.*|jest(?:-.*)?|mocha|chai|ava|tap|tape|sinon|expect)$/;
const names =
  /\b(?:VITEST\w*|JEST_WORKER_ID|NODE_TEST_CONTEXT|NODE_V8_COVERAGE|PYTEST_\w+|NEXTEST\w*|VSTEST_\w+|MOCHA_\w+|__vitest_\w+|__jest\w*|npm_lifecycle_\w+|npm_command|CARGO_(?:BIN_EXE|TARGET_TMPDIR|PKG)\w*|BATS_\w+|PHPUNIT_\w+|RAILS_ENV|TEST_WORKER\w*)\b/;
const testNames: Primitive = { kind: 'test tool', in: 'text', pattern: names };
const testFiles: Primitive = {
  kind: 'test tool',
  in: 'text',
  pattern:
    /(?:^|[\\/'"`])(?:__tests__|_?pytest|pluggy|unittest|vitest|jest|mocha|phpunit|rspec|junit|surefire|testhost|_test\b|\.test\b|\.spec\b|test_|test_runner)(?:$|[\\/.'"`([])|^\.{0,2}\/?(?:[\w.-]+\/)*(?:tests?|specs?|conftest)\/(?:$|[\w.])|(?:^|[\\/])(?:All)?Tests?\.(?:class|java|kt|cs|py|rb|php|exe|dll)$/i,
};

const script: readonly Primitive[] = [
  testNames,
  testFiles,
  {
    kind: 'environment',
    in: 'name',
    pattern: /^(?:globalThis\.|global\.)?(?:process|Bun|Deno)\.env\b|^import\.meta\.env\b/,
  },
  {
    kind: 'arguments',
    in: 'name',
    pattern:
      /\bprocess\.(?:argv0?|execArgv|title|ppid|mainModule|release)\b|\b(?:Bun|Deno)\.(?:argv|args|mainModule)\b/,
  },
  {
    kind: 'end of the run',
    in: 'call',
    pattern: /\bprocess\.(?:reallyExit|abort|kill|removeAllListeners|off|removeListener)$/,
  },
  {
    kind: 'modules',
    in: 'name',
    pattern:
      /\brequire\.(?:cache|extensions)\b|\bmodule\.(?:children|parent|_cache|constructor)\b|\bprocess\.(?:moduleLoadList|getBuiltinModule|binding|_\w+)\b|\bModule\._\w+|\bimport\.meta\.vitest\b/,
  },
  {
    kind: 'modules',
    in: 'call',
    pattern:
      /\bgetBuiltinModule$|\bprocess\.(?:binding|dlopen)$|^registerHooks$|\bmodule\.register(?:Hooks)?$/,
  },
  {
    kind: 'stack',
    in: 'name',
    pattern:
      /\bError(?:\(\))?\.(?:stack|captureStackTrace|prepareStackTrace|stackTraceLimit)\b|\barguments\.callee\b|\.caller$/,
  },
  { kind: 'stack', in: 'taken', pattern: /\bstack\b.*=\s*(?:new\s+)?Error\b/ },
  { kind: 'stack', in: 'call', pattern: /captureStackTrace$|\bgetCallSites?$|\bconsole\.trace$/ },
  {
    kind: 'computed import',
    in: 'call',
    pattern: /^(?:import|require|createRequire\(\))$/,
    unlessLiteral: true,
  },
  {
    kind: 'evaluated text',
    in: 'call',
    pattern:
      /^(?:globalThis\.|window\.)?(?:eval|Function)$|\bvm\.(?:runIn\w+|Script|compileFunction|createContext|\w*Module)$|\.constructor\(\)$|^(?:runInThisContext|runInNewContext|compileFunction)$/,
  },
  {
    kind: 'evaluated text',
    in: 'import',
    pattern: /^(?:node:)?(?:vm|inspector|repl|v8|async_hooks|diagnostics_channel)$/,
  },
  {
    kind: 'replaced builtin',
    in: 'assigned',
    pattern: new RegExp(
      `^(?:(?:globalThis|global|window)\\.)?(?:${builtins})[.\\[]|^(?:globalThis|global)\\b|\\.prototype[.\\[]|\\.__proto__\\b`,
    ),
  },
  {
    kind: 'replaced builtin',
    in: 'call',
    pattern: new RegExp(
      `^(?:Object\\.(?:definePropert(?:y|ies)|setPrototypeOf)|Reflect\\.(?:defineProperty|set|setPrototypeOf)|Object\\.assign)\\((?:${builtins})|__define[GS]etter__$`,
    ),
  },
  {
    kind: 'replaced comparison',
    in: 'name',
    pattern:
      /\basymmetricMatch\b|\bSymbol\.hasInstance\b|\bnodejs\.util\.inspect\b|\$\$asymmetric|\binspect\.custom\b/,
  },
  {
    kind: 'replaced comparison',
    in: 'declared',
    pattern:
      /^(?:asymmetricMatch|\[Symbol\.(?:hasInstance|toPrimitive|isConcatSpreadable|species)\]|\$\$typeof)$/,
  },
  {
    kind: 'replaced comparison',
    in: 'text',
    pattern: /asymmetricMatch|nodejs\.util\.inspect|jest[.-]|matchers-object|equalityTesters/i,
  },
  {
    kind: 'replaced comparison',
    in: 'call',
    pattern: /\baddEqualityTesters?$|\bexpect\.extend$|\bchai\.use$/,
  },
  { kind: 'test tool', in: 'import', pattern: nodeTools },
  { kind: 'replaced builtin', in: 'import', pattern: /^(?:node:)?assert(?:\/strict)?$/ },
  {
    kind: 'test tool',
    in: 'name',
    pattern:
      /^(?:jest|vi|describe|beforeEach|afterEach|beforeAll|afterAll|jasmine|QUnit)(?:\.|$)|^(?:globalThis|global)\.(?:it|test|expect|vi|jest|describe)\b/,
  },
  {
    kind: 'processes and types',
    in: 'call',
    pattern:
      /\butil\.(?:getCallSites?|types\.isProxy)$|\bprocess\.(?:_get\w+|getActiveResourcesInfo|report\.getReport)$/,
  },
];

export const primitives: Readonly<Record<LanguageName, readonly Primitive[]>> = {
  javascript: script,
  typescript: script,
  tsx: script,
  python: [
    { kind: 'end of the run', in: 'call', pattern: /^os\.(?:_exit|abort|kill|killpg)$/ },
    testNames,
    testFiles,
    { kind: 'environment', in: 'name', pattern: /\bos\.(?:environb?|getenvb?)\b|^(?:environ|getenv)\b/ },
    { kind: 'environment', in: 'import', pattern: /^os\.(?:environb?|getenvb?)$/ },
    { kind: 'arguments', in: 'name', pattern: /\bsys\.(?:argv|orig_argv|flags|executable|_xoptions)\b/ },
    {
      kind: 'modules',
      in: 'name',
      pattern:
        /\bsys\.(?:modules|meta_path|path_hooks|path_importer_cache)\b|\bimportlib\.(?:util|machinery)\b|\b__loader__\b|\b__spec__\b/,
    },
    {
      kind: 'stack',
      in: 'name',
      pattern:
        /\bsys\.(?:_getframe\w*|_current_frames|settrace|gettrace|setprofile|getprofile|monitoring)\b|\binspect\.(?:stack|currentframe|trace|getframeinfo|getouterframes)\b|\btraceback\.(?:extract_stack|format_stack|walk_stack|print_stack)\b|\b(?:f_back|f_code|f_globals|f_locals|tb_frame|gi_frame)\b|\bthreading\.(?:settrace|setprofile)\b/,
    },
    {
      kind: 'modules',
      in: 'import',
      pattern:
        /^sys\.(?:modules|argv|_getframe\w*|settrace|gettrace|meta_path|orig_argv|_current_frames|setprofile)$|^inspect\.(?:stack|currentframe|trace|getframeinfo|getouterframes)$|^(?:gc|ctypes|tracemalloc|faulthandler|_frozen_importlib)(?:\.|$)/,
    },
    {
      kind: 'computed import',
      in: 'call',
      pattern: /^(?:importlib\.import_module|import_module|__import__|importlib\.\w+)$/,
      unlessLiteral: true,
    },
    {
      kind: 'evaluated text',
      in: 'call',
      pattern:
        /^(?:builtins\.)?(?:eval|exec|compile)$|^runpy\.\w+$|^code\.(?:interact|Interactive\w+|compile_command)$|^types\.(?:FunctionType|CodeType)$/,
    },
    {
      kind: 'replaced builtin',
      in: 'assigned',
      pattern:
        /^(?:builtins|__builtins__|sys|os|time|datetime|math|json|random|unittest|pytest|re|operator|functools|types|socket|subprocess)[.[]|\.__(?:eq|ne|class|dict|code|bases|globals|builtins)__$/,
    },
    {
      kind: 'replaced builtin',
      in: 'assigned',
      pattern: /(?:^|\.)(?:getcontext\(\)|DefaultContext|BasicContext)\.\w+$/,
    },
    {
      kind: 'replaced builtin',
      in: 'call',
      pattern:
        /^(?:decimal\.)?setcontext$|^(?:locale\.)?setlocale$|^warnings\.(?:simplefilter|filterwarnings|catch_warnings|resetwarnings)$|^catch_warnings$|^random\.seed$|^socket\.setdefaulttimeout$/,
    },
    {
      kind: 'replaced builtin',
      in: 'call',
      pattern:
        /^(?:setattr|delattr)\((?:builtins|__builtins__|sys|unittest|pytest|os|time|datetime)\b|^globals\(\)\.(?:update|__setitem__)$|^atexit\.register$/,
    },
    {
      kind: 'replaced comparison',
      in: 'declared',
      pattern:
        /^__(?:instancecheck|subclasscheck)__$|^(?:assert(?:Equal|NotEqual|True|False|Is|IsNot|In|NotIn|Raises|AlmostEqual|ListEqual|DictEqual|MultiLineEqual|CountEqual|SequenceEqual|Regex)|_baseAssertEqual|_getAssertEqualityFunc|failureException|pytest_assertrepr_compare|pytest_runtest_makereport|pytest_collection_modifyitems|pytest_sessionfinish|pytest_runtest_call|pytest_pyfunc_call)$/,
    },
    {
      kind: 'test tool',
      in: 'import',
      pattern: /^(?:_?pytest|unittest|nose2?|mock|doctest|hypothesis|pluggy)(?:\.|$)/,
    },
    { kind: 'test tool', in: 'name', pattern: /\bunittest\.mock\b|\bmock\.ANY\b/ },
    { kind: 'checker', in: 'name', pattern: /^(?:typing\.|t\.)?TYPE_CHECKING$/, unlessImports: true },
    {
      kind: 'processes and types',
      in: 'call',
      pattern: /^gc\.\w+$|^psutil\.\w+$|^os\.(?:getppid)$|^threading\.current_thread\(\)\.\w+$/,
    },
    { kind: 'processes and types', in: 'text', pattern: /^\/proc\// },
  ],
  go: [
    { kind: 'processes and types', in: 'comment', pattern: /^\/\/(?:go:build|\s*\+build|go:linkname)\b/ },
    { kind: 'end of the run', in: 'call', pattern: /^(?:syscall\.Exit|os\.Exit)$/, unlessProgram: true },
    testNames,
    testFiles,
    { kind: 'environment', in: 'call', pattern: /^(?:os|syscall)\.(?:Getenv|LookupEnv|Environ|ExpandEnv)$/ },
    { kind: 'arguments', in: 'name', pattern: /^os\.Args\b/ },
    {
      kind: 'arguments',
      in: 'call',
      pattern: /^os\.Executable$|^flag\.(?:Lookup|CommandLine\.Lookup|VisitAll|Visit)$/,
    },
    { kind: 'modules', in: 'call', pattern: /^debug\.(?:ReadBuildInfo|Stack|PrintStack)$|^plugin\.Open$/ },
    { kind: 'stack', in: 'call', pattern: /^runtime\.(?:Callers?|CallersFrames|FuncForPC|Stack)$/ },
    { kind: 'test tool', in: 'call', pattern: /^testing\.\w+$/ },
    { kind: 'test tool', in: 'import', pattern: /^testing(?:\/.*)?$|^github\.com\/stretchr\/testify/ },
    { kind: 'replaced comparison', in: 'assigned', pattern: /^(?:reflect|testing|os|time)\.\w+$/ },
    { kind: 'processes and types', in: 'text', pattern: /^\/proc\// },
  ],
  rust: [
    { kind: 'end of the run', in: 'call', pattern: /process::(?:exit|abort)$/, unlessProgram: true },
    testNames,
    testFiles,
    { kind: 'environment', in: 'call', pattern: /(?:^|::)env::(?:vars?(?:_os)?)$|^(?:option_)?env!$/ },
    { kind: 'environment', in: 'import', pattern: /^std::env::(?:vars?(?:_os)?)$/ },
    { kind: 'arguments', in: 'call', pattern: /(?:^|::)env::(?:args(?:_os)?|current_exe)$/ },
    {
      kind: 'stack',
      in: 'call',
      pattern: /Backtrace::\w+$|Location::caller$|panic::(?:set_hook|take_hook|catch_unwind)$/,
    },
    {
      kind: 'processes and types',
      in: 'call',
      pattern: /thread::current(?:\(\))?(?:\.name)?$|any::type_name\w*$|process::parent_id$/,
    },
    { kind: 'test tool', in: 'call', pattern: /^cfg!$/ },
    {
      kind: 'test tool',
      in: 'mark',
      pattern: /\bcfg(?:_attr)?\([^)]*\b(?:test|debug_assertions|doctest|miri|clippy)\b/,
    },
    { kind: 'replaced comparison', in: 'call', pattern: /^std::ptr::write$/ },
    { kind: 'processes and types', in: 'text', pattern: /^\/proc\// },
  ],
  java: [
    testNames,
    testFiles,
    {
      kind: 'environment',
      in: 'call',
      pattern:
        /^System\.(?:getenv|getProperty|getProperties)$|^(?:Boolean\.getBoolean|Integer\.getInteger|Long\.getLong)$/,
    },
    { kind: 'arguments', in: 'call', pattern: /^ManagementFactory\.|^ProcessHandle\./ },
    {
      kind: 'stack',
      in: 'call',
      pattern: /\.getStackTrace$|^StackWalker\b|^Thread\.currentThread\(\)\.\w+$|^Thread\.getAllStackTraces$/,
    },
    { kind: 'computed import', in: 'call', pattern: /^Class\.forName$|\.loadClass$/, unlessLiteral: true },
    {
      kind: 'modules',
      in: 'call',
      pattern: /^Class\.forName$|\.loadClass$|^ClassLoader\.\w+$|\.getClassLoader$|^ServiceLoader\.load$/,
    },
    { kind: 'evaluated text', in: 'call', pattern: /ScriptEngine\w*(?:\(\))?\.\w+$/ },
    {
      kind: 'test tool',
      in: 'import',
      pattern: /^(?:org\.(?:junit|testng|mockito|hamcrest|assertj)|junit)\b/,
    },
    { kind: 'replaced comparison', in: 'call', pattern: /\.setAccessible$|^Unsafe\b/ },
  ],
  ruby: [
    testNames,
    testFiles,
    { kind: 'environment', in: 'name', pattern: /^ENV\b/ },
    { kind: 'arguments', in: 'name', pattern: /^(?:ARGV|\$0|\$PROGRAM_NAME|\$\*)/ },
    { kind: 'modules', in: 'name', pattern: /^\$(?:LOADED_FEATURES|"|LOAD_PATH|:)/ },
    { kind: 'modules', in: 'call', pattern: /^(?:Object\.)?const_(?:get|defined\?)$|^ObjectSpace\.\w+$/ },
    {
      kind: 'stack',
      in: 'call',
      pattern: /^caller(?:_locations)?$|^(?:TracePoint|Thread\.current\.backtrace)/,
    },
    { kind: 'stack', in: 'name', pattern: /^caller(?:_locations)?$/ },
    {
      kind: 'evaluated text',
      in: 'call',
      pattern: /(?:^|\.)(?:eval|instance_eval|class_eval|module_eval|instance_exec)$/,
    },
    { kind: 'test tool', in: 'name', pattern: /^(?:RSpec|Minitest|Test::Unit|MiniTest)\b/ },
    {
      kind: 'replaced builtin',
      in: 'call',
      pattern:
        /^(?:Object|String|Integer|Array|Hash|Kernel|Time|Comparable)\.(?:define_method|send|prepend|class_eval|alias_method)$/,
    },
  ],
  php: [
    testNames,
    testFiles,
    { kind: 'environment', in: 'call', pattern: /^(?:getenv|apache_getenv)$/ },
    { kind: 'environment', in: 'name', pattern: /^\$_(?:ENV|SERVER)\b/ },
    { kind: 'arguments', in: 'name', pattern: /^\$(?:argv|argc)\b/ },
    {
      kind: 'modules',
      in: 'call',
      pattern:
        /^(?:class_exists|get_included_files|get_declared_classes|defined|constant|php_sapi_name|interface_exists)$/,
    },
    { kind: 'stack', in: 'call', pattern: /^debug_(?:print_)?backtrace$|->getTrace(?:AsString)?$/ },
    { kind: 'evaluated text', in: 'call', pattern: /^(?:eval|create_function|assert)$/ },
    { kind: 'test tool', in: 'import', pattern: /^(?:PHPUnit|Mockery|Pest)\b/ },
  ],
  csharp: [
    testNames,
    testFiles,
    {
      kind: 'environment',
      in: 'call',
      pattern: /\bEnvironment\.(?:GetEnvironmentVariables?|GetCommandLineArgs)$/,
    },
    { kind: 'arguments', in: 'name', pattern: /\bEnvironment\.(?:CommandLine|StackTrace|ProcessPath)\b/ },
    {
      kind: 'modules',
      in: 'call',
      pattern: /\bAppDomain\.CurrentDomain\.GetAssemblies$|\bAssembly\.(?:Get\w+|Load\w*)$/,
    },
    { kind: 'stack', in: 'call', pattern: /\bStackTrace$|\bStackFrame$/ },
    {
      kind: 'computed import',
      in: 'call',
      pattern: /\bType\.GetType$|\bActivator\.CreateInstance$/,
      unlessLiteral: true,
    },
    { kind: 'processes and types', in: 'call', pattern: /\bProcess\.GetCurrentProcess$/ },
    { kind: 'test tool', in: 'import', pattern: /^(?:Xunit|NUnit|Microsoft\.VisualStudio\.TestTools|Moq)\b/ },
  ],
  shell: [
    testNames,
    { kind: 'processes and types', in: 'name', pattern: /^\$?(?:PPID|BASH_SOURCE|FUNCNAME|BASH_LINENO)$/ },
    { kind: 'processes and types', in: 'call', pattern: /^(?:ps|pgrep|caller|lsof)$/ },
    { kind: 'evaluated text', in: 'call', pattern: /^eval$/ },
    { kind: 'processes and types', in: 'text', pattern: /^\/proc\// },
  ],
};
