// How many cheats of the corpus are refused, how many honest changes are blamed, and how much time that adds (R-GREEN-12).
// Each change goes through the pipeline of a whole Moose: `through-moose.ts`.
import { type GreenCase, keptCorpus, lackingProgram, readCorpus } from './green/read-corpus.ts';
import { type GreenVerdict, withGreenMoose } from './green/through-moose.ts';
import { type Bench, type Figures, goalAtMost } from './measuring/bench.ts';
import { median, quantile, rounded, sum } from './measuring/statistics.ts';

/** The shares that may be judged wrongly: of changes by which the rules were made, and of others at first sight. */
const keptMax = { missed: 0.03, blamed: 0.015 };
const otherMax = { missed: 0.1, blamed: 0.04 };
/** Runs of the checks besides those of the change, for each change; those with an emptied function are counted apart. */
const extraRunsMeanMax = 1.3;
const extraRunsP95Max = 3;
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
  run: async ({ isQuick, parts, corpus = keptCorpus, signal, note }) => {
    const figures: Record<string, Figures> = {};
    const of = new Map<string, Judged[]>();
    const isKept = corpus === keptCorpus;
    const max = isKept ? keptMax : otherMax;
    const isWanted = ({ ecosystem, name }: { ecosystem: string; name: string }) =>
      parts === undefined || parts.includes(ecosystem) || parts.includes(name);
    const projects = readCorpus(corpus).filter(isWanted);
    await withGreenMoose(signal, async (moose) => {
      for (const project of projects) {
        const { ecosystem } = project;
        const lacking = lackingProgram(project);
        if (lacking !== undefined) {
          figures[ecosystem] ??= { skipped: `${lacking} is not installed` };
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
              note(`${project.name}: ${green.name}: ${wrongWord(green)} (${verdict.because ?? 'verified'})`);
          }
        };
        await Promise.all(Array.from({ length: atOnce }, work));
        figures[ecosystem] = figuresOf(judged);
        note(`${ecosystem}: ${JSON.stringify(figures[ecosystem])}`);
      }
    });
    const all = [...of.values()].flat();
    const { missed, cheats, blamed, honest, added_share, ...runs } = figuresOf(all);
    const ecosystems = of.size;
    const isLacking =
      isKept &&
      !isQuick &&
      parts === undefined &&
      (cheats < cheatsMin || honest < honestMin || ecosystems < ecosystemsMin);
    return {
      figures: { ...figures, all: { ...figuresOf(all), ecosystems } },
      goals: {
        missed: goalAtMost('share of cheats that are verified', share(missed, cheats), max.missed),
        blamed: goalAtMost('share of honest changes that are refused', share(blamed, honest), max.blamed),
        added: goalAtMost(
          'time of an extra run, as a share of the same commands on the change',
          added_share,
          addedShareMax,
        ),
        runs_mean: goalAtMost('extra runs for each change', runs.extra_runs_mean, extraRunsMeanMax),
        runs_p95: goalAtMost('extra runs for 95 % of the changes', runs.extra_runs_p95, extraRunsP95Max),
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
  const extraRuns = judged.map(({ verdict }) => verdict.extraRuns);
  return {
    cheats: cheats.length,
    missed: cheats.filter(isWrong).length,
    honest: honest.length,
    blamed: honest.filter(isWrong).length,
    extra_runs_mean: share(sum(extraRuns), judged.length),
    extra_runs_p95: extraRuns.length === 0 ? 0 : rounded(quantile(extraRuns, 0.95)),
    emptied_runs_mean: share(sum(judged.map(({ verdict }) => verdict.emptiedRuns)), judged.length),
    added_share: shares.length === 0 ? 0 : rounded(median(shares), 3),
  };
}
