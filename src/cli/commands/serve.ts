/** rollcall serve */
import { LEVELS, LOG_FORMATS } from '#core/levels';
import { serve as operation } from '#operations/serve';
import { type Command, command } from '../command.ts';

export const serve: Command = command({
  name: 'serve',
  summary: 'run the service: HTTP API, what is pushed, what is listened to',
  about: [
    'Keeps one process on the store: it answers the HTTP API, takes what is pushed, and passes on what it hears from connections with `live: true`. It goes on until Ctrl-C or a termination signal, and ends after the batch at hand.',
    'Only this machine can reach it, unless --listen says otherwise. Give it a certificate (`server: { tls: … }`), or put a proxy with TLS before it, where others are to reach it.',
    'On SQLite it has the store until it ends: other commands that only read work beside it. On PostgreSQL all do.',
  ],
  positionals: [],
  options: [
    {
      name: 'listen',
      value: 'HOST:PORT',
      about: 'Where it can be reached (default: 127.0.0.1:7655; port 0: any that is free).',
      complete: 'none',
    },
    {
      name: 'log-level',
      value: 'LEVEL',
      about: 'The least that is logged: debug, info, warn or error (default: log.level of the file, or info).',
      words: LEVELS,
    },
    {
      name: 'log-format',
      value: 'FORMAT',
      about: 'json or text (default: log.format of the file; otherwise text on a terminal, json elsewhere).',
      words: LOG_FORMATS,
    },
  ],
  examples: [
    { line: 'rollcall serve', about: 'on this machine, until Ctrl-C' },
    { line: 'rollcall serve --listen 0.0.0.0:7655', about: 'for everybody who can reach this machine' },
  ],
  untilStopped: true,
  operation,
  input: (args) => ({
    listen: args.text('listen'),
    logLevel: args.text('log-level'),
    logFormat: args.text('log-format'),
  }),
  print(_, { terminal, quiet }) {
    if (!quiet) terminal.out(`${terminal.paint.green('Stopped.')}\n`);
  },
});
