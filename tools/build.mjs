// Builds dist/ (or --out DIR): every module transpiled one by one, for the tests and for who imports a room; and as bundles
// what starts: each actor's entry, the command line and the daemon. Hundreds of small files take half a second to load.
// Types are checked by `npm run check`, not here.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const CHUNKS = 'src/chunks';

/** Every .ts file below a folder of the checkout, as a path relative to its root. */
function sources(folder) {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true })
    .map((name) => path.join(folder, name))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
}

export async function buildAll({ out = path.join(root, 'dist'), tests = true } = {}) {
  const common = {
    absWorkingDir: root,
    outbase: '.',
    outdir: out,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    logLevel: 'warning',
  };
  const modules = [...sources('src'), ...(tests ? sources('test') : [])];
  await build({ ...common, entryPoints: modules, bundle: false });
  await buildActors(common, out);
  rmSync(path.join(out, CHUNKS), { recursive: true, force: true });
  await build({
    ...common,
    bundle: true,
    // Packages in CommonJS form expect `require` even when they stand inside an ES module.
    banner: {
      js: "import { createRequire as kubactorRequire } from 'node:module'; const require = kubactorRequire(import.meta.url);",
    },
    entryPoints: ['src/cli/main.ts', 'src/cli/sim-worker.ts', 'src/daemon/main.ts'],
    // What a verb alone needs is a chunk of its own, as deep in the tree as the rooms' files, whose paths are relative.
    splitting: true,
    chunkNames: `${CHUNKS}/[name]-[hash]`,
    // The first starts threads from files of its own; the second is CommonJS with names that only Node finds in it.
    // The last is what only a developer of ink would load.
    external: ['piscina', 'pino-pretty', 'react-devtools-core'],
    // React's development build is twice as large and slow.
    define: { 'process.env.NODE_ENV': '"production"' },
  });
}

/** As CommonJS, whose compiled form Node can keep: it stands beside each bundle (src/io/thread/program.ts). */
async function buildActors(common, out) {
  const programs = sources('actors');
  await build({
    ...common,
    entryPoints: ['src/io/thread/thread.ts', ...programs].map((file) => ({
      in: file,
      out: `actors/${path.basename(file, '.ts')}`,
    })),
    bundle: true,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  });
  const built = (name) => path.join(out, 'actors', `${path.basename(name, '.ts')}.cjs`);
  execFileSync(process.execPath, [built('thread'), ...programs.map(built)], { stdio: 'inherit' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--out');
  await buildAll(at > 0 ? { out: path.resolve(process.argv[at + 1]) } : {});
}
