// Runs steps and keeps a record of each: what it is about, what it checked, how long it took, why it failed.

import { BN } from '@polkadot/util';
import { nameOf } from './chain.js';

// No step takes as long.
const LIMIT = 600_000;

// A check that did not hold.
export class Unmet extends Error {
	constructor(what) {
		super(what);
		this.name = 'Unmet';
	}
}

// Values of the chain as plain ones, so that two can be compared.
function plain(value) {
	if (value === undefined || value === null) return null;
	if (typeof value === 'bigint' || BN.isBN(value)) return value.toString();
	if (typeof value.toPrimitive === 'function') return plain(value.toPrimitive());
	if (typeof value.toJSON === 'function') return plain(value.toJSON());
	if (Array.isArray(value)) return value.map(plain);
	if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
	return typeof value === 'number' ? value.toString() : value;
}

function inTime(work) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Unmet(`the step ended within ${LIMIT / 1_000} s`)), LIMIT);
	});
	return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

// What a step checks; every check is counted.
class Checks {
	count = 0;

	that(holds, what) {
		this.count += 1;
		if (!holds) throw new Unmet(`it is not so that ${what}`);
	}

	equal(found, expected, what) {
		const [left, right] = [found, expected].map((value) => JSON.stringify(plain(value)));
		this.count += 1;
		if (left !== right) throw new Unmet(`${what} is ${left}, not ${right}`);
	}

	// The event of this name among those of a transaction.
	event({ events }, name) {
		const found = events.find((event) => nameOf(event) === name);
		this.count += 1;
		if (!found) throw new Unmet(`there is no event ${name} among ${events.map(nameOf).join(', ')}`);
		return found.data;
	}
}

export class Steps {
	records = [];

	// The steps of one subject, in order; after one that failed the rest of the subject is left out.
	async subject(name, run, context) {
		const step = (title, work) => this.#step(name, title, work);
		try {
			await run({ ...context, step });
		} catch (error) {
			if (!error.recorded) this.#keep({ subject: name, step: 'between steps', checks: 0, seconds: 0, error: String(error.stack) });
		}
	}

	async #step(subject, title, work) {
		const checks = new Checks();
		const started = performance.now();
		const record = () => ({ subject, step: title, checks: checks.count, seconds: Math.round(performance.now() - started) / 1000 });
		try {
			const value = await inTime(work(checks));
			if (checks.count === 0) throw new Unmet('the step checked nothing: that is a fault of the suite');
			this.#keep(record());
			return value;
		} catch (error) {
			this.#keep({ ...record(), error: error.message });
			error.recorded = true;
			throw error;
		}
	}

	#keep(record) {
		this.records.push(record);
		const time = record.seconds.toFixed(1).padStart(6);
		console.log(`${time} s  ${record.error ? 'FAILED' : 'passed'}  ${record.subject}: ${record.step}${record.error ? `: ${record.error}` : ''}`);
	}

	get failed() {
		return this.records.filter(({ error }) => error);
	}
}
