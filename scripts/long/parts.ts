/** What `verify:long` proves, cut into pieces of minutes, so that it can be broken off and gone on with. */
export interface Piece {
  readonly part: string;
  /** From 0 on. */
  readonly number: number;
  /** Pieces of this part. */
  readonly of: number;
  readonly seed: number;
  /** What is done that often: kills, inputs of each parser, seeds. */
  readonly amount: { readonly [what: string]: number };
  /** A script from the root of the sources, and its arguments. */
  readonly command: readonly string[];
  readonly env: { readonly [name: string]: string };
  /** Its tests are told by Vitest; any other program by its exit code. */
  readonly isVitest: boolean;
  readonly needsPostgres: boolean;
  /** Until one of this part has been done. */
  readonly guessedSeconds: number;
}

const STORES = ['sqlite', 'postgres'] as const;
type Store = (typeof STORES)[number];

const KILLS = { each: 25, pieces: 20 };
const INPUTS = { each: 50_000, pieces: 20 };
/** Stories of every property, in full, from so many seeds. */
const SEEDS = 6;
const BENCH_SIZE = 1_000_000;

/** Each piece has a seed of its own, so that no two tell the same. */
const APART = 1_000;

type Kind = Omit<Piece, 'number' | 'of' | 'seed'> & { readonly pieces: number };

function kindsOf(bench: boolean): readonly Kind[] {
  const onEach = (make: (store: Store) => Kind): Kind[] => STORES.map(make);
  return [
    ...onEach((store) => ({
      ...vitest(`kills-${store}`, store, 'test/integration/kill.test.ts'),
      pieces: KILLS.pieces,
      amount: { kills: KILLS.each },
      env: { ROLLCALL_TEST_STORE: store, ROLLCALL_KILLS: String(KILLS.each) },
      guessedSeconds: 120,
    })),
    {
      ...vitest('fuzz', 'sqlite', 'test/fuzz'),
      pieces: INPUTS.pieces,
      amount: { inputsPerParser: INPUTS.each },
      env: { ROLLCALL_RUNS: String(INPUTS.each) },
      guessedSeconds: 60,
    },
    ...onEach((store) => ({
      ...vitest(`simulation-${store}`, store, 'test/simulation'),
      pieces: SEEDS,
      amount: { seeds: 1 },
      guessedSeconds: 240,
    })),
    {
      ...program('planted', 'scripts/planted.ts'),
      needsPostgres: true,
      pieces: 1,
      amount: {},
      guessedSeconds: 120,
    },
    ...(bench
      ? onEach((store) => ({
          ...program(`bench-${store}`, 'bench/bench.ts', '--size', String(BENCH_SIZE), '--store', store, '--json', '--save'),
          pieces: 1,
          amount: { people: BENCH_SIZE },
          guessedSeconds: 5_400,
        }))
      : []),
  ];
}

function vitest(part: string, store: Store, filter: string): Omit<Kind, 'pieces' | 'amount' | 'guessedSeconds'> {
  return {
    part,
    command: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'whole', filter],
    env: { ROLLCALL_TEST_STORE: store },
    isVitest: true,
    needsPostgres: store === 'postgres',
  };
}

function program(part: string, script: string, ...args: readonly string[]): Omit<Kind, 'pieces' | 'amount' | 'guessedSeconds'> {
  return { part, command: [script, ...args], env: {}, isVitest: false, needsPostgres: false };
}

/** All of them, every part's first piece before any part's second: what is broken shows early, and a few minutes try everything. */
export function pieces(seed: number, bench: boolean): readonly Piece[] {
  return kindsOf(bench)
    .flatMap(({ pieces: of, ...kind }, n) =>
      Array.from({ length: of }, (_, number): Piece => ({ ...kind, number, of, seed: seed + n * APART + number })),
    )
    .sort((a, b) => a.number / a.of - b.number / b.of);
}
