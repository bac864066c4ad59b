import { isAscii } from 'node:buffer';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

type Run = (exports: object, require: NodeJS.Require, module: object) => void;

/**
 * Runs an actor's bundle, a CommonJS file. What V8 made of it before stands beside it, if anything, and saves a third of a
 * thread's start. V8 passes over what another version of it has made.
 */
export function runProgram(file: string): void {
  evaluate(file, existsSync(cacheOf(file)) ? readFileSync(cacheOf(file)) : undefined);
}

/**
 * Leaves beside the bundle what V8 makes of it, with every function in it: a thread compiles hardly one by itself then. Part of
 * the build.
 */
export function compileProgram(file: string): void {
  setFlagsFromString('--no-lazy');
  const script = compile(file, undefined);
  // V8 takes what was compiled under the same flags as its own only.
  setFlagsFromString('--lazy');
  writeFileSync(cacheOf(file), script.createCachedData());
}

function evaluate(file: string, cachedData: Buffer | undefined): void {
  const script = compile(file, cachedData);
  const module = { exports: {} };
  (script.runInThisContext() as Run)(module.exports, createRequire(file), module);
}

function compile(file: string, cachedData: Buffer | undefined): Script {
  const source = `(function (exports, require, module) {${textOf(file)}\n})`;
  return new Script(source, {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
}

/** One byte a character where that is all it takes: to decode 3 MB of UTF-8 takes 20 ms. */
function textOf(file: string): string {
  const bytes = readFileSync(file);
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}

function cacheOf(file: string): string {
  return path.format({ ...path.parse(file), base: '', ext: '.v8' });
}
