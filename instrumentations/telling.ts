/**
 * Makes the call, and ends `act` with what it throws. Only for acts whose end somebody waits for: of an uncaught error
 * Node says that it comes from where it was thrown last.
 */
export function callTelling<T>(act: { end(error?: unknown): void }, call: () => T): T {
  try {
    return call();
  } catch (error) {
    act.end(error);
    throw error;
  }
}
