/** The checked configuration: what rollcall.yaml means once every fault in it is mended. Made by config/load, read by everybody. */
import type { ConnectorDefinition } from '#connectors/contract';
import type { Pace } from '#core/pace';
import type { Kind } from '#core/values';
import type { Openings } from '#core/window';
import type { Deprovision, ExportRule, ImportRule, KindRules } from '#rules/model';
import type { AccessConfig } from './access.ts';
import type { HookConfig } from './hook.ts';
import type { LogConfig } from './log.ts';
import type { Receiver } from './notify.ts';
import type { Profile } from './profiles.ts';
import type { ServedConfig } from './scim.ts';
import type { ServerConfig } from './server.ts';
import type { TelemetryConfig } from './telemetry.ts';

export type Mode = 'observe' | 'hold' | 'on';

export interface ConnectionConfig {
  readonly name: string;
  readonly type: string;
  /** Position in the file: 0 decides first and, unless `precedence` says otherwise, wins. */
  readonly rank: number;
  readonly definition: ConnectorDefinition;
  /** Checked by the definition's own schema; secrets already resolved. */
  readonly settings: unknown;
  /** As written in the file; a target without `mode` observes until its first plan is approved. */
  readonly mode: Mode | null;
  /** Its presence keeps a person (SEMANTICS 11). */
  readonly owner: boolean;
  readonly imports: ReadonlyMap<Kind, ImportRule>;
  readonly exports: ReadonlyMap<Kind, ExportRule>;
  readonly deprovision: Deprovision;
  readonly gates: ReadonlyMap<string, GateLimit>;
  /** Listened to by `live`. */
  readonly live: boolean;
  readonly hook: HookConfig;
  /** When it may be written to; null = always. */
  readonly openings: Openings | null;
  /** How much it takes in a time; null = as much as there is. */
  readonly pace: Pace | null;
  /** Whether accounts are disabled at once while it may not. */
  readonly leavers: 'now' | 'wait';
  /** A full read this old makes the connection unhealthy. */
  readonly fullReadEveryMs: number;
  /** Of everything that identifies the system: type, settings, anchor. */
  /** Kinds of which the file does not say who is protected, but the connector: its attributes need not be there. */
  readonly protectedByConnector: ReadonlySet<Kind>;
  readonly configHash: string;
  readonly rulesHash: string;
}

/** Whichever is smaller of the two, but never under 5 objects. Key: create, update, disable, delete, unlink, member, `attribute:mail`, `empty:mail`. */
export interface GateLimit {
  readonly percent: number;
  readonly count: number;
}

export interface Hook {
  readonly after: 'import' | 'sync' | 'export' | 'cycle';
  readonly run: { readonly command: readonly string[] } | { readonly webhook: string };
  readonly timeoutMs: number;
  /** A failed hook ends the cycle before the next phase. */
  readonly required: boolean;
}

export interface Schedule {
  /** Five fields (core/cron). */
  readonly cron: string;
  /** IANA name. */
  readonly zone: string;
  /** What becomes of times that passed while nothing ran, or while the last run still worked: one run of them all, or none. */
  readonly missed: 'once' | 'skip';
  /** A profile, or a sequence of them in the file. */
  readonly profile: string;
}

export interface Configuration {
  readonly file: string;
  /** What it was made of, by absolute paths: this file, secrets, functions and connectors of one's own. SHA-256 of each, hex; null: it could not be read. */
  readonly files: ReadonlyMap<string, string | null>;
  readonly folder: string;
  readonly store: { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'postgres'; readonly url: string };
  /** IANA name; dates without time are in it. */
  readonly zone: string;
  readonly connections: readonly ConnectionConfig[];
  readonly kinds: ReadonlyMap<Kind, KindRules>;
  readonly hooks: readonly Hook[];
  /** Sequences of profiles by the names the file gives them. */
  readonly profiles: ReadonlyMap<string, readonly Profile[]>;
  /** By connection; `*` is all. */
  readonly schedule: ReadonlyMap<string, Schedule>;
  /** Of runs, with their changes and errors. */
  readonly retentionDays: number;
  /** Of events of the audit log; null: for good. */
  readonly auditRetentionMs: number | null;
  readonly limits: { readonly maxObjectBytes: number };
  readonly access: AccessConfig;
  /** Who is told when something is amiss. */
  readonly notify: readonly Receiver[];
  readonly server: ServerConfig;
  readonly log: LogConfig;
  readonly telemetry: TelemetryConfig;
  /** What applications read, by the name of its base URL. */
  readonly scim: ReadonlyMap<string, ServedConfig>;
}
