import { main } from './index.ts';

const program = {
  version: '0.1.0',
  definitions: new Map(),
  wall: () => Date.now(),
  loadConfig: async () => ({
    ok: false as const,
    faults: [
      {
        kind: 'configuration' as const,
        message: 'unknown key conections',
        where: { file: 'rollcall.yaml', line: 3, column: 1 },
        remedy: 'did you mean connections?',
      },
    ],
  }),
  openStore: async () => {
    throw new Error('x');
  },
};
process.exitCode = await main(process.argv.slice(2), process.env, process as never, program as never);
