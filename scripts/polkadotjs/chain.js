// The chain through polkadot.js: connecting, sending transactions, waiting, and what is said when one of these fails.

import { ApiPromise, WsProvider } from '@polkadot/api';

// Blocks of three seconds: what a transaction or an event of ours may take on a busy machine.
const PATIENCE = 120_000;

// A call that the chain took into a block and refused.
export class Refused extends Error {
	constructor(what, name, docs) {
		super(`the chain refused ${what}: ${name}${docs ? ` (${docs})` : ''}`);
		this.name = 'Refused';
		this.error = name;
	}
}

// A call that no block took.
export class NotIncluded extends Error {
	constructor(what, why) {
		super(`no block took ${what}: ${why}; send it again`);
		this.name = 'NotIncluded';
	}
}

// Something that did not come about in time.
export class TooLate extends Error {
	constructor(what, milliseconds) {
		super(`waited ${milliseconds / 1000} s in vain for ${what}: see the node's log`);
		this.name = 'TooLate';
	}
}

// Says what the API warns about while it connects, which is where unknown types and extensions show.
async function withWarnings(work) {
	const warnings = [];
	const { warn, error } = console;
	const note = (...parts) => warnings.push(parts.map(String).join(' '));
	console.warn = note;
	console.error = note;
	try {
		return { value: await work(), warnings };
	} finally {
		console.warn = warn;
		console.error = error;
	}
}

// "pallet.Name" of a dispatch error, and its documentation.
function named(api, error) {
	if (error.isModule) {
		const { section, name, docs } = api.registry.findMetaError(error.asModule);
		return [`${section}.${name}`, docs.join(' ').trim()];
	}
	if (error.isToken) return [`token.${error.asToken.type}`, ''];
	if (error.isArithmetic) return [`arithmetic.${error.asArithmetic.type}`, ''];
	return [error.type, ''];
}

export class Chain {
	constructor(api, provider, warnings) {
		this.api = api;
		this.provider = provider;
		this.warnings = warnings;
	}

	static async connect(url) {
		const provider = new WsProvider(url);
		const { value, warnings } = await withWarnings(() => ApiPromise.create({ provider, throwOnConnect: true }));
		return new Chain(value, provider, warnings);
	}

	disconnect() {
		return this.api.disconnect();
	}

	// Calls a method the API has no name for.
	call(method, ...params) {
		return this.provider.send(method, params);
	}

	// Sends a call and waits until the best chain has it; answers its block and its events, and throws if it failed.
	async send(call, signer) {
		const what = `${call.method.section}.${call.method.method}`;
		const result = await this.#included(call, signer, what);
		if (result.dispatchError) throw new Refused(what, ...named(this.api, result.dispatchError));
		return { block: result.status.asInBlock.toHex(), events: result.events.map(({ event }) => event) };
	}

	// Sends a call that the chain must refuse; answers the error's name.
	async refusal(call, signer) {
		try {
			await this.send(call, signer);
		} catch (error) {
			if (error instanceof Refused) return error.error;
			throw error;
		}
		return 'nothing: it was not refused';
	}

	#included(call, signer, what) {
		return new Promise((resolve, reject) => {
			let stop = () => {};
			const end = (act, value) => {
				clearTimeout(timer);
				stop();
				act(value);
			};
			const timer = setTimeout(() => end(reject, new TooLate(`a block with ${what}`, PATIENCE)), PATIENCE);
			call.signAndSend(signer, { nonce: -1 }, (result) => {
				if (result.status.isInBlock) end(resolve, result);
				else if (result.isError) end(reject, new NotIncluded(what, result.status.type));
			}).then(
				(unsubscribe) => { stop = unsubscribe; },
				(error) => end(reject, new NotIncluded(what, error.message)),
			);
		});
	}

	// What `look` finds, tried at each new block until it is neither undefined nor false.
	async until(what, look, patience = PATIENCE) {
		const started = Date.now();
		for (;;) {
			const found = await look();
			if (found !== undefined && found !== false) return found;
			if (Date.now() - started > patience) throw new TooLate(what, patience);
			await new Promise((resolve) => setTimeout(resolve, 1_000));
		}
	}

	// The first event of this name for which `fits` holds, in the blocks from `from` on; waits for it.
	async event(name, from, fits = () => true, patience = PATIENCE) {
		let next = from;
		return this.until(`an event ${name}`, async () => {
			const best = (await this.api.rpc.chain.getHeader()).number.toNumber();
			for (; next <= best; next += 1) {
				const found = (await this.eventsOf(next)).find((event) => nameOf(event) === name && fits(event.data));
				if (found) return { event: found, number: next };
			}
		}, patience);
	}

	async eventsOf(number) {
		const hash = await this.api.rpc.chain.getBlockHash(number);
		const records = await (await this.api.at(hash)).query.system.events();
		return records.map(({ event }) => event);
	}

	async best() {
		return (await this.api.rpc.chain.getHeader()).number.toNumber();
	}
}

export const nameOf = (event) => `${event.section}.${event.method}`;

export const OPG = 1_000_000_000_000n;
