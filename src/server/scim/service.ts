/** What the parts of a SCIM service share. */
import type { OpenStore } from '#operations/operation';
import type { ServiceThread } from '#worker/thread';
import type { Told } from '../told.ts';
import type { Asked, Side } from './side.ts';

export interface ScimServices {
  /** By the name of a base URL. */
  readonly bases: ReadonlyMap<string, Base>;
  readonly store: OpenStore;
  readonly works: Pick<ServiceThread, 'ask'>;
  /** Wall clock, ms. */
  readonly wall: () => number;
  readonly told: Pick<Told, 'failed'>;
}

/** What it can do for whoever asks. */
export type Base = (asked: Asked, services: ScimServices) => Side;
