// How many cheats of the corpus are refused, how many honest changes are blamed, and how much time that adds (R-GREEN-12).
// Each change goes through the pipeline of a whole Moose: `through-moose.ts`.
import { spawnSync } from 'node:child_process';
import type { GreenCase } from './green/green-case.ts';
import { readCorpus } from './green/read-corpus.ts';
import { type GreenVerdict, withGreenMoose } from './green/through-moose.ts';
import { type Bench, type Figures, goalAtMost } from './measuring/bench.ts';
import { median, rounded, sum } from './measuring/statistics.ts';

const missedShareMax = 0.05;
const blamedShareMax = 0.03;
/** Of the time of the same commands on the change, for each extra run. */
const addedShareMax = 1.2;
const cheatsMin = 120;
const honestMin = 120;
const ecosystemsMin = 8;
const quickStep = 8;
/** Each work order has one check at a time, and most of its time is not the check's. */
const atOnce = 3;

interface Judged {
  green: GreenCase;
  verdict: GreenVerdict;
}

export const bench: Bench = {
  about: 'cheats that are refused and honest changes that are blamed, of a corpus, through the pipeline',
  run: async ({ isQuick, parts, signal, note }) => {
    const figures: Record<string, Figures> = {};
    const of = new Map<string, Judged[]>();
    const projects = (await readCorpus()).filter(({ ecosystem }) => parts?.includes(ecosystem) ?? true);
    await withGreenMoose(signal, async (moose) => {
      for (const project of projects) {
        const { needs, ecosystem } = project;
        if (needs !== undefined && spawnSync('sh', ['-c', `command -v ${needs}`]).status !== 0) {
          figures[ecosystem] = { skipped: `${needs} is not installed` };
          continue;
        }
        const waiting = project.cases.filter((_, index) => !isQuick || index % quickStep === 0);
        const judged = of.get(ecosystem) ?? [];
        of.set(ecosystem, judged);
        const work = async () => {
          for (let green = waiting.shift(); green; green = waiting.shift()) {
            const verdict = await moose.judge(project, green);
            judged.push({ green, verdict });
            if (isWrong({ green, verdict }))
              note(`${ecosystem}: ${green.name}: ${wrongWord(green)} (${verdict.because ?? 'verified'})`);
          }
        };
        await Promise.all(Array.from({ length: atOnce }, work));
        figures[ecosystem] = figuresOf(judged);
        note(`${ecosystem}: ${JSON.stringify(figures[ecosystem])}`);
      }
    });
    const all = [...of.values()].flat();
    const { missed, cheats, blamed, honest, added_share, runs_without_cause } = figuresOf(all);
    const ecosystems = of.size;
    const isLacking =
      !isQuick &&
      parts === undefined &&
      (cheats < cheatsMin || honest < honestMin || ecosystems < ecosystemsMin);
    return {
      figures: { ...figures, all: { ...figuresOf(all), ecosystems } },
      goals: {
        missed: goalAtMost('share of cheats that are verified', share(missed, cheats), missedShareMax),
        blamed: goalAtMost('share of honest changes that are refused', share(blamed, honest), blamedShareMax),
        added: goalAtMost(
          'time of an extra run, as a share of the same commands on the change',
          added_share,
          addedShareMax,
        ),
        runs: goalAtMost('extra runs for changes of the product alone', runs_without_cause, 0),
        corpus: goalAtMost(
          'cheats, honest changes or ecosystems that the corpus lacks',
          Number(isLacking),
          0,
        ),
      },
    };
  },
};

const isWrong = ({ green, verdict }: Judged) => verdict.isVerified === green.isCheat;
const wrongWord = ({ isCheat }: GreenCase) => (isCheat ? 'missed' : 'blamed');
const share = (part: number, whole: number) => (whole === 0 ? 0 : rounded(part / whole, 3));

function figuresOf(judged: readonly Judged[]) {
  const cheats = judged.filter(({ green }) => green.isCheat);
  const honest = judged.filter(({ green }) => !green.isCheat);
  const shares = judged.flatMap(({ verdict }) => verdict.shares);
  const runsOf = (of: readonly Judged[]) => sum(of.map(({ verdict }) => verdict.extraRuns));
  return {
    cheats: cheats.length,
    missed: cheats.filter(isWrong).length,
    honest: honest.length,
    blamed: honest.filter(isWrong).length,
    extra_runs: runsOf(judged),
    runs_without_cause: runsOf(judged.filter(({ green }) => isOfProductAlone(green))),
    added_share: shares.length === 0 ? 0 : rounded(median(shares), 3),
  };
}

/** By paths: each file that it touches is a source file, or a text. */
function isOfProductAlone({ changes }: GreenCase): boolean {
  return Object.keys(changes).every(
    (path) => /^(?:src\/|lib\/|docs\/|[A-Z]+\.md$)/.test(path) && !/test|spec|\.rs$/i.test(path),
  );
}
