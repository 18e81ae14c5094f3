// Makes Node's test runners write their own report: NODE_OPTIONS loads this file into every Node process of a check. It does
// nothing in a process that is not the main one of a known runner, and never throws. Written for Node 8 and later.
//
// What can be trusted: the runner's process writes each line itself. Project code that runs in the same process (jest and
// mocha in one process, `node file.js`) or as the same user can write lines too: a secret would not help, since whatever
// this file can read, that code can read. The exit code, the printed output and the report of the base are compared.
'use strict';
/** Without `node:`, and in the syntax of Node 8: what fails here fails in every Node process of the check. */
const load = require;
const { realpathSync, openSync, writeSync, readdirSync, readFileSync } = load('fs');
const path = load('path');

/** A runner inside a test of another runner is part of that test. */
const isInsideTest = ['VITEST_WORKER_ID', 'JEST_WORKER_ID', 'PYTEST_CURRENT_TEST'].some(
  (name) => process.env[name] !== undefined,
);
const onlyTells =
  /^(?:--version|-v|--help|-h|help|list|init|--init|--listTests|--list|--showConfig|--clearCache|--list-files)$/;
const reasonChars = 500;

let descriptor;
let runnerName;

function write(line) {
  try {
    if (descriptor === undefined) {
      const name = `${runnerName.replace(/\W/g, '-')}-${process.pid}-${Math.random().toString(16).slice(2)}.jsonl`;
      descriptor = openSync(path.join(path.dirname(__dirname), name), 'wx', 0o600);
    }
    writeSync(descriptor, `${JSON.stringify(line)}\n`);
  } catch (_) {
    // A report that cannot be written must not change the run.
  }
}

let hasBegun = false;
let hasEnded = false;

function begin() {
  if (hasBegun) return;
  hasBegun = true;
  write({ event: 'start', runner: runnerName, cwd: process.cwd() });
}

function end() {
  if (!hasEnded) write({ event: 'end' });
  hasEnded = true;
}

function reasonOf(value) {
  if (value === undefined || value === null || value === true || value === '') return null;
  const text = typeof value === 'object' ? value.message || value.stack : value;
  return text === undefined ? null : String(text).slice(0, reasonChars);
}

function durationOf(value) {
  return typeof value === 'number' ? value : null;
}

// node:test. Its events are emitted by a stream in the process that was started; the files' processes send theirs to it.

function watchNodeTest(isChild) {
  const pending = { enqueued: 0, completed: 0, reported: 0, isPlanned: false };
  const titles = new Map();
  const proto = load('stream').Readable.prototype;
  const emit = proto.emit;
  let isWatched = false;
  proto.emit = function emitAndReport(...given) {
    const [type, data] = given;
    if (typeof type === 'string' && type.startsWith('test:') && this.constructor.name === 'TestsStream') {
      try {
        if (!isWatched) {
          isWatched = true;
          // Now, so that it comes after the runner's own.
          process.on('exit', () => endNodeTest(pending, isChild));
          if (!isChild) begin();
        }
        takeNodeEvent(type, data, pending, titles, isChild);
      } catch (_) {
        // An unknown event.
      }
    }
    return emit.apply(this, given);
  };
}

function takeNodeEvent(type, data, pending, titles, isChild) {
  if (type === 'test:enqueue') pending.enqueued += 1;
  else if (type === 'test:complete') pending.completed += 1;
  else if (type === 'test:plan' && data.nesting === 0) pending.isPlanned = true;
  else if (type === 'test:start' && !isChild) {
    const open = titles.get(data.file) || [];
    open.length = data.nesting;
    open[data.nesting] = data.name;
    titles.set(data.file, open);
  } else if (type === 'test:pass' || type === 'test:fail') {
    pending.reported += 1;
    if (!isChild) writeNodeTest(type === 'test:pass', data, titles.get(data.file) || []);
  }
}

function writeNodeTest(hasPassed, data, open) {
  const details = data.details || {};
  if (
    details.type === 'suite' &&
    (hasPassed || (details.error && details.error.failureType === 'subtestsFailed'))
  )
    return;
  const error = details.error && (details.error.cause || details.error);
  let result = hasPassed ? 'passed' : 'failed';
  if (data.skip !== undefined) result = 'skipped';
  else if (data.todo !== undefined) result = hasPassed ? 'todo' : 'expected_failure';
  else if (hasPassed && data.expectFailure !== undefined && data.expectFailure !== false)
    result = 'expected_failure';
  write({
    event: 'test',
    file: data.file || null,
    name: open.slice(0, data.nesting).concat(data.name),
    result,
    durationMs: durationOf(details.duration_ms),
    reason: reasonOf(data.skip) || reasonOf(data.todo) || (hasPassed ? null : reasonOf(error)),
  });
}

