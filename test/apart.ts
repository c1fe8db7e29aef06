/**
 * Before each test file of the whole suite: what modules keep for a process (systems in memory, known secrets) is not there for the
 * next file that the process runs.
 */
import { vi } from 'vitest';

vi.resetModules();
