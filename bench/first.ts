/** The first cycle as everybody has it: read and worked out, the first plan of each target approved, written and confirmed. */
import { approve } from '#decisions/approve';
import { run } from '#runs/index';
import type { RunReport, Services } from '#runs/model';
import { must, timed } from './case.ts';

export interface First {
  /** Import, sync, export and confirm; without the approval, which is a person's. */
  readonly seconds: number;
  readonly approveSeconds: number;
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
  const approved = await timed(async () => {
    for (const { name, exports } of services.config.connections) {
      if (exports.size > 0)
        await approve(
          { target: name, only: [], digest: null },
          { by: 'bench', reason: 'benchmark', at: services.wall() },
          services,
        );
    }
  });
  const sent = await timed(() => run({ profile: 'export', connections: null, by: 'bench' }, services));
  return {
    seconds: work.seconds + sent.seconds,
    approveSeconds: approved.seconds,
    worked: work.value,
    written: sent.value.connections.reduce((sum, one) => sum + one.written, 0),
    rowsWritten: work.value.rowsWritten + sent.value.rowsWritten,
  };
}
