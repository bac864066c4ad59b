// Builds dist/ (or --out DIR): every module transpiled one by one, for the tests and for who imports a room; and as bundles
// what starts: each actor's entry, the command line and the daemon. Hundreds of small files take half a second to load.
// Types are checked by `npm run check`, not here.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  if (tests) await buildTap(common, out);
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

/** tap in one file, where Node finds it before the package: its five hundred files take each test as long as many a test itself. */
async function buildTap(common, out) {
  await build({
    ...common,
    outdir: path.join(out, 'node_modules/tap'),
    entryPoints: [{ in: 'tap', out: 'index' }],
    bundle: true,
    sourcemap: false,
    banner: {
      js: `import { createRequire as tapRequire } from 'node:module';
const require = tapRequire(import.meta.url);`,
    },
    plugins: [withoutReact],
  });
  const description = { name: 'tap', type: 'module', exports: './index.js' };
  writeFileSync(path.join(out, 'node_modules/tap/package.json'), JSON.stringify(description));
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
    plugins: [withoutPushing],
  });
  const built = (name) => path.join(out, 'actors', `${path.basename(name, '.ts')}.cjs`);
  for (const file of programs.map(built)) writeFileSync(file, inAscii(readFileSync(file, 'utf8')));
  execFileSync(process.execPath, [built('thread'), ...programs.map(built)], { stdio: 'inherit' });
}

/** What esbuild leaves are regular expressions. One letter beyond Latin-1 and V8 holds all of a bundle with two bytes a letter. */
function inAscii(text) {
  return text.replace(
    /[^\0-\x7f]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** prom-client's ways to send metrics and to watch its own process: nobody calls them, and they load half of Node. */
const withoutPushing = {
  name: 'without-pushing',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/lib\/(pushgateway|defaultMetrics)$/ }, ({ path: name, importer }) =>
      importer.endsWith(path.join('prom-client', 'index.js'))
        ? { path: name, namespace: 'without-pushing' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'without-pushing' }, () => ({ contents: '' }));
  },
};

/** tap can compare React's elements, and loads React's development build to be ready for it. No test here does. */
const withoutReact = {
  name: 'without-react',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /react-element-to-jsx-string/ }, ({ path: name }) => ({
      path: name,
      namespace: 'without-react',
    }));
    onLoad({ filter: /.*/, namespace: 'without-react' }, () => ({
      contents: 'export default undefined;',
    }));
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--out');
  await buildAll(at > 0 ? { out: path.resolve(process.argv[at + 1]) } : {});
}
