/** Who is told of what goes wrong in the loop that answers: the log. */
import { type Fault, toFault } from '#core/errors';
import { unforeseen } from '#core/unforeseen';
import type { ServeOptions } from '#operations/operation';
import { lineOf, ofFault } from '#telemetry/lines';
import { openLog } from '#telemetry/log';
import type { FaultAbout, ServiceEvent } from '#worker/events';

/** Of a request: its id, and the route as it is declared; addresses may name people. */
export interface Asking {
  readonly request: string;
  readonly route: string;
  /** Where it is traced. */
  readonly trace?: string;
}

export interface Told {
  /** Errors of any kind. */
  failed(error: unknown, asking?: Asking): void;
  fault(fault: Fault): void;
  /** Of the service itself. */
  say(text: string, fields: { readonly [name: string]: unknown }): void;
  event(event: ServiceEvent): void;
  answered(
    asking: Asking,
    how: { readonly method: string; readonly status: number; readonly ms: number; readonly run?: number },
  ): void;
  /** All that was told is written. */
  close(): Promise<void>;
}

export interface ToldOptions extends Pick<ServeOptions, 'logLevel' | 'logFormat'> {
  readonly config: Pick<ServeOptions['config'], 'log' | 'zone'>;
  readonly wall: () => number;
}

/** Faults about people and accounts, of one run. */
const MOST_OF_RUN = 100;
/** Asked for every few seconds, by what watches the service. */
const WATCHES = new Set(['/healthz', '/readyz', '/metrics']);

/** Errors: configuration where its file cannot be written. */
export function openTold({ config, logLevel, logFormat, wall }: ToldOptions): Told {
  const { level, format, file } = config.log;
  const usual = file === null && process.stderr.isTTY ? 'text' : 'json';
  const log = openLog({ level: logLevel ?? level, format: logFormat ?? format ?? usual, file, zone: config.zone, wall });
  let run = 0;
  let ofRun = 0;
  /** A rule that fails for everybody is one thing; the record of the run has them all. */
  const isOneTooMany = (about: FaultAbout | undefined): boolean => {
    if (about?.id === undefined) return false;
    if (about.run !== run) [run, ofRun] = [about.run, 0];
    return ++ofRun > MOST_OF_RUN;
  };
  const reopen = (): void => log.reopen();
  // Without a file it means what it always does: the terminal is gone.
  if (file !== null) process.on('SIGHUP', reopen);
  return {
    failed: (error, asking) => log.write(ofFault(toFault(error), { ...asking }, unforeseen(error))),
    say: (text, fields) => log.write({ level: 'info', text, fields }),
    fault: (fault) => log.write(ofFault(fault, {})),
    event(event) {
      if (event.what === 'fault' && isOneTooMany(event.about)) return;
      const line = lineOf(event);
      if (line !== null) log.write(line);
    },
    answered({ route, ...asking }, { method, status, ms, run }) {
      const usual = status < 400 || WATCHES.has(route) ? 'debug' : 'info';
      const fields = { ...asking, method, route, status, ms: Math.round(ms), ...(run === undefined ? {} : { run }) };
      log.write({ level: status >= 500 && status !== 503 ? 'error' : usual, text: 'answered', fields });
    },
    async close() {
      process.off('SIGHUP', reopen);
      await log.close();
    },
  };
}
