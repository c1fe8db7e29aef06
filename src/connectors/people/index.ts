/**
 * The built-in connection: what a person or an administrator edits here, with precedence like any other source. There is no system behind
 * it: its objects are staged by edits alone, nothing is read, and nothing is written. The guide is docs/guide/people.md.
 */
import { z } from 'zod';
import type { ConnectorDefinition } from '#connectors/contract';

export const people: ConnectorDefinition = {
  type: 'people',
  title: 'Edits of people, made here',
  maturity: 'beta',
  writes: 'never',
  config: z.strictObject({}),
  belongsTo: (anchor) => (/^[1-9]\d{0,14}$/.test(anchor) ? Number(anchor) : null),
  open: () => ({
    test: async () => 'edits are kept in the store',
    discoverSchema: async () => ({ complete: false, kinds: {} }),
    close: async () => undefined,
  }),
};
