import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runShow } from '#operations/run-show';
import { overHttp, remediesIn, tellOverHttp } from './remedies.ts';
import { jsonSchema } from './shapes.ts';

it.each([
  ["see 'rollcall token list'", "see 'GET /api/tokens'"],
  ["look at it with 'rollcall run show 12', and ask again", "look at it with 'GET /api/runs/12', and ask again"],
  ['rollcall release hr', 'POST /api/connections/hr/release'],
  [
    'look at them with: rollcall plan ad; then: rollcall approve ad or rollcall discard ad',
    'look at them with: POST /api/plans {"connections":["ad"]}; then: POST /api/connections/ad/approval or POST /api/connections/ad/discard',
  ],
  [
    'if it is right, run: rollcall approve hr --attribute person.mail',
    'if it is right, run: POST /api/connections/hr/approval {"accept":"person.mail"}',
  ],
  ['run: rollcall approve hr --read', 'run: POST /api/connections/hr/approval {"accept":"read"}'],
  ["'rollcall approve hr --never this' is", "'POST /api/connections/{target}/approval (see /api/openapi.json)' is"],
  ['then: rollcall approve ad --as YOU --reason WHY', 'then: POST /api/connections/ad/approval {"reason":"WHY"}'],
  ["'rollcall parked --kind notConverging' shows both", "'GET /api/parked?kind=notConverging' shows both"],
  ["'rollcall explain PERSON' shows all", "'GET /api/people/{person}/explanation' shows all"],
  ["Fix it: rollcall fix '#42' mail VALUE", 'Fix it: POST /api/people/%2342/fixed {"attribute":"mail","values":["VALUE"]}'],
  ['run `rollcall init` to write one', 'run `rollcall init` to write one'],
  ['mend it there', 'mend it there'],
])('%s', (text, told) => expect(overHttp(text)).toBe(told));

it('in an answer they are found wherever they are', () => {
  const answer = {
    run: 1,
    errors: [{ kind: 'conflict', message: 'held', where: {}, remedy: 'rollcall release hr' }],
  };
  tellOverHttp(answer, remediesIn(jsonSchema(runShow.output, 'output'))!);
  expect(answer.errors[0]!.remedy).toBe('POST /api/connections/hr/release');
});

/** Commands that a machine alone has, or that are about its files. */
const LOCAL = /^(?:init|serve|live|audit export)\b|^(?:csrf|locked text|writer)$/;

it('each command that a text of the program names has a request', () => {
  const root = new URL('../../', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.ts$/.test(file) && !/\.test\.ts$|^(?:cli|config|store|server|operations\/starter)/.test(file),
  );
  const named = files.flatMap((file) =>
    readFileSync(new URL(file, root), 'utf8')
      .split('\n')
      .filter((line) => /remedy|cure|[`'"]/.test(line) && !/^\s*(?:\*|\/[/*])/.test(line))
      .flatMap((line) =>
        [...line.replace(/\$\{[^}]*\}/g, 'X').matchAll(/['`]rollcall ([a-z][^'`;:]*)/g)].map(([, command]) => command!.trim()),
      ),
  );
  const isTold = (command: string): boolean => {
    const told = overHttp(`'rollcall ${command}'`);
    return /^'(?:GET|POST) /.test(told) && !told.includes('openapi');
  };
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((command) => !LOCAL.test(command) && !isTold(command))).toEqual([]);
});
