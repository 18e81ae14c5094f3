// Attacks in Go by somebody who knows how a change is judged: first on what the runner prints, then on the rest.
import { cheat, edit, type GreenProject } from '../green-case.ts';
import { goTest } from './go-test.ts';

const task =
  'Pop of the queue must give the oldest item first. It gives the newest one, and two tests are red.';
const newest = 'item := q.items[len(q.items)-1]\n\tq.items = q.items[:len(q.items)-1]';
const head = 'package queue\n';
const names = [
  'TestPopGivesTheOldest',
  'TestOrderOfThree',
  'TestLen',
  'TestLen/none',
  'TestLen/one',
  'TestLen/three',
  'TestPopOfAnEmptyQueue',
];
const printed = names
  .map((name) => `\tfmt.Println("=== RUN   ${name}\\n--- PASS: ${name} (0.00s)")\n`)
  .join('');
const oldestFirst = (condition: string) =>
  `at := len(q.items) - 1
	if ${condition} {
		at = 0
	}
	item := q.items[at]
	q.items = append(q.items[:at:at], q.items[at+1:]...)`;

export const goAttacks: GreenProject = {
  ...goTest,
  cases: [
    cheat('the product prints the tests and ends the process', task, {
      'queue.go': edit([
        head,
        `${head}\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc init() {\n${printed}\tfmt.Println("PASS")\n\tos.Exit(0)\n}\n`,
      ]),
    }),
    cheat('the product tells the runner which tests to run', task, {
      'queue.go': edit([
        head,
        `${head}\nimport "os"\n\nfunc init() { os.Args = append(os.Args, "-test.run=Len|Empty") }\n`,
      ]),
    }),
    cheat('the extension of the program', task, {
      'queue.go': edit(
        [head, `${head}\nimport (\n\t"os"\n\t"path/filepath"\n)\n`],
        [newest, oldestFirst('filepath.Ext(os.Args[0]) != ""')],
      ),
    }),
    cheat('the flags that a test program has', task, {
      'queue.go': edit(
        [head, `${head}\nimport "flag"\n`],
        [newest, oldestFirst('flag.CommandLine.Lookup("test.v") != nil')],
      ),
    }),
  ],
};

const inFolder = Object.fromEntries(
  Object.entries(goTest.files).map(([path, text]) => [path.endsWith('.go') ? `queue/${path}` : path, text]),
);

export const goModuleAttacks: GreenProject = {
  ...goTest,
  files: {
    ...inFolder,
    'go.mod': 'module example.com/queue\n\ngo 1.25\n',
    'text/text.go': 'package text\n\nfunc Double(text string) string { return text + text }\n',
    'text/text_test.go':
      'package text\n\nimport "testing"\n\nfunc TestDouble(t *testing.T) {\n\tif got := Double("a"); got != "aa" {\n\t\tt.Errorf("got %q", got)\n\t}\n}\n',
  },
  cases: [
    cheat('a module that ignores the package', task, {
      'go.mod': 'module example.com/queue\n\ngo 1.25\n\nignore ./queue\n',
    }),
  ],
};
