// Puts DEPTH processes between the session and a command: node deep.mjs DEPTH COMMAND...
import { spawn } from "node:child_process";

const [depth = "0", ...command] = process.argv.slice(2);
// A shell for each level: two hundred Node processes would measure memory, not lineage.
const quote = (word) => `'${word.replaceAll("'", `'\\''`)}'`;
let line = command.map(quote).join(" ");
let script = `exec ${line}`;
if (Number(depth) > 0) {
  script = `n=$1; shift; if [ "$n" -gt 0 ]; then sh -c "$HF_LEVEL" level $((n - 1)) "$@"; exit $?; else exec "$@"; fi`;
  line = "";
}
const child = spawn("sh", ["-c", script, "level", depth, ...command], {
  stdio: "inherit",
  env: { ...process.env, HF_LEVEL: script },
});
child.once("exit", (code) => {
  process.exitCode = code ?? 1;
});
