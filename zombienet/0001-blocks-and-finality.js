// Watches blocks and finality for a minute: everybody authors, finality follows, all nodes agree.
import { claimOf, connect, sleep } from "./chain.js";
import { network } from "./nodes.js";
import { scenario } from "./scenario.js";

const SECONDS = 60;
const SLOT = 3_000;

await scenario("Four validators make blocks in turn; five nodes agree on which are final", async ({ api, check, measure }) => {
	const seen = new Map();
	const lags = [];
	const heads = await api.rpc.chain.subscribeNewHeads((head) => seen.set(head.hash.toHex(), Date.now()));
	const finals = await api.rpc.chain.subscribeFinalizedHeads((head) => {
		const at = seen.get(head.hash.toHex());
		if (at) lags.push(Date.now() - at);
	});
	const first = await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead());
	await sleep(SECONDS * 1_000);
	heads();
	finals();

	const last = await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead());
	const blocks = last.number.toNumber() - first.number.toNumber();
	check("finality went on", blocks >= 8, { from: first.number, to: last.number });

	const claims = [];
	for (let number = first.number.toNumber() + 1; number <= last.number.toNumber(); number += 1) {
		const hash = await api.rpc.chain.getBlockHash(number);
		const claim = claimOf(await api.rpc.chain.getHeader(hash));
		const moment = (await (await api.at(hash)).query.timestamp.now()).toNumber();
		claims.push({ ...claim, moment });
	}
	const authors = new Set(claims.map(({ author }) => author));
	check("all four validators authored", authors.size === 4, [...authors].sort());
	const own = claims.every(({ moment, slot }) => Math.floor(moment / SLOT) === slot);
	check("every block bears a time in its slot of 3 s", own);
	const slots = claims.at(-1).slot - claimOf(first).slot;
	measure("blocks", blocks);
	measure("slots", slots);
	lags.sort((a, b) => a - b);
	measure("median seconds from seeing a block to its being final", lags[Math.floor(lags.length / 2)] / 1_000);

	for (const node of Object.values(network())) {
		const other = await connect(node.url);
		const hash = await other.rpc.chain.getBlockHash(first.number.toNumber());
		check(`${node.name} has the same final block ${first.number}`, hash.eq(first.hash));
		await other.disconnect();
	}
});
