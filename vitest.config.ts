import { defineConfig, type ViteUserConfig } from 'vitest/config';

const shared = {
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
};

const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/architecture/**/*.test.ts'],
          execArgv: ['--conditions=source'],
        },
      },
      {
        ...shared,
        test: {
          name: 'whole',
          include: ['test/{simulation,integration,e2e}/**/*.test.ts', 'examples/**/*.test.ts'],
          execArgv: ['--conditions=source'],
          testTimeout: 120_000,
        },
      },
    ],
  },
});

export default config;
