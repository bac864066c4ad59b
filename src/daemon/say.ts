/** Lines for people: what goes on. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What went wrong. */
export function complain(message: string): void {
  process.stderr.write(`kubactor: ${message}\n`);
}
