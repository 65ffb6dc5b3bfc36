// A numbered scenario: connects to the network, records what was checked and measured, and writes that down as JSON.
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { connect } from "./chain.js";
import { folder, network } from "./nodes.js";

/** Something is not as it must be. */
export class CheckFailed extends Error {}

/** The folder the results go to. */
export const results = join(folder, "results");

/** Numbers too large for JSON as text, the client's types as what they hold. */
function plain(value) {
	if (typeof value?.toBigInt === "function") return plain(value.toBigInt());
	if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
	if (Array.isArray(value)) return value.map(plain);
	if (typeof value?.toJSON === "function") return plain(value.toJSON());
	if (value !== null && typeof value === "object") {
		return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
	}
	return value;
}

/**
 * Runs the steps of the calling file against Alice's node. `act` gets `check(what, holds, found)`, which fails the scenario where it
 * does not hold, and `measure(name, value)`, for numbers that are only noted.
 */
export async function scenario(title, act) {
	const name = basename(process.argv[1], ".js");
	const started = Date.now();
	const record = { scenario: name, title, passed: false, checks: [], measured: {} };
	const check = (what, holds, found) => {
		const shown = plain(found);
		record.checks.push({ what, holds: Boolean(holds), found: shown });
		console.log(`    ${holds ? "so" : "NOT SO"}: ${what}${found === undefined ? "" : ` (${JSON.stringify(shown)})`}`);
		if (!holds) throw new CheckFailed(what);
	};
	const measure = (what, value) => {
		record.measured[what] = plain(value);
		console.log(`    ${what}: ${JSON.stringify(plain(value))}`);
	};
	try {
		const api = await connect(network().alice.url);
		await act({ api, check, measure });
		record.passed = true;
	} catch (error) {
		record.error = `${error.constructor.name}: ${error.message}`;
		console.error(`    ${record.error}`);
		if (!(error instanceof CheckFailed)) console.error(error.stack);
	}
	record.seconds = Math.round((Date.now() - started) / 1_000);
	mkdirSync(results, { recursive: true });
	writeFileSync(join(results, `${name}.json`), `${JSON.stringify(record, null, "\t")}\n`);
	// Connections that try to come back would keep the process.
	process.exit(record.passed ? 0 : 1);
}
