/** Made from the description of the API by scripts/write-client.ts; a test holds it to that. */

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  kind: string;
  where?: { [name: string]: unknown };
  remedy?: string;
  faults?: { kind: string; message: string; where: { [name: string]: unknown }; remedy?: string }[];
}

export interface Api {
  /** Sign in with a name and a password; the session is a cookie. */
  signIn: {
    input: { name: string; password: string };
    answer: { name: string; roles: string[]; person: number | null; csrf: string };
  };
  /** Make the first administrator, by a link that is good once. */
  setUp: {
    input: { link: string; name: string; password: string };
    answer: { name: string; roles: string[]; person: number | null; csrf: string };
  };
  /** Choose a password, by a link that is good once. */
  choosePassword: {
    input: { link: string; password: string };
    answer: null;
  };
  /** Who is signed in. */
  session: {
    input: Record<string, never>;
    answer: { name: string; roles: string[]; person: number | null; csrf: string };
  };
  /** Sign out. */
  signOut: {
    input: Record<string, never>;
    answer: { next: string | null };
  };
  /** This description. */
  openApi: {
    input: Record<string, never>;
    answer: { [name: string]: unknown };
  };
  /** Whether the process answers. */
  healthz: {
    input: Record<string, never>;
    answer: string;
  };
  /** Whether the service can be used: 503 while it cannot. */
  readyz: {
    input: Record<string, never>;
    answer: string;
  };
  /** Metrics for Prometheus. */
  metrics: {
    input: Record<string, never>;
    answer: string;
  };
  /** The configuration, its faults, and whether every system can be reached. */
  check: {
    input: { connections?: string[]; offline?: boolean };
    answer: {
      version: 1;
      command: "check";
      file: string;
      ok: boolean;
      faults: {
        kind: "configuration" | "authentication" | "permission" | "notFound" | "conflict" | "invalidValue" | "rateLimited" | "unavailable" | "internal";
        message: string;
        where: {
          connection?: string;
          file?: string;
          line?: number;
          column?: number;
          object?: string;
          attribute?: string;
        };
        remedy?: string;
        retryAfterMs?: number;
        carried?: true;
      }[];
      warnings: {
        kind: "configuration" | "authentication" | "permission" | "notFound" | "conflict" | "invalidValue" | "rateLimited" | "unavailable" | "internal";
        message: string;
        where: {
          connection?: string;
          file?: string;
          line?: number;
          column?: number;
          object?: string;
          attribute?: string;
        };
        remedy?: string;
        retryAfterMs?: number;
        carried?: true;
      }[];
      lines: { [name: string]: string };
      store: {
        place: string;
        state: "there" | "older" | "none" | null;
        faults: {
          kind: "configuration" | "authentication" | "permission" | "notFound" | "conflict" | "invalidValue" | "rateLimited" | "unavailable" | "internal";
          message: string;
          where: {
            connection?: string;
            file?: string;
            line?: number;
            column?: number;
            object?: string;
            attribute?: string;
          };
          remedy?: string;
          retryAfterMs?: number;
          carried?: true;
        }[];
        warnings: {
          kind: "configuration" | "authentication" | "permission" | "notFound" | "conflict" | "invalidValue" | "rateLimited" | "unavailable" | "internal";
          message: string;
          where: {
            connection?: string;
            file?: string;
            line?: number;
            column?: number;
            object?: string;
            attribute?: string;
          };
          remedy?: string;
          retryAfterMs?: number;
          carried?: true;
        }[];
      } | null;
      connections: {
        connection: string;
        type: string;
        message: string | null;
        kinds: { [name: string]: number };
        proof: "digest" | "answer" | "lookup" | "delta" | "read" | null;
        faults: {
          kind: "configuration" | "authentication" | "permission" | "notFound" | "conflict" | "invalidValue" | "rateLimited" | "unavailable" | "internal";
          message: string;
          where: {
            connection?: string;
            file?: string;
            line?: number;
            column?: number;
            object?: string;
            attribute?: string;
          };
          remedy?: string;
          retryAfterMs?: number;
          carried?: true;
        }[];
        warnings: {
          kind: "configuration" | "authentication" | "permission" | "notFound" | "conflict" | "invalidValue" | "rateLimited" | "unavailable" | "internal";
          message: string;
          where: {
            connection?: string;
            file?: string;
            line?: number;
            column?: number;
            object?: string;
            attribute?: string;
          };
          remedy?: string;
          retryAfterMs?: number;
          carried?: true;
        }[];
      }[];
    };
  };
  /** Runs, the latest first. */
  runs: {
    input: { before?: number; limit?: number };
    answer: {
      version: 1;
      command: "runs";
      runs: {
        run: number;
        profile: string;
        status: "running" | "done" | "warnings" | "failed" | "interrupted";
        now: string;
        startedAt: string;
        endedAt: string | null;
        by: string;
        connections: {
          connection: string;
          seen: number;
          added: number;
          changed: number;
          gone: number;
          joined: number;
          projected: number;
          adopted: number;
          created: number;
          updated: number;
          disabled: number;
          deleted: number;
          observed: number;
          parked: number;
          held: number;
          failed: number;
          waiting: number;
          written: number;
          provenByDigest: number;
          provenByAnswer: number;
          provenByLookup: number;
          provenByDelta: number;
          provenByRead: number;
        }[];
        rowsWritten: number;
      }[];
      next: number | null;
    };
  };
  /** Run now: a cycle, a part of it, or one person. */
  run: {
    input: { connections?: string[]; profile?: string; person?: string; planLines?: string[]; request?: string };
    answer: {
      version: 1;
      command: "run";
      run: number;
      profile: string;
      status: "running" | "done" | "warnings" | "failed" | "interrupted";
      now: string;
      elapsedMs: number;
      connections: {
        connection: string;
        seen: number;
        added: number;
        changed: number;
        gone: number;
        joined: number;
        projected: number;
        adopted: number;
        created: number;
        updated: number;
        disabled: number;
        deleted: number;
        observed: number;
        parked: number;
        held: number;
        failed: number;
        waiting: number;
        written: number;
        provenByDigest: number;
        provenByAnswer: number;
        provenByLookup: number;
        provenByDelta: number;
        provenByRead: number;
      }[];
      objects: { [name: string]: { created: number; changed: number; total: number } };
      rowsWritten: number;
      faultCount: number;
      faults: {
        kind: "configuration" | "authentication" | "permission" | "notFound" | "conflict" | "invalidValue" | "rateLimited" | "unavailable" | "internal";
        message: string;
        where: {
          connection?: string;
          file?: string;
          line?: number;
          column?: number;
          object?: string;
          attribute?: string;
        };
        remedy?: string;
        retryAfterMs?: number;
        carried?: true;
      }[];
      failed: string[];
      notices: {
        kind: "firstPlan" | "gate" | "heldConnection" | "outage" | "staleRead" | "rulesChanged" | "readInFull" | "notSynced" | "waitsForTarget" | "notConverging" | "enabledByHand" | "refused" | "incompleteRead" | "outsideWindow" | "waitsForQuota" | "leftAlone";
        connection: string;
        message: string;
        remedy: string;
        hold: number | null;
        command: string | null;
      }[];
      replayed: boolean;
    };
  };
  /** When runs start by themselves. */
  schedule: {
    input: Record<string, never>;
    answer: {
      version: 1;
      command: "schedule";
      schedules: {
        name: string;
        cron: string;
        zone: string;
        missed: "once" | "skip";
        profile: string;
        next: string[];
        last: {
          run: number | null;
          startedAt: string;
          endedAt: string | null;
          status: "running" | "done" | "warnings" | "failed" | "interrupted" | "lost";
        } | null;
      }[];
    };
  };
  /** One run: counts, changes, errors. */
  runShow: {
    input: { run: number; after?: number; afterError?: number; limit?: number };
    answer: {
      version: 1;
      command: "run show";
      run: number;
      profile: string;
      status: "running" | "done" | "warnings" | "failed" | "interrupted";
      now: string;
      startedAt: string;
      endedAt: string | null;
      by: string;
      connections: {
        connection: string;
        seen: number;
        added: number;
        changed: number;
        gone: number;
        joined: number;
        projected: number;
        adopted: number;
        created: number;
        updated: number;
        disabled: number;
        deleted: number;
        observed: number;
        parked: number;
        held: number;
        failed: number;
        waiting: number;
        written: number;
        provenByDigest: number;
        provenByAnswer: number;
        provenByLookup: number;
        provenByDelta: number;
        provenByRead: number;
      }[];
      rowsWritten: number;
      changes: {
        id: number;
        subject: "object" | "staged";
        operation: string;
        from: number;
        to: number;
        label: string;
        connection: string | null;
        before: { [name: string]: unknown } | null;
        after: { [name: string]: unknown } | null;
      }[];
      nextChange: number | null;
      errors: {
        kind: "configuration" | "authentication" | "permission" | "notFound" | "conflict" | "invalidValue" | "rateLimited" | "unavailable" | "internal";
        message: string;
        where: {
          connection?: string;
          file?: string;
          line?: number;
          column?: number;
          object?: string;
          attribute?: string;
        };
        remedy?: string;
        retryAfterMs?: number;
        carried?: true;
      }[];
      moreErrors: boolean;
      nextError: number | null;
    };
  };
  /** What a run would do; nothing is written. */
  plan: {
    input: { connections?: string[]; profile?: string; person?: string; read?: boolean; asOf?: string };
    answer: {
      version: 1;
      command: "plan";
      complete: boolean;
      changes: boolean;
      hash: string;
      now: string;
      asOf: boolean;
      basedOn: { [name: string]: string | null };
      neverRead: { [name: string]: "pushed" | "edited" | "written" };
      references: { [name: string]: string[] };
      lines: ({
        what: "plan";
        version: 1;
        now: string;
        basedOn: { [name: string]: string | null };
        reads: { how: "auto" | "full" | "delta"; connections: string[] } | null;
        hash: string;
      } | {
        what: "object";
        operation: "create" | "update" | "state";
        object: number;
        kind: string;
        label: string;
        before: { [name: string]: unknown } | null;
        after: { [name: string]: unknown } | null;
      } | {
        what: "export";
        connection: string;
        operation: "create" | "update" | "delete";
        effect: "disable" | "enable" | null;
        state: "observed" | "waiting" | "held";
        object: number | null;
        kind: string;
        anchor: string | null;
        name: string | null;
        label: string;
        before: { [name: string]: unknown } | null;
        after: { [name: string]: unknown } | null;
        members?: number;
      } | { what: "parked"; kind: string; connection: string | null; label: string; detail: unknown })[];
      whole: boolean;
      endings: { [name: string]: string };
      labels: { [name: string]: string };
      unsettled: { connection: string; failed: number; unknown: number; sent: number; later: number }[];
      expected: { connection: string; changes: number; pace: string | null; end: string | null; closed: boolean }[];
      chosen: string[] | null;
      modes: { [name: string]: "observe" | "hold" | "on" };
      decidable: string[];
      report: {
        run: number;
        profile: string;
        status: "running" | "done" | "warnings" | "failed" | "interrupted";
        now: string;
        elapsedMs: number;
        connections: {
          connection: string;
          seen: number;
          added: number;
          changed: number;
          gone: number;
          joined: number;
          projected: number;
          adopted: number;
          created: number;
          updated: number;
          disabled: number;
          deleted: number;
          observed: number;
          parked: number;
          held: number;
          failed: number;
          waiting: number;
          written: number;
          provenByDigest: number;
          provenByAnswer: number;
          provenByLookup: number;
          provenByDelta: number;
          provenByRead: number;
        }[];
        objects: { [name: string]: { created: number; changed: number; total: number } };
        rowsWritten: number;
        faultCount: number;
        faults: {
          kind: "configuration" | "authentication" | "permission" | "notFound" | "conflict" | "invalidValue" | "rateLimited" | "unavailable" | "internal";
          message: string;
          where: {
            connection?: string;
            file?: string;
            line?: number;
            column?: number;
            object?: string;
            attribute?: string;
          };
          remedy?: string;
          retryAfterMs?: number;
          carried?: true;
        }[];
        failed: string[];
        notices: {
          kind: "firstPlan" | "gate" | "heldConnection" | "outage" | "staleRead" | "rulesChanged" | "readInFull" | "notSynced" | "waitsForTarget" | "notConverging" | "enabledByHand" | "refused" | "incompleteRead" | "outsideWindow" | "waitsForQuota" | "leftAlone";
          connection: string;
          message: string;
          remedy: string;
          hold: number | null;
          command: string | null;
        }[];
      };
    };
  };
  /** What becomes of one object of a connection. */
  preview: {
    input: { connection: string; anchor: string };
    answer: {
      version: 1;
      command: "preview";
      connection: string;
      kind: string;
      anchor: string;
      name: string | null;
      presence: "present" | "pending" | "held" | "gone";
      seen: { [name: string]: unknown };
      object: {
        id: number;
        kind: string;
        label: string;
        state: string;
        isNew: boolean;
        link: string;
        before: { [name: string]: unknown } | null;
        after: { [name: string]: unknown };
      } | null;
      exports: {
        what: "export";
        connection: string;
        operation: "create" | "update" | "delete";
        effect: "disable" | "enable" | null;
        state: "observed" | "waiting" | "held";
        object: number | null;
        kind: string;
        anchor: string | null;
        name: string | null;
        label: string;
        before: { [name: string]: unknown } | null;
        after: { [name: string]: unknown } | null;
        members?: number;
      }[];
      parked: { kind: string; connection: string | null; detail: unknown }[];
    };
  };
  /** Search people and groups. */
  people: {
    input: { text?: string; kind?: string; after?: number; limit?: number; complete?: boolean };
    answer: {
      version: 1;
      command: "people";
      people: {
        id: number;
        kind: string;
        label: string;
        state: string;
        login: string | null;
        mail: string | null;
        department: string | null;
      }[];
      next: number | null;
      unindexed: number;
    };
  };
  /** A new person, whom no source has. */
  personNew: {
    input: { kind?: string; set?: { [name: string]: unknown }; reason?: string };
    answer: {
      version: 1;
      command: "person new";
      person: number | null;
      editVersion: string;
      run: number | null;
      status: string | null;
      outranked: string[];
    };
  };
  /** One person: agreed values, where each comes from, what can be edited. */
  profile: {
    input: { person: string };
    answer: {
      version: 1;
      command: "profile";
      id: number;
      kind: string;
      label: string;
      state: string;
      editVersion: string;
      attributes: {
        attribute: string;
        label: string | null;
        type: string;
        multi: boolean;
        value: unknown;
        connection: string | null;
        fixed: boolean;
        since: string | null;
        edited: boolean;
        editable: boolean;
        why: string | null;
        rules: {
          pattern: string | null;
          minLength: number | null;
          maxLength: number | null;
          min: unknown;
          max: unknown;
          choices: unknown[] | null;
        };
      }[];
      manager: { object: number; label: string } | null;
      photo: { hash: string; sizes: number[] } | null;
      accounts: { connection: string; account: string | null; presence: string }[];
    };
  };
  /** Edit values of a person, as a source among the others. */
  edit: {
    input: {
      person: string;
      set?: { [name: string]: unknown };
      takeBack?: string[];
      editVersion?: string;
      revision?: number;
      until?: "worked" | "sent";
      reason?: string;
    };
    answer: {
      version: 1;
      command: "edit";
      person: number | null;
      editVersion: string;
      run: number | null;
      status: string | null;
      outranked: string[];
    };
  };
  /** The photo of a person, in one of a few sizes. */
  photo: {
    input: { person: string; size?: 48 | 96 | 192 | 384 };
    answer: { version: 1; command: "photo"; person: number; hash: string; type: "image/jpeg"; base64: string };
  };
  /** Set the photo of a person, or take it away. */
  photoSet: {
    input: { person: string; base64: string | null; editVersion?: string };
    answer: {
      version: 1;
      command: "photo set";
      person: number;
      editVersion: string;
      hash: string | null;
      run: number | null;
    };
  };
  /** Everything that is held about a person. */
  personExport: {
    input: { person: string };
    answer: {
      version: 1;
      command: "person export";
      person: number;
      held: { [name: string]: unknown };
      hidden: string[];
      bytes: { [name: string]: string };
    };
  };
  /** Erase a person, or show what would go and what stays. */
  personErase: {
    input: { person: string; confirm?: boolean; accountsStay?: boolean; reason?: string };
    answer: {
      version: 1;
      command: "person erase";
      person: number;
      goes: { attributes: string[]; accounts: { connection: string; account: string | null; presence: string }[] };
      stays: string[];
      standing: { connection: string; account: string | null }[];
      erased: {
        accounts: number;
        changes: number;
        errors: number;
        decisions: number;
        parked: number;
        hashes: number;
      } | null;
    };
  };
  /** Somebody who was erased may be taken in again. */
  personReadmit: {
    input: { person: string; reason: string };
    answer: { version: 1; command: "person readmit"; person: number; hashes: number };
  };
  /** The people whose manager somebody is. */
  reports: {
    input: { person: string; after?: number; limit?: number };
    answer: {
      version: 1;
      command: "reports";
      of: number;
      objects: { id: number; kind: string; label: string; state: string }[];
      next: number | null;
    };
  };
  /** The groups somebody is in. */
  groups: {
    input: { person: string; after?: number; limit?: number };
    answer: {
      version: 1;
      command: "groups";
      of: number;
      objects: { id: number; kind: string; label: string; state: string }[];
      next: number | null;
    };
  };
  /** Whom a group has. */
  members: {
    input: { group: string; after?: string; limit?: number };
    answer: {
      version: 1;
      command: "members";
      of: number;
      members: { connection: string; key: string; id: number | null; label: string | null }[];
      next: string | null;
    };
  };
  /** Why every value is what it is. */
  explain: {
    input: { person: string; attribute?: string };
    answer: {
      version: 1;
      command: "explain";
      id: number;
      kind: string;
      label: string;
      state: string;
      ending: string | null;
      doubts: { connection: string; message: string; remedy: string }[];
      neverOwned: boolean;
      createdRun: number;
      rulesKnown: boolean;
      attributes: {
        attribute: string;
        label: string | null;
        ofMany: boolean;
        value: unknown;
        changedRun: number | null;
        changedAt: string | null;
        contributions: {
          connection: string;
          anchor: string | null;
          name: string | null;
          rule: string;
          read: { [name: string]: unknown };
          value: unknown;
          verdict: "wins" | "merged" | "outranked" | "silent" | "echo" | "failed";
          why: string;
        }[];
        absent: { connection: string; anchor: string | null; name: string | null; rule: string; why: string }[];
        ruledBy: string[];
        madeBy: string | null;
        fixed: { decision: number; value: unknown; by: string; at: string; reason: string } | null;
        difference: { reason: string; why: string; recomputed: unknown } | null;
      }[];
      targets: {
        connection: string;
        account: string | null;
        origin: "created" | "adopted" | null;
        protected: boolean;
        held: boolean;
        operation: "create" | "update" | "delete" | null;
        state: string;
        fault: string | null;
        disabled: { since: string | null; deleteAt: string | null } | null;
        attributes: {
          attribute: string;
          rule: string;
          strength: string;
          seen: unknown;
          wanted: unknown;
          state: string;
          outage: { kind: string; since: string; filledBefore: number; filledNow: number } | null;
        }[];
      }[];
      members: {
        connection: string;
        account: string | null;
        attribute: string;
        seen: number;
        add: number;
        remove: number;
        owed: number;
        more: boolean;
        some: string[];
      }[];
      silent: { connection: string; anchor: string | null; name: string | null; why: string }[];
      parked: { id: number; kind: string; connection: string | null }[];
    };
  };
  /** What changed, when and why. */
  history: {
    input: { person: string; before?: number; limit?: number };
    answer: {
      version: 1;
      command: "history";
      id: number;
      kind: string;
      label: string;
      createdRun: number;
      changes: {
        run: number;
        at: string | null;
        by: string | null;
        connection: string | null;
        anchor: string | null;
        name: string | null;
        operation: string;
        before: { [name: string]: unknown } | null;
        after: { [name: string]: unknown } | null;
      }[];
      next: number | null;
    };
  };
  /** Fix an attribute of a person by hand. */
  fix: {
    input: { person: string; attribute: string; values: string[]; reason: string };
    answer: { version: 1; command: "fix"; person: number; attribute: string; value: unknown; decision: number };
  };
  /** What waits for approval. */
  waiting: {
    input: { target: string; only?: string[]; after?: string; limit?: number };
    answer: {
      version: 1;
      command: "waiting";
      connection: string;
      what: "firstPlan" | "gate";
      digest: string;
      total: number;
      left: number;
      create: number;
      update: number;
      disable: number;
      enable: number;
      delete: number;
      deleteAfterDays: number | null;
      memberships: number;
      newMembers: number;
      holds: {
        id: number;
        part: string;
        count: number;
        firstCount: number;
        sent: number;
        limit: number;
        since: string;
      }[];
      members: { account: string; add: number; remove: number }[];
      links: { account: string; by: string; reason: string }[];
      changes: {
        account: string;
        anchor: string | null;
        person: number | null;
        label: string;
        operation: "create" | "update" | "delete";
        effect: "disable" | "enable" | null;
        ending: string | null;
        before: { [name: string]: unknown } | null;
        after: { [name: string]: unknown } | null;
      }[];
      more: number;
      moreEnding: number;
      next: string | null;
    };
  };
  /** Approve what waits. */
  approve: {
    input: { target: string; reason: string; only?: string[]; digest?: string; accept?: string };
    answer: {
      version: 1;
      command: "approve";
      connection: string;
      what: "firstPlan" | "gate" | "read";
      decided: number;
      left: number;
      accepted: string | null;
      read: { kind: string; shown: number; before: number }[] | null;
      digest: string | null;
    };
  };
  /** Discard what waits. */
  discard: {
    input: { target: string; reason: string; only?: string[]; digest?: string; accept?: string };
    answer: {
      version: 1;
      command: "discard";
      connection: string;
      what: "firstPlan" | "gate" | "read";
      decided: number;
      left: number;
      accepted: string | null;
      read: { kind: string; shown: number; before: number }[] | null;
      digest: string | null;
    };
  };
  /** Hold a connection: nothing is read from it or written to it. */
  hold: {
    input: { connection: string; reason: string };
    answer: {
      version: 1;
      command: "hold";
      connection: string;
      held: { by: string; reason: string; at: string } | null;
      changed: boolean;
    };
  };
  /** Release a connection that is held. */
  release: {
    input: { connection: string; reason: string };
    answer: {
      version: 1;
      command: "release";
      connection: string;
      held: { by: string; reason: string; at: string } | null;
      changed: boolean;
    };
  };
  /** What waits for a person or for a change. */
  parked: {
    input: {
      kind?: "ambiguous" | "second" | "duplicateAccount" | "unjoined" | "linkDoubtful" | "accountExists" | "debt" | "uniqueTaken" | "noCandidate" | "invalidValue" | "notConverging" | "enabledByHand" | "refused" | "staleOwners" | "circular";
      connection?: string;
      after?: number;
      afterOwed?: string;
      limit?: number;
    };
    answer: {
      version: 1;
      command: "parked";
      counts: { kind: string; connection: string | null; count: number }[];
      parked: {
        id: number;
        kind: string;
        connection: string | null;
        account: string | null;
        name: string | null;
        person: number | null;
        label: string | null;
        knownAs: string | null;
        since: string;
        run: number;
        meaning: string;
        cure: string;
        choices: { name: string; about: string; needs: string | null; takes: string | null }[];
        impossible: { name: string; why: string; remedy: string }[];
        has: string | null;
        decided: {
          decision: number;
          kind: string;
          by: string;
          at: string;
          reason: string;
          waitsFor: "run" | "approval" | null;
        } | null;
        names: { [name: string]: string };
        detail: unknown;
      }[];
      ignored: number;
      next: number | null;
      owed: {
        connection: string;
        group: string | null;
        name: string | null;
        attribute: string;
        member: string;
        since: string;
      }[];
      moreOwed: boolean;
      nextOwed: string | null;
      unowned: { connection: string; kind: string; count: number }[];
    };
  };
  /** Decide about one parked item. */
  parkedDecide: {
    input: { id: number; choice: string; person?: string; value?: string; reason: string };
    answer: {
      version: 1;
      command: "parked decide";
      id: number;
      kind: string;
      connection: string | null;
      choice: string;
      decision: number;
      fixed: { attribute: string; value: unknown } | null;
    };
  };
  /** Decide about all parked items of a kind. */
  parkedDecideAll: {
    input: { choice: string; kind: string; connection?: string; reason: string };
    answer: {
      version: 1;
      command: "parked decide-all";
      kind: string;
      connection: string | null;
      choice: string;
      decided: number;
      left: number;
      why: { item: number; message: string } | null;
    };
  };
  /** Link an account to a person. */
  link: {
    input: { connection: string; anchor: string; reason: string; person: string };
    answer: {
      version: 1;
      command: "link";
      connection: string;
      anchor: string;
      decision: number;
      before: number | null;
      person: number | null;
      label: string | null;
      held: boolean;
      keeps: string[];
    };
  };
  /** End the link of an account. */
  unlink: {
    input: { connection: string; anchor: string; reason: string };
    answer: {
      version: 1;
      command: "unlink";
      connection: string;
      anchor: string;
      decision: number;
      before: number | null;
      person: number | null;
      label: string | null;
      held: boolean;
      keeps: string[];
    };
  };
  /** What people decided. */
  decisions: {
    input: { person?: string; connection?: string; all?: boolean; after?: number; limit?: number };
    answer: {
      version: 1;
      command: "decisions";
      decisions: {
        id: number;
        kind: string;
        connection: string | null;
        account: string | null;
        name: string | null;
        person: number | null;
        label: string | null;
        knownAs: string | null;
        detail: unknown;
        by: string;
        at: string;
        reason: string;
        revokedAt: string | null;
        revocable: boolean;
      }[];
      next: number | null;
    };
  };
  /** Take a decision back. */
  decisionsRevoke: {
    input: { id: number; reason: string };
    answer: { version: 1; command: "decisions revoke"; id: number; kind: string; connection: string | null };
  };
  /** Remove what is older than it is to be kept, now. */
  clean: {
    input: Record<string, never>;
    answer: {
      version: 1;
      command: "clean";
      runs: { before: string; rows: number };
      audit: { before: string; events: number } | null;
    };
  };
  /** Who did what, the latest first. */
  audit: {
    input: {
      action?: string;
      actor?: string;
      person?: string;
      connection?: string;
      run?: number;
      token?: string;
      source?: string;
      outcome?: "done" | "refused" | "failed";
      since?: string;
      until?: string;
      before?: number;
      limit?: number;
    };
    answer: {
      version: 1;
      command: "audit";
      events: {
        seq: number;
        at: string;
        action: string;
        by: string;
        as: "person" | "token" | "system";
        token: string | null;
        source: string | null;
        connection: string | null;
        account: string | null;
        person: number | null;
        label: string | null;
        run: number | null;
        outcome: "done" | "refused" | "failed";
        before: unknown;
        after: unknown;
        erased: boolean;
      }[];
      next: number | null;
    };
  };
  /** The newest hash of the audit log, to be kept elsewhere. */
  auditHead: {
    input: Record<string, never>;
    answer: { version: 1; command: "audit head"; head: { to: number; hash: string; at: string } | null };
  };
  /** Whether the audit log is as it was written. */
  auditVerify: {
    input: { kept?: string };
    answer: {
      version: 1;
      command: "audit verify";
      events: number;
      segments: number;
      unsealed: number;
      erased: number;
      first: number | null;
      head: { to: number; hash: string; at: string } | null;
      findings: { from: number; to: number; message: string }[];
      found: number;
    };
  };
  /** Take the values of a person out of the audit log. */
  auditErase: {
    input: { person: string; reason: string };
    answer: { version: 1; command: "audit erase"; person: number; erased: number };
  };
  /** Send a trial message to those who are told when something is amiss. */
  notifyTest: {
    input: { receivers?: string[] };
    answer: {
      version: 1;
      command: "notify test";
      receivers: {
        receiver: string;
        by: "webhook" | "mail";
        outcome: "sent" | "failed";
        fault: {
          kind: "configuration" | "authentication" | "permission" | "notFound" | "conflict" | "invalidValue" | "rateLimited" | "unavailable" | "internal";
          message: string;
          where: {
            connection?: string;
            file?: string;
            line?: number;
            column?: number;
            object?: string;
            attribute?: string;
          };
          remedy?: string;
          retryAfterMs?: number;
          carried?: true;
        } | null;
      }[];
    };
  };
  /** Accounts: who may sign in, and what they may do. */
  accountList: {
    input: { after?: string; limit?: number };
    answer: {
      version: 1;
      command: "account list";
      accounts: {
        id: string;
        name: string;
        roles: string[];
        person: number | null;
        signsIn: "password" | "elsewhere" | "none";
        createdAt: string;
        disabledAt: string | null;
      }[];
      next: string | null;
    };
  };
  /** Make an account; the link to choose a password is in this answer alone. */
  accountInvite: {
    input: {
      name: string;
      roles?: ("administrator" | "operator" | "auditor" | "monitor" | "person")[];
      person?: string;
    };
    answer: {
      version: 1;
      command: "account invite";
      id: string;
      name: string;
      roles: string[];
      person: number | null;
      signsIn: "password" | "elsewhere" | "none";
      createdAt: string;
      disabledAt: string | null;
      link: string;
      expiresAt: string;
    };
  };
  /** Nobody signs in to an account any more. */
  accountDisable: {
    input: { name: string };
    answer: {
      version: 1;
      command: "account disable";
      id: string;
      name: string;
      roles: string[];
      person: number | null;
      signsIn: "password" | "elsewhere" | "none";
      createdAt: string;
      disabledAt: string | null;
      wasLastAdministrator: boolean;
    };
  };
  /** An account that was disabled may be used again. */
  accountEnable: {
    input: { name: string };
    answer: {
      version: 1;
      command: "account enable";
      id: string;
      name: string;
      roles: string[];
      person: number | null;
      signsIn: "password" | "elsewhere" | "none";
      createdAt: string;
      disabledAt: string | null;
    };
  };
  /** A link to choose a new password; it is in this answer alone. */
  accountReset: {
    input: { name: string };
    answer: {
      version: 1;
      command: "account reset";
      id: string;
      name: string;
      roles: string[];
      person: number | null;
      signsIn: "password" | "elsewhere" | "none";
      createdAt: string;
      disabledAt: string | null;
      link: string;
      expiresAt: string;
    };
  };
  /** Tokens, without their texts. */
  tokenList: {
    input: { all?: boolean; after?: string; limit?: number };
    answer: {
      version: 1;
      command: "token list";
      tokens: {
        id: string;
        kind: "api" | "scim";
        name: string;
        connection: string | null;
        roles: string[];
        reads: boolean;
        readOnly: boolean;
        rate: number | null;
        state: "good" | "expired" | "revoked";
        createdAt: string;
        by: string;
        expiresAt: string | null;
        usedAt: string | null;
        overlapUntil: string | null;
        revokedAt: string | null;
      }[];
      next: string | null;
    };
  };
  /** Make a token; its text is in this answer alone. */
  tokenCreate: {
    input: {
      name: string;
      connection?: string;
      roles?: ("administrator" | "operator" | "auditor" | "monitor")[];
      readOnly?: boolean;
      expires?: string;
      rate?: number;
    };
    answer: {
      version: 1;
      command: "token create";
      id: string;
      kind: "api" | "scim";
      name: string;
      connection: string | null;
      roles: string[];
      reads: boolean;
      readOnly: boolean;
      rate: number | null;
      state: "good" | "expired" | "revoked";
      createdAt: string;
      by: string;
      expiresAt: string | null;
      usedAt: string | null;
      overlapUntil: string | null;
      revokedAt: string | null;
      token: string;
    };
  };
  /** A new secret for a token; the old one goes on for a while. */
  tokenRotate: {
    input: { id: string; overlap?: string; expires?: string };
    answer: {
      version: 1;
      command: "token rotate";
      id: string;
      kind: "api" | "scim";
      name: string;
      connection: string | null;
      roles: string[];
      reads: boolean;
      readOnly: boolean;
      rate: number | null;
      state: "good" | "expired" | "revoked";
      createdAt: string;
      by: string;
      expiresAt: string | null;
      usedAt: string | null;
      overlapUntil: string | null;
      revokedAt: string | null;
      token: string;
    };
  };
  /** End a token for good. */
  tokenRevoke: {
    input: { id: string };
    answer: {
      version: 1;
      command: "token revoke";
      id: string;
      kind: "api" | "scim";
      name: string;
      connection: string | null;
      roles: string[];
      reads: boolean;
      readOnly: boolean;
      rate: number | null;
      state: "good" | "expired" | "revoked";
      createdAt: string;
      by: string;
      expiresAt: string | null;
      usedAt: string | null;
      overlapUntil: string | null;
      revokedAt: string | null;
    };
  };
}

