/** A process that holds a store open for writing, says so, and waits to be killed. */
import { createProgram } from '#main';

const program = await createProgram();
const loaded = await program.loadConfig(process.argv[2]!);
if (!loaded.ok) throw new Error('the configuration has faults');
await program.openStore(loaded.config, { readOnly: false });
process.stdout.write('open\n');
setInterval(() => undefined, 60_000);
