import { bundleActors as bundle } from '../bundle-actors.js';

/** The actors of these tests. */
export const bundleActors = (outFolder: string): Promise<(entry: string) => URL> =>
  bundle(new URL('./actors/', import.meta.url), outFolder);
