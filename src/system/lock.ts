// The only home of proper-lockfile: a heartbeat directory beside a file, which says who owns it.
// It never proves that the owner lives (a dead one looks alive until stale, a suspended one dead),
// so nothing here is asked whether a session is live.

/** Releases the lock; safe to call twice. */
export type Release = () => void;

/**
 * Takes the lock of `file`, which must exist. Throws the library's error when somebody holds it.
 *
 * @param onLost called when another process took the lock over, for example while we were suspended
 */
export async function lock(file: string, onLost: () => void): Promise<Release> {
  const { default: lockfile } = await import("proper-lockfile");
  const release = lockfile.lockSync(file, { realpath: false, onCompromised: onLost });
  return () => {
    try {
      release();
    } catch {
      // Already released, or taken over: either way it is not ours to remove.
    }
  };
}
