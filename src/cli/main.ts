#!/usr/bin/env node
import { CommanderError } from 'commander';
import { program } from './program/program.js';

// Who reads our output may stop before its end (`| head`): that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : 1),
);

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof Error && error.name === 'OperatingError') {
    process.stderr.write(`kubactor: ${error.message}\n`);
    process.exitCode = (error as Error & { exitCode: number }).exitCode;
  } else throw error;
}