/** A file that ends its process while tests are pending passes in the eyes of the runner. */
function endNodeTest(pending, isChild) {
  // Node 18 does not say what is completed; each version prints its plan at the end.
  const isOver =
    pending.completed > 0
      ? pending.enqueued <= pending.completed
      : pending.isPlanned || pending.enqueued <= pending.reported;
  if (isChild) {
    if (!isOver && process.exitCode !== 1) begin();
  } else if (isOver) end();
}

/** The runner is loaded by an import that cannot be seen; the listeners that it adds can. */
function watchForNodeTest(isChild) {
  const look = (name) => {
    if (name !== 'unhandledRejection') return;
    process.removeListener('newListener', look);
    watchNodeTest(isChild);
  };
  process.on('newListener', look);
}

// vitest. A hook adds a reporter to those that are configured, where the runner creates them: in this thread, or, on a Node
// that has no such hooks, in the one that loads modules. Needs Node 18.19, 20.6 or later.

function watchVitest() {
  const { register, registerHooks } = load('module');
  if (registerHooks === undefined && register === undefined) return;
  begin();
  const kept = { reporter: vitestReporter(), isAdded: false };
  globalThis[Symbol.for('moose.vitest')] = kept;
  process.on('exit', () => {
    if (!kept.isAdded) write({ event: 'lost' });
  });
  if (registerHooks === undefined) {
    register(load('url').pathToFileURL(path.join(__dirname, 'load-vitest.mjs')));
    return;
  }
  const { withReporter } = load('./add-reporter.cjs');
  const hooks = registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const added = withReporter(url, loaded);
      if (added !== loaded) hooks.deregister();
      return added;
    },
  });
}

function vitestReporter() {
  const finish = (files) => {
    if (hasEnded) return;
    for (const file of files) {
      if (file.result && file.result.state === 'fail' && file.tasks.length === 0)
        writeVitestTask(file, file, [], 'failed');
      writeVitestTasks(file, file.tasks, []);
    }
    end();
  };
  return {
    onFinished: (files) => finish(files || []),
    onTestRunEnd: (modules) => finish(modules.map((each) => each.task)),
  };
}

function writeVitestTasks(file, tasks, titles) {
  for (const task of tasks) {
    if (task.tasks === undefined) writeVitestTask(file, task, titles.concat(task.name), vitestResult(task));
    else {
      const { errors = [] } = task.result || {};
      if (errors.length > 0) writeVitestTask(file, task, titles.concat(task.name), 'failed');
      writeVitestTasks(file, task.tasks, titles.concat(task.name));
    }
  }
}

function vitestResult(task) {
  const state = task.result ? task.result.state : task.mode;
  if (task.mode === 'todo' || state === 'todo') return 'todo';
  if (state === 'pass') return task.fails ? 'expected_failure' : 'passed';
  return state === 'fail' ? 'failed' : 'skipped';
}

function writeVitestTask(file, task, name, result) {
  const told = task.result || {};
  const line = {
    event: 'test',
    file: file.filepath,
    name,
    result,
    durationMs: durationOf(told.duration),
    reason: reasonOf(told.note) || (result === 'failed' ? reasonOf((told.errors || [])[0]) : null),
  };
  if (told.retryCount > 0) line.retries = told.retryCount;
  write(line);
}

// jest. A results processor is added on the command line: unlike a reporter there, it replaces none that is configured,
// except another processor; a project that has one is left alone.

function watchJest() {
  const texts = readdirSync('.')
    .filter((name) => name === 'package.json' || /^jest\.config\./.test(name))
    .map((name) => readFileSync(name, 'utf8'));
  if (process.argv.concat(texts).some((text) => text.includes('testResultsProcessor'))) return;
  process.argv.splice(2, 0, `--testResultsProcessor=${__filename}`);
  // The runner has read it then, and tests that run in this process see what was given.
  setImmediate(() => process.argv.splice(2, 1));
  begin();
  module.exports = (results) => {
    for (const file of results.testResults) writeJestFile(file);
    if (!results.wasInterrupted) end();
    return results;
  };
}

