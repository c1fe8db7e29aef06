import { z } from 'zod';
import type { ConnectorDefinition } from '#connectors/contract';
export const stubMemory: ConnectorDefinition = {
  type: 'memory',
  title: 'memory',
  maturity: 'stable',
  config: z.strictObject({ system: z.string() }),
  open: () => {
    throw new Error('no');
  },
};
