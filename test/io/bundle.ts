import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles the actors of these tests, as the real ones are: a thread then starts in a third of the time. */
export async function bundleActors(outFolder: string): Promise<(entry: string) => URL> {
  const source = fileURLToPath(new URL('./actors/', import.meta.url));
  await build({
    entryPoints: readdirSync(source)
      .filter((name) => name.endsWith('.js'))
      .map((name) => path.join(source, name)),
    outdir: outFolder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    logLevel: 'error',
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
  });
  return (entry) => new URL(`file://${path.join(outFolder, `${entry}.mjs`)}`);
}
