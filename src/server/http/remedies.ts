/**
 * What to do, for whoever asks over HTTP: texts name commands, which are written once, and here each becomes the request that does the
 * same. What only the command line can do stays as it is.
 */
import { pathFields, ROUTES, type Route } from './routes.ts';
import { fromTexts, type JsonSchema, jsonSchema } from './shapes.ts';

/** `'rollcall run show 12'`; without quotes up to the end of the clause. */
const MENTION =
  /'rollcall ([^']+)'|`rollcall ([^`]+)`|(?<![\w'`])rollcall ([a-z-]+(?: (?!(?:or|and) )(?:'[^']*'|[^\s'`;,)]+))*)/g;
const BY_NAME: ReadonlyMap<string, Route> = new Map(ROUTES.map((route) => [route.operation.name, route]));
/** Filled in by whoever lets them in. */
const FILLED_IN = new Set(['by', 'who']);
/** Who somebody is is known by their token, and files are of their own machine. */
const NOT_SENT = new Set(['as', 'out', 'json']);
/** Options that the input spells otherwise; null: the value is that of the command line. */
const SPELLED: { readonly [option: string]: readonly [field: string, text: string | null] } = {
  'approve --read': ['accept', 'read'],
  'approve --attribute': ['accept', null],
};

/** `run: rollcall approve ad` → `run: POST /api/connections/ad/approval`. */
export function overHttp(text: string): string {
  if (!text.includes('rollcall ')) return text;
  return text.replace(MENTION, (mention: string, ...found: (string | undefined)[]) => {
    const quote = /^['`]/.exec(mention)?.[0] ?? '';
    const request = requestOf([...(found[0] ?? found[1] ?? found[2]!).matchAll(/'([^']*)'|(\S+)/g)].map(([, a, b]) => a ?? b!));
    return request === null ? mention : `${quote}${request}${quote}`;
  });
}

/** Null: no request does it. */
function requestOf(words: readonly string[]): string | null {
  const two = BY_NAME.get(words.slice(0, 2).join(' '));
  const route = two ?? BY_NAME.get(words[0]!);
  if (route === undefined) return null;
  const { method, path, operation } = route;
  if (words.includes('--help')) return `${method} ${path} in /api/openapi.json`;
  const fields = fieldsOf(operation.name, words.slice(two === undefined ? 1 : 2), jsonSchema(operation.input, 'input'));
  // Half of what is meant may be more than is meant.
  if (fields === null) return `${method} ${path} (see /api/openapi.json)`;
  let address = path;
  for (const name of pathFields(path)) {
    const value = fields[name];
    // What stands for something, such as PERSON, is as it was.
    if (value !== undefined && !/^[A-Z]+$/.test(String(value)))
      address = address.replace(`{${name}}`, encodeURIComponent(String(value)));
    delete fields[name];
  }
  const more = Object.entries(fields);
  if (more.length === 0) return `${method} ${address}`;
  if (method === 'POST') return `${method} ${address} ${JSON.stringify(fields)}`;
  const texts = more.flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, String(one)]));
  return `${method} ${address}?${new URLSearchParams(texts)}`;
}

/** Arguments as the input has them: options by their names, all others in order. Null: something of it has no place there. */
function fieldsOf(command: string, words: readonly string[], schema: JsonSchema): { [name: string]: unknown } | null {
  const properties = schema.properties ?? {};
  const texts: { [name: string]: string[] } = Object.create(null);
  const put = (name: string, text: string): void => {
    texts[name] = [...(texts[name] ?? []), text];
  };
  const rest: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (!word.startsWith('--')) {
      rest.push(word);
      continue;
    }
    const [name, value] = SPELLED[`${command} ${word}`] ?? [fieldOf(word), null];
    const isSwitch = value !== null || properties[name]?.type === 'boolean';
    const text = isSwitch ? (value ?? 'true') : words[++i];
    if (properties[name] !== undefined && text !== undefined) put(name, text);
    else if (!NOT_SENT.has(name)) return null;
  }
  const places = Object.keys(properties).filter((name) => !FILLED_IN.has(name) && texts[name] === undefined);
  for (const word of rest) {
    const [place] = places;
    if (place === undefined) return null;
    put(place, word);
    if (properties[place]!.type !== 'array') places.shift();
  }
  if (Object.entries(texts).some(([name, some]) => some.length > 1 && properties[name]!.type !== 'array')) return null;
  return fromTexts(texts, schema);
}

const fieldOf = (option: string): string => option.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** Where in an answer remedies are. */
interface Places {
  readonly here: boolean;
  readonly fields: readonly (readonly [name: string, inside: Places])[];
  /** Of a list, or of a map. */
  readonly all: Places | null;
}

/** Of what an operation answers; null: it has none. Only there is an answer looked through: a plan may be long. */
export function remediesIn(schema: JsonSchema): Places | null {
  const {
    properties = {},
    items,
    additionalProperties,
    anyOf = [],
  } = schema as JsonSchema & {
    readonly anyOf?: readonly JsonSchema[];
  };
  const inside = Object.entries(properties).flatMap(([name, one]) => {
    const places = remediesIn(one);
    return places === null ? [] : [[name, places] as const];
  });
  const others = anyOf.flatMap((one) => remediesIn(one) ?? []);
  const all = [items, additionalProperties].map((one) =>
    typeof one === 'object' && one !== null ? remediesIn(one as JsonSchema) : null,
  );
  const here = properties['remedy'] !== undefined || others.some((one) => one.here);
  const fields = [...inside, ...others.flatMap((one) => one.fields)];
  const each = all.find((one) => one !== null) ?? others.find((one) => one.all !== null)?.all ?? null;
  return here || fields.length > 0 || each !== null ? { here, fields, all: each } : null;
}

/** Changes what was answered. */
export function tellOverHttp(value: unknown, places: Places): void {
  if (typeof value !== 'object' || value === null) return;
  if (places.all !== null) for (const one of Object.values(value)) tellOverHttp(one, places.all);
  const fields = value as { [name: string]: unknown };
  if (places.here && typeof fields['remedy'] === 'string') fields['remedy'] = overHttp(fields['remedy']);
  for (const [name, inside] of places.fields) tellOverHttp(fields[name], inside);
}
