/**
 * LDIF files (RFC 2849) as a connected system: entries (`format: content`), read whole and replaced atomically, or change
 * records (`format: changes`), read as a feed and added at the end. The guide is docs/guide/ldif.md.
 *
 * config.ts settings · names.ts DNs as keys · view.ts entry → object · read.ts, propose.ts content in · draft.ts, rows.ts, entry.ts,
 * copy.ts, write.ts content out · feed.ts, changes.ts, renames.ts changes in · append.ts changes out. LDIF itself is protocols/ldap.
 */
import { isAbsolute, join } from 'node:path';
import type { Connection, ConnectorDefinition, OpenContext } from '#connectors/contract';
import { refuseMissing } from '../files/source.ts';
import { watchFile } from '../files/watch.ts';
import { appendWriter } from './append.ts';
import { type LdifConfig, ldifConfig, type Plan, planOf } from './config.ts';
import { readFeed, START } from './feed.ts';
import { proposeFrom } from './propose.ts';
import { find, openExisting, readContent, schemaOf } from './read.ts';
import { contentWriter } from './write.ts';

export const ldif: ConnectorDefinition<LdifConfig> = {
  type: 'ldif',
  title: 'LDIF file',
  maturity: 'beta',
  writes: 'callerName',
  config: ldifConfig,
  cannotSayEmpty: (_config, isWritten) =>
    isWritten ? 'leave empty: clears out, or read the entries in a connection of their own' : null,
  propose: (config, context) =>
    config.format === 'content' ? proposeFrom(planFor(config, context)) : Promise.resolve({ settings: {} }),
  open,
};

function planFor(config: LdifConfig, context: OpenContext): Plan {
  const path = isAbsolute(config.path) ? config.path : join(context.folder, config.path);
  return planOf(config, path, context.limits.maxObjectBytes, context.mapped !== undefined, context.clears);
}

function open(config: LdifConfig, context: OpenContext): Connection {
  const plan = planFor(config, context);
  const { path } = plan;

  async function test(): Promise<string> {
    const source = await openExisting(path);
    if (source === null) refuseMissing(path, plan.made);
    if (source === null) return `${path} does not exist yet; the first export makes it`;
    await source.close();
    return `${path}, ${source.identity.size} bytes of LDIF ${config.format === 'content' ? 'entries' : 'changes'}`;
  }

  const common = { file: path, test, discoverSchema: () => schemaOf(plan) };
  if (config.format === 'changes') {
    const write = appendWriter(plan, context.warn);
    return {
      ...common,
      read: {
        deltas: 'only',
        cursor: async () => START,
        read: ({ since, signal }) => readFeed(plan, context.warn, since, signal),
        watch: (signal) => watchFile(path, { grows: true }, signal),
      },
      write,
      close: () => write.close(),
    };
  }
  const write = contentWriter(plan);
  return {
    ...common,
    read: {
      deltas: false,
      read: ({ resume, signal }) => readContent(plan, context.warn, signal, resume !== undefined),
      watch: (signal) => watchFile(path, { grows: false }, signal),
    },
    write,
    lookup: (by, kind) => find(plan, by, kind),
    close: () => write.close(),
  };
}
