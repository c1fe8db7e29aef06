/** One configured database: its driver, connections to it, and its faults as ours. */
import type { OpenContext } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { Kind } from '#core/values';
import { anchorsOf } from './columns.ts';
import type { SqlConfig } from './config.ts';
import type { Driver, Session, SqlFault } from './driver.ts';
import type { ObjectLimits } from './objects.ts';
import { type Shape, shapeOf } from './shape.ts';

export interface SqlSystem {
  readonly config: SqlConfig;
  readonly driver: Driver;
  readonly limits: ObjectLimits;
  readonly context: OpenContext;
  /** In a session of its own that ends with the work. Whatever the database throws comes out as a RollcallError. */
  apart<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** In the one session that is kept, one after the other. */
  kept<T>(work: (session: Session) => Promise<T>): Promise<T>;
  connect(signal?: AbortSignal): Promise<Session>;
  fault(error: unknown): unknown;
  close(): Promise<void>;
}

export function sqlSystem(config: SqlConfig, context: OpenContext, driver: Driver): SqlSystem {
  let session: Promise<Session> | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  const fault = (error: unknown): unknown => {
    if (error instanceof RollcallError || (error as { name?: unknown } | null)?.name === 'AbortError') return error;
    return thrown(driver.fault(error), error);
  };
  const connect = async (signal?: AbortSignal): Promise<Session> => {
    try {
      return await driver.connect(signal);
    } catch (error) {
      throw fault(error);
    }
  };
  const system: SqlSystem = {
    config,
    driver,
    limits: { maxObjectBytes: context.limits.maxObjectBytes, holdsNul: driver.holdsNul },
    context,
    async apart(work) {
      const own = await connect();
      try {
        return await work(own);
      } catch (error) {
        throw fault(error);
      } finally {
        await own.close();
      }
    },
    kept(work) {
      const next = turn.then(async () => {
        let own = await session?.catch(() => null);
        if (!own?.usable) {
          await own?.close();
          session = connect();
          own = await session;
        }
        try {
          return await work(own);
        } catch (error) {
          throw fault(error);
        }
      });
      turn = next.catch(() => undefined);
      return next;
    },
    connect,
    fault,
    async close() {
      await turn;
      const own = await session?.catch(() => null);
      session = null;
      await own?.close();
    },
  };
  return system;
}

function thrown({ kind, message, remedy }: SqlFault, cause: unknown): RollcallError {
  return new RollcallError(kind, message, { cause, ...(remedy === undefined ? {} : { remedy }) });
}

/** Of every kind, in the order of the settings. */
export async function shapesOf(session: Session, { driver, config }: SqlSystem): Promise<Shape[]> {
  const shapes: Shape[] = [];
  for (const [kind, one] of Object.entries(config.kinds)) shapes.push(await shapeOf(session, driver, kind, one));
  return shapes;
}

/** Null where there is no such kind. */
export async function shapeOfKind(session: Session, { driver, config }: SqlSystem, kind: Kind): Promise<Shape | null> {
  return anchorsOf(config, kind).length === 0 ? null : await shapeOf(session, driver, kind, config.kinds[kind]!);
}
