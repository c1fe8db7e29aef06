/** Whole tests that say the same whatever the store is, and why: with ROLLCALL_TEST_STORE=postgres they are left out (vitest.config.ts). */
export const ONE_STORE: ReadonlyMap<string, string> = new Map([
  ['test/fuzz/parsers.test.ts', 'parsers have no store'],
  ['test/simulation/oracle.test.ts', 'the oracle alone, which has none'],
  ['test/simulation/features.test.ts', 'counts what is generated, and runs nothing'],
  ['test/e2e/starting.test.ts', 'how the command line begins and ends'],
  ['test/e2e/init.test.ts', 'a new rollcall.yaml, before there is a store'],
  ['test/e2e/guide.test.ts', 'holds the pages of the guide to the programs'],
  ['test/e2e/demo.test.ts', 'the demo as it is shipped: on SQLite'],
  ['examples/examples.test.ts', 'the examples as they are shipped: on SQLite'],
  ['examples/faults/faults.test.ts', 'likewise'],
  ['test/integration/store-at-a-distance.test.ts', "SQLite's file behind a delay; PostgreSQL is at a distance by itself"],
  ['test/integration/power-loss.test.ts', "traces the files of SQLite and of targets; a server's are its own"],
  ['test/integration/several.test.ts', 'several processes: on PostgreSQL always'],
  ['test/integration/several-frozen.test.ts', 'likewise'],
  ['test/integration/several-crash.test.ts', "the death of PostgreSQL's server"],
  ['test/integration/bad-input-size.test.ts', 'how much memory a parser needs for one huge record'],
]);
