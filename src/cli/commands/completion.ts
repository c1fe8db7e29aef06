/** rollcall completion: about the command line itself, so there is no operation behind it. */
import { z } from 'zod';
import { type Command, type CommandHelp, EXIT, UsageError } from '../command.ts';
import { completionScript, SHELLS } from '../completion.ts';

/** `commands`: the whole table, this command included. */
export function completion(commands: () => readonly CommandHelp[]): Command {
  return {
    name: 'completion',
    summary: 'print a completion script for your shell',
    about: [],
    positionals: [{ name: 'SHELL', about: `One of ${SHELLS.join(', ')}.`, required: true, complete: { words: SHELLS } }],
    options: [],
    examples: [
      { line: 'eval "$(rollcall completion bash)"', about: 'bash: put it into ~/.bashrc' },
      { line: 'rollcall completion zsh > "$fpath[1]/_rollcall"', about: 'zsh' },
      { line: 'rollcall completion fish > ~/.config/fish/completions/rollcall.fish', about: 'fish' },
    ],
    output: z.object({ version: z.literal(1), command: z.literal('completion'), shell: z.enum(SHELLS), script: z.string() }),
    async execute(args, { terminal, json }) {
      const shell = SHELLS.find((one) => one === args.positionals[0]);
      if (shell === undefined)
        throw new UsageError(`There is no completion for '${args.positionals[0]}'.`, `Choose ${SHELLS.join(', ')}.`);
      const script = completionScript(shell, commands());
      if (json) terminal.json({ version: 1, command: 'completion', shell, script });
      else terminal.out(script);
      return EXIT.ok;
    },
  };
}
