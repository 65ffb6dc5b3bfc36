// Replaces one generated section of a Markdown file and leaves all others as they are.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** A file has one mark of a section without the other. */
export class BrokenMarks extends Error {}

const HEADER = `# Benchmarks

What was measured, and where. Every section between two marks is written by the script it names; edit the script, not the section.
`;

/** Writes `text` between the marks of section `name`; at the end of the file if there are none. */
export function replaceSection(file, name, text) {
	const [begin, end] = [`<!-- begin: ${name} -->`, `<!-- end: ${name} -->`];
	const before = existsSync(file) ? readFileSync(file, "utf8") : HEADER;
	const section = `${begin}\n\n${text.trim()}\n\n${end}`;
	const [from, to] = [before.indexOf(begin), before.indexOf(end)];
	if (from < 0 !== to < 0 || to < from) throw new BrokenMarks(`${file}: the marks of '${name}' are not a pair`);
	const after = from < 0 ? `${before.trimEnd()}\n\n${section}\n` : before.slice(0, from) + section + before.slice(to + end.length);
	writeFileSync(file, after);
}