/** Method and address of each; what stands in braces is taken from the input. */
export const ROUTES: { readonly [Name in keyof Api]: readonly [method: 'GET' | 'POST', path: string] } = {
  signIn: ['POST', '/sign-in'],
  setUp: ['POST', '/setup'],
  choosePassword: ['POST', '/password'],
  session: ['GET', '/session'],
  signOut: ['POST', '/sign-out'],
  openApi: ['GET', '/api/openapi.json'],
  healthz: ['GET', '/healthz'],
  readyz: ['GET', '/readyz'],
  metrics: ['GET', '/metrics'],
  check: ['GET', '/api/check'],
  runs: ['GET', '/api/runs'],
  run: ['POST', '/api/runs'],
  schedule: ['GET', '/api/schedule'],
  runShow: ['GET', '/api/runs/{run}'],
  plan: ['POST', '/api/plans'],
  preview: ['POST', '/api/previews'],
  people: ['GET', '/api/people'],
  personNew: ['POST', '/api/people'],
  profile: ['GET', '/api/people/{person}'],
  edit: ['POST', '/api/people/{person}/edits'],
  photo: ['GET', '/api/people/{person}/photo'],
  photoSet: ['POST', '/api/people/{person}/photo'],
  personExport: ['POST', '/api/people/{person}/export'],
  personErase: ['POST', '/api/people/{person}/erasure'],
  personReadmit: ['POST', '/api/people/{person}/readmission'],
  reports: ['GET', '/api/people/{person}/reports'],
  groups: ['GET', '/api/people/{person}/groups'],
  members: ['GET', '/api/groups/{group}/members'],
  explain: ['GET', '/api/people/{person}/explanation'],
  history: ['GET', '/api/people/{person}/history'],
  fix: ['POST', '/api/people/{person}/fixed'],
  waiting: ['GET', '/api/connections/{target}/waiting'],
  approve: ['POST', '/api/connections/{target}/approval'],
  discard: ['POST', '/api/connections/{target}/discard'],
  hold: ['POST', '/api/connections/{connection}/hold'],
  release: ['POST', '/api/connections/{connection}/release'],
  parked: ['GET', '/api/parked'],
  parkedDecide: ['POST', '/api/parked/{id}/decision'],
  parkedDecideAll: ['POST', '/api/parked/decisions'],
  link: ['POST', '/api/links'],
  unlink: ['POST', '/api/links/end'],
  decisions: ['GET', '/api/decisions'],
  decisionsRevoke: ['POST', '/api/decisions/{id}/revocation'],
  clean: ['POST', '/api/retention'],
  audit: ['GET', '/api/audit'],
  auditHead: ['GET', '/api/audit/head'],
  auditVerify: ['GET', '/api/audit/verification'],
  auditErase: ['POST', '/api/people/{person}/audit-erasure'],
  notifyTest: ['POST', '/api/notifications/trial'],
  accountList: ['GET', '/api/accounts'],
  accountInvite: ['POST', '/api/accounts'],
  accountDisable: ['POST', '/api/accounts/{name}/disabling'],
  accountEnable: ['POST', '/api/accounts/{name}/enabling'],
  accountReset: ['POST', '/api/accounts/{name}/reset'],
  tokenList: ['GET', '/api/tokens'],
  tokenCreate: ['POST', '/api/tokens'],
  tokenRotate: ['POST', '/api/tokens/{id}/rotation'],
  tokenRevoke: ['POST', '/api/tokens/{id}/revocation'],
};

/** Where a browser goes by itself, or takes a file from. */
export const PAGES = {
  home: '/',
  signInPage: '/sign-in',
  setUpPage: '/setup',
  passwordPage: '/password',
  signInElsewhere: '/oidc/sign-in',
  signedInElsewhere: '/oidc/callback',
  auditExport: '/api/audit/export',
} as const;
