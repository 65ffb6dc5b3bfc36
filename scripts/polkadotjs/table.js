// Writes what the whole suite found, .opg/polkadotjs/whole.json, as a table into docs/benchmarks.md, and how long the short one took.

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const RECORD = at('.opg/polkadotjs/whole.json');
const SHORT = at('.opg/polkadotjs/short.json');
const PAGE = at('docs/benchmarks.md');
const [BEGIN, END] = ['<!-- polkadotjs: begin -->', '<!-- polkadotjs: end -->'];
const TITLE = '# Measurements\n\nEach table is made by a script from what a run wrote down, never by hand.\n';

async function readOr(path, otherwise) {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (error.code === 'ENOENT') return otherwise;
		throw error;
	}
}

const recorded = await readOr(RECORD);
if (!recorded) {
	console.error('there is no .opg/polkadotjs/whole.json: run scripts/long/polkadotjs.sh first');
	process.exit(1);
}
const run = JSON.parse(recorded);

const subjects = new Map();
for (const record of run.steps) {
	const sums = subjects.get(record.subject) ?? { steps: 0, checks: 0, seconds: 0, failed: [] };
	sums.steps += 1;
	sums.checks += record.checks;
	sums.seconds += record.seconds;
	if (record.error) sums.failed.push(`${record.step}: ${record.error}`);
	subjects.set(record.subject, sums);
}
const row = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
// In an order that does not change with what ended first.
const rows = [...subjects].sort(([one], [other]) => one.localeCompare(other)).map(([name, { steps, checks, seconds, failed }]) => row([
	name, steps, checks, seconds.toFixed(0), failed.length === 0 ? 'passed' : `**failed**: ${failed.join('; ')}`,
]));
const all = [...subjects.values()].reduce((sum, { steps, checks }) => ({ steps: sum.steps + steps, checks: sum.checks + checks }), { steps: 0, checks: 0 });
const { blocks = 0, signed = 0, inherent = 0, authorised = 0, events = 0 } = run.totals;
const short = JSON.parse(await readOr(SHORT, 'null'));
const shortly = short ? ` The short pass of \`scripts/test.sh\` has ${short.steps.length} steps, of which\n${short.steps.filter(({ error }) => !error).length} passed, in ${short.seconds} s.` : '';
const failures = run.steps.some(({ error }) => error);

const section = `${BEGIN}
## polkadot.js

\`scripts/long/polkadotjs.sh\` on ${run.begun.slice(0, 10)}: ${run.library} and \`opg\` (subxt) on ${run.platform} against ${run.chain}, ${run.spec}, metadata
version ${run.metadata}, eras of a minute. Subjects run side by side, ${run.seconds} s in all; every step checks storage or an event.

| subject | steps | checks | seconds | result |
|---|---|---|---|---|
${rows.join('\n')}
${row(['**together**', all.steps, all.checks, run.seconds, failures ? '**failed**' : 'passed'])}

Decoded without a fault: ${blocks} blocks with ${signed} signed transactions, ${inherent} inherents and solutions of elections,
${authorised} authorised transactions that nobody signed, and ${events} events.${shortly}

What the library itself gets wrong, which the suite checks too: of transactions that nobody signed (answers, heartbeats) it computes another hash
than the node, and \`derive.tx.accountExtrinsics\` throws on a block that has one. \`derive.bagsList.listNodes\` never answers, on any chain.
${END}`;

const page = await readOr(PAGE, TITLE);
const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
const written = begin >= 0 && end > begin
	? page.slice(0, begin) + section + page.slice(end + END.length)
	: `${page.trimEnd()}\n\n${section}\n`;
await writeFile(PAGE, written);
console.log(`docs/benchmarks.md: the table of polkadot.js, ${all.steps} steps, ${failures ? 'with failures' : 'all passed'}`);
