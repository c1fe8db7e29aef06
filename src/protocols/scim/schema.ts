/** Schemas and resource types as data, in the words of RFC 7643 (sections 6 and 7): what everything else about SCIM is derived from. */

export type ScimType = 'string' | 'boolean' | 'decimal' | 'integer' | 'dateTime' | 'binary' | 'reference' | 'complex';

export interface ScimAttribute {
  readonly name: string;
  readonly type: ScimType;
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  readonly returned: 'always' | 'never' | 'default' | 'request';
  readonly uniqueness: 'none' | 'server' | 'global';
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  /** Of `complex`. */
  readonly subAttributes?: readonly ScimAttribute[];
}

export interface ScimSchema {
  /** A URN. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly ScimAttribute[];
}

export interface ScimExtension {
  readonly schema: ScimSchema;
  /** What rules call its attributes by: `enterprise.department`. */
  readonly prefix: string;
  readonly required: boolean;
}

export interface ScimResourceType {
  /** `User`, `Group`: also the kind of what is staged. */
  readonly name: string;
  /** `/Users`. */
  readonly endpoint: string;
  readonly description: string;
  readonly schema: ScimSchema;
  readonly extensions: readonly ScimExtension[];
}
