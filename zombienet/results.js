// Joins what the scenarios wrote down with how their runs ended, and writes the table of them into a Markdown file.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { basename, join } from "node:path";
import { replaceSection } from "./section.js";

/** The command line is not understood. */
class Misused extends Error {}

const folder = join(process.env.OPG_NETWORK ?? "", "results");

function read(name) {
	const file = join(folder, `${name}.json`);
	return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { scenario: name, title: name, checks: [], measured: {} };
}

/** Adds how the whole run ended, the assertions of the .zndsl file included. */
function note(name, code, seconds) {
	const record = { ...read(name), passed: code === 0, seconds };
	writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(record, null, "\t")}\n`);
}

const shown = (value) => (Array.isArray(value) ? `${value.length}` : typeof value === "object" ? JSON.stringify(value) : String(value));

function row({ scenario, title, passed, checks, measured, seconds, error }) {
	const notes = Object.entries(measured).map(([what, value]) => `${what}: ${shown(value)}`);
	const held = checks.filter(({ holds }) => holds).length;
	const outcome = passed ? "passed" : `**failed**${error ? `: ${error}` : ""}`;
	return `| ${scenario.slice(0, 4)} | ${title} | ${outcome} | ${held} of ${checks.length} | ${seconds} | ${notes.join("; ")} |`;
}

function table(file) {
	const names = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
	const records = names.map((name) => read(basename(name, ".json")));
	const passed = records.filter((record) => record.passed).length;
	const memory = Math.round(totalmem() / 2 ** 30);
	const text = `## A network of validators

From \`scripts/network-test.sh\`: four validators and a full node of the chain \`local\` on one machine (${cpus().length} × ${cpus()[0].model.trim()}, ${memory} GiB),
blocks of 3 s, eras of 6 minutes, a day of waiting taking a minute. ${passed} of ${records.length} scenarios passed on
${new Date().toISOString().slice(0, 10)}.

| | Scenario | Outcome | Checks that hold | Seconds | Noted |
|---|---|---|---|---|---|
${records.map(row).join("\n")}
`;
	replaceSection(file, "network", text);
}

const [command, ...words] = process.argv.slice(2);
if (command === "note" && words.length === 3) note(words[0], Number(words[1]), Number(words[2]));
else if (command === "table" && words.length === 1) table(words[0]);
else throw new Misused("results.js note SCENARIO CODE SECONDS, or results.js table FILE");
