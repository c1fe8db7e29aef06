/**
 * One process of several on one store, told what to do by the test (house.ts). The systems are in the test's process: what is read and
 * written there is asked for, so that all processes have the same ones. Arguments: rollcall.yaml, and the time, or nothing for the real one.
 */
import type { Connection, ConnectorDefinition, Page } from '#connectors/contract';
import { RollcallError, toFault } from '#core/errors';
import { fix } from '#decisions/fix';
import { createProgram } from '#main';
import { edited, type KeptEvent, keepSchedules, push, run } from '#runs/index';
import type { Services } from '#runs/model';
import type { Answer, Asked, Command, FromWorker, Moment, ToWorker } from './words.ts';

const [file, time] = process.argv.slice(2) as [string, string | undefined];
const say = (what: FromWorker): void => void process.send!(what);

let stopAt: Moment | null = null;
/** Stands still until somebody sends SIGCONT. */
function stop(moment: Moment): void {
  if (stopAt !== moment) return;
  stopAt = null;
  process.kill(process.pid, 'SIGSTOP');
}

const asked = new Map<number, PromiseWithResolvers<unknown>>();
let asks = 0;
function ask(connection: string, what: Asked, ...args: unknown[]): Promise<unknown> {
  const answer = Promise.withResolvers<unknown>();
  asked.set(++asks, answer);
  say({ asks, connection, what, args });
  return answer.promise;
}

function elsewhere(definition: ConnectorDefinition): ConnectorDefinition {
  return {
    ...definition,
    open(settings, context): Connection {
      const inner = definition.open(settings, context);
      const to = (what: Asked, ...args: unknown[]): Promise<never> => ask(context.connection, what, ...args) as Promise<never>;
      const { read, write } = inner;
      return {
        ...inner,
        ...(read && {
          read: {
            ...read,
            ...(read.cursor && { cursor: () => to('cursor') }),
            async *read({ signal: _, ...request }) {
              for (const page of (await to('read', request)) as readonly Page[]) yield page;
            },
          },
        }),
        ...(write && {
          write: {
            ...write,
            write: (items) => {
              stop('within');
              return to('write', items);
            },
            ...(write.commit && { commit: () => to('commit') }),
          },
        }),
        ...(inner.lookup && { lookup: (by, kind) => to('lookup', by, kind) }),
      };
    },
  };
}

const program = await createProgram();
const loaded = await program.loadConfig(file);
if (!loaded.ok) throw new Error(loaded.faults.map((one) => one.message).join('\n'));
const store = await program.openStore(loaded.config, { readOnly: false });
const { take, answer } = store.exports;
const { commit } = store.sync;
const { take: claim } = store.claims;
Object.assign(store.claims, {
  take: async (what: Parameters<typeof claim>[0]) => {
    const number = await claim(what);
    if (number !== null) stop('claimed');
    return number;
  },
});
Object.assign(store.sync, {
  commit: async (batch: Parameters<typeof commit>[0]) => {
    stop('committing');
    return await commit(batch);
  },
});
Object.assign(store.exports, {
  take: async (request: Parameters<typeof take>[0]) => {
    const rows = await take(request);
    if (rows.length > 0) stop('sending');
    return rows;
  },
  answer: async (batch: Parameters<typeof answer>[0]) => {
    stop('answered');
    return await answer(batch);
  },
});
const connections = loaded.config.connections.map((one) => ({ ...one, definition: elsewhere(one.definition) }));
const wall = (): number => (time === undefined ? Date.now() : Number(time));
let interrupted = new AbortController();
const services = (): Services & { readonly signal: AbortSignal } => ({
  config: { ...loaded.config, connections },
  store,
  wall,
  signal: interrupted.signal,
  onWaits: (waits) => say({ waits }),
});

async function carryOut(command: Command): Promise<Answer> {
  switch (command.do) {
    case 'run':
      stopAt = command.stop;
      return { report: await run({ profile: 'cycle', connections: null, by: 'test', ...command.request }, services()) };
    case 'push': {
      const { run: staged, faults, settled } = await push(command.request, services());
      say({ staged });
      return { faults, status: (await settled).status };
    }
    case 'edit': {
      const { anchor, attribute, value } = command;
      const [row] = await store.spaces.byAnchors('hr', 'person', [anchor]);
      const object = { id: row!.objectId!, kind: 'person' };
      await fix({ object, attribute, values: [value] }, { by: 'Ada', reason: 'her wish', at: wall() }, services());
      return { status: (await (await edited([object.id], 'Ada', services())).settled).status };
    }
    case 'keep': {
      stopAt = command.stop;
      const events: KeptEvent[] = [];
      await keepSchedules({ by: 'schedule', tell: (event) => void events.push(event) }, services());
      return { events };
    }
    case 'interrupt':
      interrupted.abort();
      interrupted = new AbortController();
      return {};
    case 'end':
      await store.close();
      return {};
  }
}

process.on('message', (message: ToWorker) => {
  if ('answers' in message) {
    const answered = asked.get(message.answers)!;
    asked.delete(message.answers);
    if ('result' in message) answered.resolve(message.result);
    else answered.reject(new RollcallError(message.fault.kind, message.fault.message));
    return;
  }
  const { to, command } = message;
  carryOut(command).then(
    (answer) => {
      say({ done: to, answer });
      if (command.do === 'end') process.disconnect();
    },
    (error: unknown) => say({ done: to, fault: toFault(error) }),
  );
});
say({ open: true });
