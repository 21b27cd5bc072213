// What `holdfast gateway doctor` found, for people: a heading for each group, a row for each check; on
// a narrow terminal what was seen stands below what must be so.

import { createColors } from "picocolors";
import type { CheckResult, Examination } from "../gateway/doctor.ts";
import { visible } from "../system/terminal-text.ts";
import { wrapped } from "./doctor-report.ts";

type Verdict = CheckResult["verdict"];

/** What stands before a check; words, so that they can be read aloud and searched for. */
const WORDS: Readonly<Record<Verdict, string>> = {
  passed: "ok",
  failed: "FAILED",
  "could not run": "not run",
};
const WORD_WIDTH = "not run".length;
const NAME_WIDTH = 44;
/** Fewer columns than these, and a row would leave too little for what was seen. */
const WIDE = 100;

function painted(verdict: Verdict, color: boolean): string {
  const { green, yellow, red } = createColors(color);
  const paint = { passed: green, failed: red, "could not run": yellow }[verdict];
  const word = WORDS[verdict];
  return paint(word) + " ".repeat(WORD_WIDTH - word.length);
}

/** The results of one group, under its heading. */
export function groupText(
  results: readonly CheckResult[],
  columns: number,
  color: boolean,
): string {
  const [first] = results;
  if (first === undefined) return "";
  const rows = results.map((each) => rowText(each, columns, color));
  return `${createColors(color).bold(first.group)}\n${rows.join("")}`;
}

function rowText(result: CheckResult, columns: number, color: boolean): string {
  const { verdict, name } = result;
  const head = `  ${painted(verdict, color)}  `;
  const seen = seenText(result);
  if (columns >= WIDE) {
    const indent = 2 + WORD_WIDTH + 2 + NAME_WIDTH + 2;
    const [line = "", ...rest] = wrapped(seen, columns - indent);
    const hanging = rest.map((each) => `${" ".repeat(indent)}${each}\n`);
    return `${head}${name.padEnd(NAME_WIDTH)}  ${line}\n${hanging.join("")}`;
  }
  const indent = " ".repeat(2 + WORD_WIDTH + 2);
  const lines = wrapped(seen, Math.max(20, columns - indent.length));
  return [`${head}${name}`, ...lines.map((line) => `${indent}${line}`), ""].join("\n");
}

/** What was seen, and where the rule is that fired, where a file has it. */
function seenText(result: CheckResult): string {
  const rule = "rule" in result ? result.rule : undefined;
  const where = rule === undefined || rule.where === "built in" ? "" : ` (${rule.where})`;
  // What a tool answers may have several lines, and a row is one text.
  return visible(`${result.text.replace(/\s*\n\s*/g, "; ")}${where}`);
}

const count = (results: readonly CheckResult[], verdict: Verdict): number =>
  results.filter((each) => each.verdict === verdict).length;

/** The last line. */
export function examinationSummary(results: readonly CheckResult[]): string {
  const [passed, failed] = [count(results, "passed"), count(results, "failed")];
  return `${passed} passed, ${failed} failed, ${count(results, "could not run")} could not run\n`;
}

/** All of it as Markdown. */
export function examinationMarkdown({ results }: Examination): string {
  const cell = (text: string) => visible(text).replace(/[\\`*_[\]<>|&~#!]/g, "\\$&");
  const rows = results.map((each) => {
    const { group, name, verdict } = each;
    return `| ${verdict} | ${cell(group)} | ${cell(name)} | ${cell(seenText(each))} |`;
  });
  const heads = ["| | group | check | what was seen |", "| --- | --- | --- | --- |"];
  return `${[...heads, ...rows].join("\n")}\n\n${examinationSummary(results)}`;
}

/** All of it as the one object that --json prints. */
export function examinationJson({ environment, files, results }: Examination): string {
  const checks = results.map((result) => {
    const { id, group, name, verdict, text } = result;
    const rule = "rule" in result ? result.rule : undefined;
    return { id, group, name, verdict, text, ...(rule === undefined ? {} : { rule }) };
  });
  const totals = {
    passed: count(results, "passed"),
    failed: count(results, "failed"),
    couldNotRun: count(results, "could not run"),
  };
  return `${JSON.stringify({ environment, policy: files, ...totals, checks }, null, 2)}\n`;
}
