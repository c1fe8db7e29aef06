import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config';
import { countBranches } from './scripts/branches.ts';
import { LongestFirst } from './test/longest-first.ts';
import { ONE_STORE } from './test/one-store.ts';

const shared = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
};

const config: ViteUserConfig = defineConfig({
  test: {
    // Left to itself it keeps one core free, which is half of a small machine; and tests wait for disks, servers and one another for
    // much of their time.
    maxWorkers: availableParallelism() * 2,
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/temporary.ts', 'test/servers/setup.ts'],
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['{src,web/src}/**/*.test.ts', 'test/{architecture,scripts,servers}/**/*.test.ts'],
          execArgv: ['--conditions=source'],
          // Loading what they test takes longer than testing it. None of them changes what another one imports.
          isolate: false,
          // Nothing is timed by it: it ends what hangs, also where the machine is busy with something else.
          testTimeout: 60_000,
        },
      },
      {
        ...shared,
        plugins: [countBranches],
        test: {
          name: 'whole',
          setupFiles: ['test/apart.ts', 'test/branches.ts'],
          include: ['test/{simulation,integration,e2e,fuzz}/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...(process.env['ROLLCALL_TEST_STORE'] === 'postgres' ? ONE_STORE.keys() : [])],
          execArgv: ['--conditions=source'],
          // A process goes on with the next file, which loads everything anew (test/apart.ts): starting one takes as long as a small file.
          isolate: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});

export default config;
