/**
 * Judges subjects in a process of its own, asked over the channel to its parent: a broken subject may hang, or end the
 * process that runs it. One question at a time.
 */
import { pathToFileURL } from 'node:url';
import { type Harness, type LawResult, Suite } from '../src/index.js';
import { LAWS } from '../src/laws/all.js';
import type { Mutant, Specimen } from './mutant.js';

/** A subject: one of a module's, by its id, or the default export of a file. */
type SubjectAsked =
  | { readonly module: string; readonly id: string }
  | { readonly harness: string; readonly id: string };

/** What the parent asks. */
type Question =
  | { readonly ask: 'laws' }
  | { readonly ask: 'specimens'; readonly module: string }
  | {
      readonly ask: 'judge';
      readonly subject: SubjectAsked;
      /** Names of laws, in the order in which they are to be run. */
      readonly laws: readonly string[];
      readonly depth: 'full' | 'slice';
      readonly seed: number;
      /** Whether the first law that fails ends it. */
      readonly first: boolean;
      /** Longest time of a case, in ms. */
      readonly caseMs: number;
    };

/** What a law said, as plain data. */
interface Said {
  readonly law: string;
  readonly verdict: LawResult['verdict'];
  /** Why it was skipped, or what was wrong. */
  readonly because: string;
  /** The law's own code failed, beside its cases: that says nothing of the subject. */
  readonly outside: boolean;
  readonly seconds: number;
}

/** Subjects of a module of mutants. */
interface Specimens {
  readonly MUTANTS: readonly Mutant[];
  readonly SOUND: readonly Specimen[];
}

async function specimensOf(module: string): Promise<Specimens> {
  const found: Specimens = await import(pathToFileURL(module).href);
  return found;
}

async function harnessOf(subject: SubjectAsked): Promise<Harness> {
  if ('harness' in subject) {
    const found: { default: Harness } = await import(pathToFileURL(subject.harness).href);
    return found.default;
  }
  const { MUTANTS, SOUND } = await specimensOf(subject.module);
  const specimen = [...MUTANTS, ...SOUND].find(({ id }) => id === subject.id);
  if (specimen === undefined) throw new Error(`${subject.module} has no subject "${subject.id}"`);
  return specimen.harness();
}

/** Tells of each law as it ends: what was said is said, also where a later law ends the process. */
async function judge({
  subject,
  laws,
  first,
  ...options
}: Extract<Question, { ask: 'judge' }>): Promise<void> {
  const suite = new Suite(await harnessOf(subject), { ...options, only: laws });
  try {
    for (const name of laws) {
      const law = suite.laws.find((each) => each.name === name);
      if (law === undefined) throw new Error(`there is no law "${name}"`);
      process.send?.({ running: name });
      const { verdict, failure, reason = '', seconds } = await suite.run(law);
      const outside = failure?.schedule.case === 'outside-of-cases';
      const said: Said = { law: name, verdict, because: failure?.message ?? reason, outside, seconds };
      process.send?.({ said });
      if (first && verdict === 'failed' && !outside) break;
    }
  } finally {
    await suite.close();
  }
}

async function answer(question: Question): Promise<unknown> {
  switch (question.ask) {
    case 'laws':
      return LAWS.map(({ name }) => name);
    case 'specimens': {
      const { MUTANTS, SOUND } = await specimensOf(question.module);
      return {
        mutants: MUTANTS.map(({ id, what, source, of, laws }) => ({ id, what, source, of, laws })),
        sound: SOUND.map(({ id, what }) => ({ id, what })),
      };
    }
    case 'judge':
      return judge(question);
  }
}

process.on('message', (question: Question) => {
  answer(question).then(
    (value) => process.send?.({ value }),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.once('disconnect', () => process.exit());
