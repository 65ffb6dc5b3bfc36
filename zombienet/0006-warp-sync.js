// Starts a full node with nothing but the chain's specification: it proves finality to itself, fetches the state and follows.
import { ask, finalHeight, until } from "./chain.js";
import { answers, kill, logOf, network, startFresh } from "./nodes.js";
import { scenario } from "./scenario.js";

await scenario("A fresh full node warp-syncs", async ({ api, check, measure }) => {
	const started = Date.now();
	const target = await finalHeight(api);
	const fresh = startFresh("fresh", network().bob, ["--sync", "warp"]);
	try {
		await until("the node to answer", 120, () => answers(fresh.url));
		const head = await until("it to reach the head", 200, async () => {
			const header = await ask(fresh.url, "chain_getHeader", [await ask(fresh.url, "chain_getFinalizedHead")]);
			const number = Number(header.number);
			return number >= target && { number, hash: await ask(fresh.url, "chain_getBlockHash", [number]) };
		});
		measure("blocks of the chain", target);
		measure("seconds from its start to the head", Math.round((Date.now() - started) / 1_000));
		const log = logOf("fresh");
		check("by a proof of finality", /Warp sync is complete/.test(log));
		check("with the state fetched, not computed", /State sync is complete/.test(log));
		await until("the others to have its final block", 30, async () => (await finalHeight(api)) >= head.number);
		const hash = await api.rpc.chain.getBlockHash(head.number);
		check("to the same block", hash.toHex() === head.hash, head.number);
		const theirs = await ask(fresh.url, "state_getStorage", [api.query.balances.totalIssuance.key(), head.hash]);
		const ours = (await api.rpc.state.getStorage(api.query.balances.totalIssuance.key(), head.hash)).toString();
		check("and the same state", BigInt(theirs) === BigInt(ours));
	} finally {
		await kill(fresh.pid);
	}
});
