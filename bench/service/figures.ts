/** Of what clients were answered, the figures that every case has. */
import type { Also } from '../figures.ts';
import { median, percentile } from '../result.ts';
import type { Driven } from './client.ts';
import type { Server } from './server.ts';

export function rateOf({ seconds, ms }: Driven): number {
  return ms.length / seconds;
}

export function timesOf({ ms }: Pick<Driven, 'ms'>): Also {
  const all = [...ms];
  return { p50Ms: median(all), p99Ms: percentile(all, 0.99) };
}

/** What was driven, and the server's processor time for each request: it says more than a rate where others share the machine. */
export async function costOf(
  server: Pick<Server, 'cpuMs'>,
  work: () => Promise<Driven>,
): Promise<{ driven: Driven; cost: Also }> {
  const before = server.cpuMs();
  const driven = await work();
  return { driven, cost: { cpuMsEach: (server.cpuMs() - before) / driven.ms.length } };
}
