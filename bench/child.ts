/** Runs one case in this process and says what it measured, as the last line of standard output. Started by bench.ts only. */
import { readFileSync } from 'node:fs';
import type { Services } from '#runs/model';
import type { Bench } from './case.ts';
import { settle } from './cases/settle.ts';
import { CASES } from './cases.ts';
import type { DataRequest } from './data.ts';
import { open } from './open.ts';

const [name, round] = process.argv.slice(2);
const data = JSON.parse(readFileSync(0, 'utf8')) as DataRequest;
const chosen = [...CASES, settle].find((one) => one.name === name)!;
let services: Promise<Services> | undefined;
const bench: Bench = {
  data,
  round: Number(round),
  services() {
    services ??= open(data.folder);
    return services;
  },
};
const measured = await chosen.run(bench);
await (await services)?.store.close();
process.stdout.write(`${JSON.stringify(measured)}\n`);
