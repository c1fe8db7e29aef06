/** The file's data once shape/file has checked it. Rules stay unknown here: rules/compile reads them. */
import type { Pace } from '#core/pace';
import type { WrittenAccess } from './access.ts';
import type { WrittenDeprovision, WrittenGates } from './gates.ts';
import type { WrittenHookOfConnection } from './hook.ts';
import type { WrittenLog } from './log.ts';
import type { Hook, Mode } from './model.ts';
import type { WrittenNotify } from './notify.ts';
import type { WrittenOpenings } from './openings.ts';
import type { Profile } from './profiles.ts';
import type { WrittenServed } from './scim.ts';
import type { WrittenServer } from './server.ts';
import type { WrittenTelemetry } from './telemetry.ts';

export type Named<T> = Readonly<Record<string, T>>;

export interface WrittenConnection extends WrittenOpenings {
  readonly type: string;
  readonly mode?: Mode;
  readonly owner?: boolean;
  readonly import?: Named<Named<unknown>>;
  readonly export?: Named<Named<unknown>>;
  readonly deprovision?: WrittenDeprovision;
  readonly protect?: string | readonly string[];
  readonly gates?: WrittenGates;
  readonly live?: boolean;
  readonly hook?: WrittenHookOfConnection;
  readonly fullReadEvery?: string;
  readonly pace?: Partial<Pace>;
  readonly leavers?: 'now' | 'wait';
  readonly [own: string]: unknown;
}

export interface WrittenHook {
  readonly after: Hook['after'];
  readonly command?: readonly string[];
  readonly webhook?: string;
  readonly timeout?: string;
  readonly required?: boolean;
}

export interface WrittenSchedule {
  readonly cron: string;
  readonly zone?: string;
  readonly missed?: 'once' | 'skip';
  readonly profile?: string;
}

export interface Written {
  readonly store?: string;
  readonly zone?: string;
  readonly attributes?: Named<Named<unknown>>;
  readonly precedence?: Named<Named<readonly string[]>>;
  readonly life?: Named<Named<unknown>>;
  readonly connections?: Named<WrittenConnection>;
  readonly gates?: WrittenGates;
  readonly hooks?: readonly WrittenHook[];
  readonly profiles?: Named<readonly Profile[]>;
  readonly schedule?: Named<string | WrittenSchedule>;
  readonly retention?: string;
  readonly audit?: { readonly retention?: string };
  readonly access?: WrittenAccess;
  readonly notify?: WrittenNotify;
  readonly server?: WrittenServer;
  readonly log?: WrittenLog;
  readonly telemetry?: WrittenTelemetry;
  readonly scim?: Named<WrittenServed | null>;
  readonly limits?: { readonly maxObjectSize?: string };
}
