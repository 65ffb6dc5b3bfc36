// Three eras end, their rewards are claimed from the pot, and every change of the issuance since the genesis is accounted for.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect, eventsOf, finalHeight, key, named, OPG, potAccount, send, until } from "./chain.js";
import { network } from "./nodes.js";
import { results, scenario } from "./scenario.js";

const ERAS = [0, 1, 2];
const SUPPLY = 1_000_000_000n * OPG;
// Blocks asked about at once.
const BATCH = 16;

const BURNS = ["Burned", "BurnedDebt", "BurnedHeld", "Rescinded"];
const MINTS = ["Minted", "MintedCredit", "Issued", "TotalIssuanceForced"];

/** What burnt in a block by what it says was done, and by what the balances say. */
function burnt(events) {
	const causes = {};
	let gone = 0n;
	for (const { section, method, data } of events) {
		const because = (cause, amount) => (causes[cause] = (causes[cause] ?? 0n) + amount.toBigInt());
		if (section === "economics" && method === "FeesBurnt") because("share of fees", data.amount);
		if (section === "staking" && method === "Slashed") because("slashed stake", data.amount);
		if (section === "delegatedStaking" && method === "Slashed") because("slashed stake of pools", data.amount);
		if (section === "nodes" && method === "Punished") because("slashed bond", data.amount);
		if (section === "balances" && BURNS.includes(method)) gone += data.amount.toBigInt();
	}
	return { causes, gone, caused: Object.values(causes).reduce((sum, amount) => sum + amount, 0n) };
}

/** The slash that scenario 3 left behind, if it ran. */
function pendingSlash() {
	try {
		return JSON.parse(readFileSync(join(results, "0003-equivocation.json"), "utf8")).measured["slash applies in era"] ?? 0;
	} catch {
		return 0;
	}
}

await scenario("Eras rotate, validators are paid from the pot, issuance only falls", async ({ api, check, measure }) => {
	const { staking } = api.query;
	const wanted = Math.max(ERAS.at(-1) + 1, pendingSlash());
	const active = await until(`era ${wanted} to run`, 1_500, async () => {
		const index = (await (await api.at(await api.rpc.chain.getFinalizedHead())).query.staking.activeEra()).unwrap().index.toNumber();
		return index >= wanted && index;
	}, 3_000);
	check("eras rotate", true, { active });

	const pot = potAccount(api, "opg/rewd");
	const payer = await key("//Ferdie");
	const nominator = (await key("//Alice//stash")).address;
	let nominated = 0n;
	const paid = {};
	for (const era of ERAS) {
		const promised = (await staking.erasValidatorReward(era)).unwrapOrDefault().toBigInt();
		check(`era ${era} has a reward`, promised > 0n, promised);
		const earned = [...(await staking.erasRewardPoints(era)).individual.keys()].map(String);
		const payouts = earned.map((validator) => api.tx.staking.payoutStakers(validator, era));
		const { block, events } = await send(api, payer, api.tx.utility.batchAll(payouts));
		const rewards = named(events, "staking", "Rewarded");
		const sum = rewards.reduce((sum, { data }) => sum + data.amount.toBigInt(), 0n);
		nominated += rewards.filter(({ data }) => data.stash.eq(nominator)).reduce((sum, { data }) => sum + data.amount.toBigInt(), 0n);
		check(`era ${era} is paid to all who earned in it`, named(events, "staking", "PayoutStarted").length === earned.length, earned.length);
		// Each payment is rounded to the nearest unit, and before that two parts of it, in billionths, are rounded down.
		const payments = BigInt(rewards.length + earned.length);
		const least = promised - payments - (promised * 2n * payments) / 1_000_000_000n;
		check(`era ${era} pays what was promised, but for rounding`, sum > 0n && sum <= promised + payments && sum >= least, sum);

		const at = async (hash) => (await (await api.at(hash)).query.system.account(pot)).data.free.toBigInt();
		const header = await api.rpc.chain.getHeader(block);
		const collected = named(await eventsOf(api, block), "economics", "RewardPromised").length;
		check(`era ${era} is paid from the pot for rewards`, collected > 0 || (await at(header.parentHash)) - (await at(block)) === sum);
		paid[era] = sum;
	}
	measure("paid in units of 10⁻¹² OPG", paid);
	check("the nominator was paid", nominated > 0n, nominated);

	// The full node keeps the states of all blocks.
	const archive = await connect(network().eve.url);
	const height = await finalHeight(archive);
	const numbers = Array.from({ length: height }, (_, index) => index + 1);
	const read = async (number) => {
		const hash = await archive.rpc.chain.getBlockHash(number);
		const issuance = (await (await archive.at(hash)).query.balances.totalIssuance()).toBigInt();
		return { number, issuance, events: number === 0 ? [] : await eventsOf(archive, hash) };
	};
	let last = (await read(0)).issuance;
	check("the genesis issued the supply", last === SUPPLY, last);
	const falls = [];
	const minted = [];
	let unexplained = 0;
	while (numbers.length > 0) {
		for (const { number, issuance, events } of await Promise.all(numbers.splice(0, BATCH).map(read))) {
			const { causes, gone, caused } = burnt(events);
			const mints = events.filter(({ section, method }) => section === "balances" && MINTS.includes(method));
			if (mints.length > 0 || issuance > last) minted.push({ number, issuance, mints: mints.map(({ method }) => method) });
			if (last - issuance !== gone || gone !== caused) {
				unexplained += 1;
				falls.push({ block: number, fell: last - issuance, gone, causes, unexplained: true });
			} else if (gone > 0n) {
				falls.push({ block: number, fell: gone, causes });
			}
			last = issuance;
		}
	}
	measure("falls of the issuance", falls);
	check("nothing was ever minted", minted.length === 0, minted);
	check("every fall is a burn, and every burn has its cause", unexplained === 0, { blocks: height, falls: falls.length });
	const kinds = [...new Set(falls.flatMap(({ causes }) => Object.keys(causes)))].sort();
	check("fees and slashes both burnt", kinds.includes("share of fees") && kinds.includes("slashed stake"), kinds);
	measure("burnt in units of 10⁻¹² OPG", SUPPLY - last);
});
