export async function runCompletion(..._: unknown[]): Promise<number> {
  return 125;
}
