/** The first cycle as everybody has it: read and worked out, the first plan of each target approved, written and confirmed. */
import { approve } from '#decisions/approve';
import { run } from '#runs/index';
import type { RunReport, Services } from '#runs/model';
import { must, timed } from './case.ts';

export interface First {
  /** Import, sync, export and confirm; without the approval, which is a person's. */
  readonly seconds: number;
  readonly approveSeconds: number;
  /** Of `seconds`, those of sending. */
  readonly exportSeconds: number;
  readonly worked: RunReport;
  readonly written: number;
  readonly rowsWritten: number;
}

export async function firstCycleOf(services: Services): Promise<First> {
  const work = await timed(() => run({ profile: 'cycle', connections: null, by: 'bench' }, services));
  must(
    work.value.connections.every((one) => one.written === 0),
    'nothing is written before the first plan is approved',
  );
  let { seconds } = work;
  let { rowsWritten } = work.value;
  let approveSeconds = 0;
  let exportSeconds = 0;
  let written = 0;
  // What the first approval made possible, such as members of groups that are there now, may be held for a second one.
  for (let waits = true, round = 0; waits && round < 3; round++) {
    approveSeconds += (await timed(() => approveAll(services))).seconds;
    const sent = await timed(() => run({ profile: 'export', connections: null, by: 'bench' }, services));
    seconds += sent.seconds;
    exportSeconds += sent.seconds;
    rowsWritten += sent.value.rowsWritten;
    written += sent.value.connections.reduce((sum, one) => sum + one.written, 0);
    waits = sent.value.notices.some((notice) => notice.kind === 'gate');
  }
  return { seconds, approveSeconds, exportSeconds, worked: work.value, written, rowsWritten };
}

async function approveAll(services: Services): Promise<void> {
  for (const { name, exports } of services.config.connections) {
    if (exports.size === 0) continue;
    await approve({ target: name, only: [], digest: null }, { by: 'bench', reason: 'benchmark', at: services.wall() }, services);
  }
}
