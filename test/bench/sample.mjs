// Runs commands in turn, A B A B, and prints the median of each in milliseconds as JSON.
// node sample.mjs ROUNDS '{"name": ["command", "argument"], ...}' [STATUS]
// STATUS is what each has to end with, 0 if it is not given.
import { spawnSync } from "node:child_process";

const [rounds = "15", json = "{}", expected = "0"] = process.argv.slice(2);
const commands = Object.entries(JSON.parse(json));
const times = Object.fromEntries(commands.map(([name]) => [name, []]));
for (let round = -2; round < Number(rounds); round += 1)
  for (const [name, [file, ...args]] of commands) {
    const start = process.hrtime.bigint();
    const { status, stderr } = spawnSync(file, args, { stdio: ["ignore", "ignore", "pipe"] });
    const elapsed = Number(process.hrtime.bigint() - start) / 1e6;
    if (status !== Number(expected)) throw new Error(`${name} ended with ${status}: ${stderr}`);
    if (round >= 0) times[name].push(elapsed);
  }
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const medians = Object.fromEntries(commands.map(([name]) => [name, median(times[name])]));
process.stdout.write(`${JSON.stringify(medians)}\n`);
