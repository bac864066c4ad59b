import { fileURLToPath } from 'node:url';

// Files that the command line reads or starts. The paths hold for this folder's depth, in which bundles stand too.

/** A small application in one file of several documents. */
export const SAMPLE_MANIFEST = new URL('../../../config/samples/web.yaml', import.meta.url);
/** What a thread of `sim run` runs. */
export const SIM_WORKER = new URL('../cli/sim-worker.js', import.meta.url);

/** The daemon without a heart: what a service runs. */
export const DAEMON = fileURLToPath(new URL('../daemon/main.js', import.meta.url));
