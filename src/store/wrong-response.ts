/** A command of one type was answered as one of another: a mistake in this program. */
export function wrongResponse(type: string): Error {
  return new Error(`a command was answered as ${type}`);
}
