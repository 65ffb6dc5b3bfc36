// Kills one of four validators: the others go on and finalise; it comes back, catches up and authors.
import { ask, claimOf, finalHeight, key, sleep, until } from "./chain.js";
import { answers, kill, network, restart } from "./nodes.js";
import { scenario } from "./scenario.js";

const AWAY_SECONDS = 60;

await scenario("A validator is killed, finality goes on; it comes back and syncs", async ({ api, check, measure }) => {
	const { dave } = network();
	const { address } = await key("//Dave");
	const index = (await api.query.session.validators()).findIndex((who) => who.eq(address));
	const before = await finalHeight(api);
	await kill(dave.pid);
	check("the killed validator does not answer", (await answers(dave.url)) === null);
	await sleep(AWAY_SECONDS * 1_000);
	const without = (await finalHeight(api)) - before;
	check("finality goes on without it", without >= 8, { blocks: without });

	const started = Date.now();
	restart(dave);
	await until("it to answer again", 120, () => answers(dave.url));
	const target = await finalHeight(api);
	const head = await until("it to have what was final when it came back", 120, async () => {
		const hash = await ask(dave.url, "chain_getFinalizedHead");
		const header = await ask(dave.url, "chain_getHeader", [hash]);
		return Number(header.number) >= target && { hash, number: Number(header.number) };
	});
	measure("seconds from its start until it had caught up", Math.round((Date.now() - started) / 1_000));
	await until("the others to have its final block", 30, async () => (await finalHeight(api)) >= head.number);
	const ours = (await api.rpc.chain.getBlockHash(head.number)).toHex();
	check("it finalised the same block", ours === head.hash, head.number);

	let next = head.number + 1;
	const authored = await until("it to author a block", 120, async () => {
		for (const to = await finalHeight(api); next <= to; next += 1) {
			const header = await api.rpc.chain.getHeader(await api.rpc.chain.getBlockHash(next));
			if (claimOf(header).author === index) return next;
		}
		return null;
	});
	check("it authored a block that is final", true, authored);
});
