/** Runs one case of the suite `directories` in this process and says what it measured. Started by suite.ts only. */
import { readFileSync } from 'node:fs';
import type { Services } from '#runs/model';
import { open } from '../open.ts';
import { DIRECTORY_CASES } from './cases.ts';
import type { DirectoryBench, Place } from './directory-case.ts';

const place = JSON.parse(readFileSync(0, 'utf8')) as Place;
const chosen = DIRECTORY_CASES.find((one) => one.name === process.argv[2])!;
let services: Promise<Services> | undefined;
const bench: DirectoryBench = {
  place,
  services() {
    services ??= open(place.folder);
    return services;
  },
};
const measured = place.isFirst ? await chosen.first!(bench) : await chosen.run(bench);
await (await services)?.store.close();
process.stdout.write(`${JSON.stringify(measured ?? {})}\n`);