const jestResults = { passed: 'passed', failed: 'failed', todo: 'todo' };

function writeJestFile(file) {
  const isBroken = file.testExecError !== undefined && file.testExecError !== null;
  if (isBroken || (file.failureMessage && file.testResults.length === 0)) {
    write({
      event: 'test',
      file: file.testFilePath,
      name: [],
      result: 'failed',
      durationMs: null,
      reason: reasonOf(file.failureMessage),
    });
  }
  for (const test of file.testResults) {
    const line = {
      event: 'test',
      file: file.testFilePath,
      name: test.ancestorTitles.concat(test.title),
      result:
        test.failing && test.status === 'passed' ? 'expected_failure' : jestResults[test.status] || 'skipped',
      durationMs: durationOf(test.duration),
      reason: reasonOf(test.failureMessages[0]),
    };
    if (test.invocations > 1) line.retries = test.invocations - 1;
    write(line);
  }
}

// mocha. Its runner is a class in CommonJS: a run tells its events to this file too.

function watchMocha(library) {
  const cli = path.join(library, 'cli', 'cli.js');
  for (const name of ['runner.js', path.join('nodejs', 'parallel-buffered-runner.js')]) {
    const proto = load(path.join(library, name)).prototype;
    if (!Object.getOwnPropertyNames(proto).includes('run')) continue;
    const run = proto.run;
    proto.run = function runAndReport(...given) {
      if (!hasBegun) watchMochaRun(this);
      return run.apply(this, given);
    };
  }
  // With options for Node it starts itself again, in a process that reports.
  process.on('exit', () => {
    if (require.cache[cli] !== undefined) begin();
  });
}

function watchMochaRun(runner) {
  begin();
  runner.on('pass', (test) => writeMochaTest(test, 'passed', null));
  runner.on('fail', (test, error) => writeMochaTest(test, 'failed', reasonOf(error)));
  // `it.skip` and a test without a body look the same.
  runner.on('pending', (test) => writeMochaTest(test, 'skipped', null));
  runner.on('end', end);
}

function writeMochaTest(test, result, reason) {
  const { file: suiteFile = null } = test.parent || {};
  const line = {
    event: 'test',
    file: test.file || suiteFile,
    name: typeof test.titlePath === 'function' ? test.titlePath() : [test.title],
    result,
    durationMs: durationOf(test.duration),
    reason,
  };
  const retries = typeof test.currentRetry === 'function' ? test.currentRetry() : test._currentRetry;
  if (retries > 0) line.retries = retries;
  write(line);
}

function realPathOf(script) {
  try {
    return realpathSync(script);
  } catch (_) {
    // Its extension is left out.
    return script;
  }
}

function watchMainScript() {
  const started = process.argv[1] || '';
  if (!/vitest|jest|mocha|react-scripts/.test(started)) return false;
  const script = realPathOf(started).replace(/\\/g, '/');
  const found =
    /\/(vitest|jest|jest-cli|mocha|react-scripts)\/(?:vitest\.mjs|dist\/cli\.js|bin\/jest\.js|bin\/_?mocha(?:\.js)?|lib\/cli\/cli\.js|scripts\/test\.js)$/.exec(
      script,
    );
  if (found === null) return false;
  if (process.argv.slice(2).some((argument) => onlyTells.test(argument))) return true;
  const name = found[1];
  runnerName = name === 'jest-cli' || name === 'react-scripts' ? 'jest' : name;
  if (runnerName === 'vitest') watchVitest();
  else if (runnerName === 'jest') watchJest();
  else watchMocha(path.join(script.slice(0, found.index), 'mocha', 'lib'));
  return true;
}

function watch() {
  // So in a worker thread; asking `worker_threads` would take longer than everything else here.
  if (process.chdir.disabled === true || isInsideTest) return;
  runnerName = 'node:test';
  if (process.env.NODE_TEST_CONTEXT !== undefined) watchForNodeTest(true);
  else if (process.execArgv.includes('--test')) watchNodeTest(false);
  else if (!watchMainScript()) watchForNodeTest(false);
}

try {
  watch();
} catch (_) {
  // An unknown version of Node or of a runner: its output is read.
}
