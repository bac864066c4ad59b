// What every thread of the daemon runs first: it loads the bundle of its actor. Outside of a thread it compiles the bundles
// that it is given, which then do nothing.
import { isMainThread, workerData } from 'node:worker_threads';
import type { ThreadStart } from './control.js';
import { compileProgram, runProgram } from './program.js';

if (!isMainThread) runProgram((workerData as ThreadStart).program);
else for (const file of process.argv.slice(2)) compileProgram(file);
