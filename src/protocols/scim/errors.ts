/** Errors as SCIM answers them (RFC 7644 3.12, RFC 9865 2.1). */

const SCIM_TYPES = [
  'invalidFilter',
  'tooMany',
  'uniqueness',
  'mutability',
  'invalidSyntax',
  'invalidPath',
  'noTarget',
  'invalidValue',
  'invalidVers',
  'sensitive',
  'invalidCursor',
  'expiredCursor',
  'invalidCount',
] as const;
/** Why a request was refused, for programs; only with 400 and, for `uniqueness`, 409. */
export type ScimErrorType = (typeof SCIM_TYPES)[number];

const ERROR_URN = 'urn:ietf:params:scim:api:messages:2.0:Error';

export interface ScimErrorBody {
  readonly schemas: readonly string[];
  /** A text, as the RFC wants it. */
  readonly status: string;
  readonly scimType?: ScimErrorType;
  readonly detail: string;
}

/** A request that is refused. `detail` names attributes of the schema and places, never values: those may be personal. */
export class ScimError extends Error {
  /** Of HTTP. */
  readonly status: number;
  readonly scimType: ScimErrorType | undefined;

  constructor(status: number, scimType: ScimErrorType | undefined, detail: string) {
    super(detail);
    this.name = 'ScimError';
    this.status = status;
    this.scimType = scimType;
  }

  get detail(): string {
    return this.message;
  }

  body(): ScimErrorBody {
    const scimType = this.scimType === undefined ? {} : { scimType: this.scimType };
    return { schemas: [ERROR_URN], status: String(this.status), ...scimType, detail: this.detail };
  }
}

/** 400 with its type: what nearly every refusal of this folder is. */
export function refusal(scimType: ScimErrorType, detail: string): ScimError {
  return new ScimError(400, scimType, detail);
}
