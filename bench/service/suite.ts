/** The suite `service`: `rollcall serve` as somebody starts it, asked over the network by clients in this process. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DataRequest, IN_FOLDER, writeConfiguration, writeHr } from '../data.ts';
import { newDatabase, startServer as startPostgres } from '../databases.ts';
import type { EngineRun } from '../engine.ts';
import { durableCommits, durableCommitsPostgres } from '../limits.ts';
import { copyOf, remove } from '../organisation.ts';
import type { Result } from '../result.ts';
import { keepFlameGraph, save } from '../save.ts';
import { runCase } from '../spawn.ts';
import { SERVICE_CASES } from './cases.ts';
import { type Client, openClient } from './client.ts';
import { type Memory, type Server, startServer } from './server.ts';
import { FEW, type ServiceCase } from './service-case.ts';
import { makeTokens, tokensOf } from './tokens.ts';

const TARGET = fileURLToPath(new URL('target.ts', import.meta.url));

export async function runService(asked: EngineRun): Promise<void> {
  const { kept, chosen, folder: given, flame, save: keeps, results, add, failed, note } = asked;
  const { people, seed, keys, store } = kept;
  const postgres = store === 'postgres' ? await startPostgres() : null;
  const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'rollcall-bench-')) : resolve(given);
  const made = new Map<number, Promise<DataRequest>>();
  /** Made once, copied for each case. */
  const storeOf = (size: number): Promise<DataRequest> => {
    const known = made.get(size);
    if (known !== undefined) return known;
    note(`making ${size} people`);
    const place = postgres === null ? Promise.resolve(IN_FOLDER) : newDatabase(postgres.url, null);
    const making = place.then((store) =>
      make({ folder: join(folder, `service-${size}`, 'home'), people: size, seed, keys, store }),
    );
    made.set(size, making);
    return making;
  };
  try {
    for (const one of SERVICE_CASES.filter(({ name }) => chosen.includes(name))) {
      note(one.name);
      try {
        const asks = Math.min(people, one.most ?? people);
        const start = await storeOf(one.start === 'few' ? FEW : people);
        const commits = (data: DataRequest): Promise<number> =>
          postgres === null ? Promise.resolve(durableCommits(data.folder)) : durableCommitsPostgres(postgres.url);
        add(await measured(one, start, asks, commits, null));
        if (keeps) note(`kept in ${save(results, kept)}`);
        if (!flame) continue;
        const profiles = mkdtempSync(join(folder, 'profiles-'));
        await measured(one, start, asks, commits, profiles);
        note(`kept in ${keepFlameGraph(profiles, one.name, kept)}`);
      } catch (error) {
        failed(one.name, error);
      }
    }
  } finally {
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
    await postgres?.stop();
  }
}

async function make(request: DataRequest): Promise<DataRequest> {
  const { folder } = request;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeHr(request, join(folder, 'employees.csv'));
  const text = readFileSync(new URL('rollcall.yaml', import.meta.url), 'utf8');
  writeConfiguration(request, text.replace('TARGET', TARGET));
  await runCase('settle', request, { child: 'service/settle.ts' });
  makeTokens(folder);
  return request;
}

/** `asks`: how many people it is about. */
async function measured(
  one: ServiceCase,
  start: DataRequest,
  asks: number,
  commits: (data: DataRequest) => Promise<number>,
  profiles: string | null,
): Promise<Result> {
  const data = await copyOf(start, one.name);
  const tokens = tokensOf(data.folder);
  const clients: Client[] = [];
  let server: Server | null = null;
  let memory: Memory | null = null;
  try {
    const ran = await one.run({
      data,
      people: asks,
      async serve() {
        server = await startServer(data.folder, profiles);
        return server;
      },
      async client(whose = 'scim', inFlight) {
        const client = await openClient(server!.url, tokens[whose], inFlight);
        clients.push(client);
        return client;
      },
      durableCommits: () => commits(data),
    });
    memory = (server as Server | null)?.memory() ?? null;
    return resultOf(one, asks, ran, memory);
  } catch (error) {
    throw new Error(`${(error as Error).message}; the server told: ${(server as Server | null)?.told() ?? 'nothing'}`, {
      cause: error,
    });
  } finally {
    for (const client of clients) client.close();
    await (server as Server | null)?.stop();
    await remove(data);
  }
}

function resultOf(
  one: ServiceCase,
  people: number,
  { seconds, objects, also: own }: Awaited<ReturnType<ServiceCase['run']>>,
  memory: Memory | null,
): Result {
  const also = { ...own, ...(memory === null ? {} : { medianRssMb: memory.medianMb }) };
  const compared = { objectsPerSecond: objects / seconds, ratioToLimit: null, peakRssMb: memory?.peakMb ?? 0 };
  return {
    case: one.name,
    size: people,
    ...(one.most === undefined ? {} : { goalSize: one.most }),
    seconds,
    ...compared,
    peakRssMb: memory?.peakMb ?? null,
    rowsWritten: null,
    bytesPerPerson: null,
    runs: 1,
    ...(Object.keys(also).length === 0 ? {} : { also }),
    goals: one.goals.map(({ text, reached }) => ({ text, reached: reached({ seconds, objects, ...compared, also }) })),
  };
}
