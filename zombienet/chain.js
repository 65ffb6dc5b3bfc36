// Speaks to the chain: connects to a node, sends transactions, reads blocks and what happened in them.
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";

// What scripts/network-tools.sh installed.
const require = createRequire(new URL("../.opg/zombienet/package.json", import.meta.url));
const { ApiPromise, Keyring, WsProvider } = require("@polkadot/api");
const { blake2AsHex, cryptoWaitReady } = require("@polkadot/util-crypto");
const { stringToU8a, u8aConcat, u8aToHex } = require("@polkadot/util");

export { blake2AsHex, sleep, stringToU8a, u8aConcat, u8aToHex };

/** Units of one OPG. */
export const OPG = 10n ** 12n;

/** Nothing answered, or nothing came true, in time. */
export class TimedOut extends Error {}

/** The chain took a transaction into a block and refused its call. */
export class Refused extends Error {
	constructor(reason) {
		super(`the chain refused it: ${reason}`);
		this.reason = reason;
	}
}

/** A transaction never came into a block. */
export class Lost extends Error {}

// Nodes that compile a new runtime answer nothing while they do.
const PATIENCE = 180_000;

/** The client of the node at `url`, once that answers. */
export async function connect(url, seconds = 60) {
	const api = new ApiPromise({ provider: new WsProvider(url, 1_000, {}, PATIENCE), noInitWarn: true });
	api.on("error", () => {});
	const late = sleep(seconds * 1_000, null, { ref: false }).then(async () => {
		if (!api.isConnected) await api.disconnect();
		throw new TimedOut(`${url} did not answer within ${seconds} s`);
	});
	await Promise.race([api.isReady, late]);
	return api;
}

/** One RPC call, without a client: for nodes that may be away. */
export async function ask(url, method, params = []) {
	const http = url.replace("ws:", "http:");
	const body = JSON.stringify({ id: 1, jsonrpc: "2.0", method, params });
	const headers = { "Content-Type": "application/json" };
	const signal = AbortSignal.timeout(10_000);
	const answer = await (await fetch(http, { method: "POST", headers, body, signal })).json();
	if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
	return answer.result;
}

/** Tries `probe` until it gives something, which is returned. A probe that fails is tried again as well. */
export async function until(what, seconds, probe, pause = 1_000) {
	const end = Date.now() + seconds * 1_000;
	let because = "";
	for (;;) {
		try {
			const found = await probe();
			if (found) return found;
			because = "";
		} catch (error) {
			because = `: ${error.message}`;
		}
		if (Date.now() > end) throw new TimedOut(`waited ${seconds} s in vain for ${what}${because}`);
		await sleep(pause);
	}
}

let ring;

/** The well-known key of a derivation such as `//Alice`. */
export async function key(derivation) {
	await cryptoWaitReady();
	ring ??= new Keyring({ type: "sr25519" });
	return ring.addFromUri(derivation);
}

/** The twelve accounts a test chain endows. */
export async function wellKnown() {
	const names = ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"];
	return Promise.all(names.flatMap((name) => [key(`//${name}`), key(`//${name}//stash`)]));
}

/** The account of one of the chain's own pots, by the eight letters of its name. */
export function potAccount(api, name) {
	const id = u8aConcat(stringToU8a("modl"), stringToU8a(name), new Uint8Array(20));
	return api.createType("AccountId", id).toString();
}

/** What a failed dispatch is called. */
export function reasonOf(api, error) {
	if (!error.isModule) return error.toString();
	const { section, name } = api.registry.findMetaError(error.asModule);
	return `${section}.${name}`;
}

/** Sends a call and waits until the block it is in is final: that block's hash, and the call's events. */
export async function send(api, who, call, seconds = 240) {
	const nonce = await api.rpc.system.accountNextIndex(who.address);
	let stop = () => {};
	const result = await new Promise((resolve, reject) => {
		const late = new TimedOut(`a transaction was not final after ${seconds} s`);
		const timer = setTimeout(() => reject(late), seconds * 1_000);
		call
			.signAndSend(who, { nonce }, (state) => {
				const { status } = state;
				if (!status.isFinalized && !state.isError) return;
				clearTimeout(timer);
				if (status.isFinalized) resolve(state);
				else reject(new Lost(`a transaction ended as ${status.type}`));
			})
			.then((unsubscribe) => (stop = unsubscribe), reject);
	}).finally(() => stop());
	const events = result.events.map(({ event }) => event);
	const failed = events.find(({ method, section }) => section === "system" && method === "ExtrinsicFailed");
	if (failed) throw new Refused(reasonOf(api, failed.data.dispatchError));
	return { block: result.status.asFinalized.toHex(), events };
}

/** The events of that name. */
export function named(events, section, method) {
	return events.filter((event) => event.section === section && event.method === method);
}

/** The events of a block. */
export async function eventsOf(api, hash) {
	const then = await api.at(hash);
	return (await then.query.system.events()).map(({ event }) => event);
}

/** The first event in blocks from `from` on that `wanted` accepts, with its block. Looks at final blocks only. */
export async function awaitEvent(api, from, what, seconds, wanted) {
	let next = from;
	return until(what, seconds, async () => {
		const head = await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead());
		while (next <= head.number.toNumber()) {
			const hash = await api.rpc.chain.getBlockHash(next);
			const event = (await eventsOf(api, hash)).find(wanted);
			if (event) return { event, number: next, hash: hash.toHex() };
			next += 1;
		}
		return null;
	});
}

/** A header's slot, and the index of who authored it, from BABE's digest. */
export function claimOf(header) {
	const log = header.digest.logs.find((log) => log.isPreRuntime && log.asPreRuntime[0].toString() === "BABE");
	const data = log.asPreRuntime[1].toU8a(true);
	const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
	return { author: view.getUint32(1, true), slot: Number(view.getBigUint64(5, true)) };
}

/** The number of the newest final block. */
export async function finalHeight(api) {
	const head = await api.rpc.chain.getFinalizedHead();
	return (await api.rpc.chain.getHeader(head)).number.toNumber();
}
