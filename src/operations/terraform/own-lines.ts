// What terraform prints of an apply, without what other programs print through it.
//
// W1 A provisioner's line bears its resource's address and `(local-exec):` or the like, and so may hold
//    anything; so may outputs. Both are left out where nobody can tell which of their values are secret.

const OURS =
  /^(?:\S.*: (?:Creating|Creation complete|Destroying|Destruction complete|Modifying|Modifications complete|Still |Provisioning with|Refreshing state|Reading|Read complete|Moving|Importing|Import complete)|Apply complete!|Destroy complete!|(?:[╷│] ?)?(?:Error|Warning): |Acquiring state lock|Releasing state lock|Interrupt received|Stopping operation)/u;
const BY_A_PROGRAM = /\((?:local-exec|remote-exec|file|chef|puppet|salt-masterless)\)(?::|$)/;

/** The lines that are terraform's own; how many were left out stands at the end. */
export function ownLines(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const own = lines.filter((line) => OURS.test(line) && !BY_A_PROGRAM.test(line));
  const left = lines.length - own.length;
  return [...own, ...(left === 0 ? [] : [`[${left} more lines, which may hold secrets]`])].join(
    "\n",
  );
}
