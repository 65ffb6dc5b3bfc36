// Starts Charlie's validator a second time with the same keys: both author in one slot, and the chain punishes it.
import { awaitEvent, eventsOf, finalHeight, key, named, reasonOf, until } from "./chain.js";
import { answers, kill, network, startTwin } from "./nodes.js";
import { scenario } from "./scenario.js";

// Three of four validators are not a third: the fraction is (3 / 4)².
const FRACTION = 562_500_000;

await scenario("An equivocating validator is reported, disabled and to be slashed", async ({ api, check, measure }) => {
	const offender = (await key("//Charlie")).address;
	const from = (await finalHeight(api)) + 1;

	const twin = startTwin(network().charlie);
	let authored;
	let found;
	try {
		await until("the twin to answer", 120, () => answers(twin.url));
		authored = await awaitEvent(
			api,
			from,
			"the two blocks of one slot to be reported",
			// Wherever the two do not make the same block: at almost every slot of theirs.
			420,
			(event) => event.section === "offences" && event.method === "Offence" && event.data.kind.toUtf8() === "babe:equivocatio",
		);
		found = await awaitEvent(
			api,
			from,
			"an equivocation to be punished",
			// GRANDPA sees one only when the two vote differently.
			420,
			(event) => event.section === "staking" && event.method === "SlashReported" && event.data.validator.eq(offender),
		);
	} finally {
		await kill(twin.pid);
	}

	const events = await eventsOf(api, found.hash);
	const kinds = named(events, "offences", "Offence").map(({ data }) => data.kind.toUtf8());
	check("the offence of an equivocation is on chain", kinds.some((kind) => /equivoc/.test(kind)), kinds);
	const { fraction, slashEra } = found.event.data;
	check("by the share of validators who offended", fraction.eq(FRACTION), fraction);

	const then = await api.at(found.hash);
	const validators = (await then.query.session.validators()).map(String);
	const disabled = (await then.query.session.disabledValidators()).map(([index]) => validators[index.toNumber()]);
	check("the validator is disabled for the rest of the era", disabled.length === 1 && disabled[0] === offender, disabled);

	// Slashes wait so that governance can cancel them.
	const applies = slashEra.toNumber() + api.consts.staking.slashDeferDuration.toNumber() + 1;
	const pending = (await then.query.staking.unappliedSlashes(applies)).find(({ validator }) => validator.eq(offender));
	check("the slash waits for its era", pending, { era: applies });
	const { own } = (await then.query.staking.erasStakersOverview(slashEra, offender)).unwrap();
	const expected = (own.toBigInt() * BigInt(FRACTION)) / 1_000_000_000n;
	check("it is that fraction of what the validator had at stake", pending.own.toBigInt() === expected, pending.own);
	measure("reported first as", kinds.join(", "));
	measure("two blocks of one slot reported after blocks", authored.number - from);
	measure("offence in era", slashEra);
	measure("slash applies in era", applies);

	// BABE and GRANDPA each report, and every node; a report that fails costs nobody anything but the block its time.
	const refused = [];
	for (let number = from; number <= Math.max(found.number, authored.number); number += 1) {
		const events = await eventsOf(api, await api.rpc.chain.getBlockHash(number));
		for (const { data } of named(events, "system", "ExtrinsicFailed")) refused.push(reasonOf(api, data.dispatchError));
	}
	measure("reports refused until then", [...new Set(refused)].map((reason) => `${refused.filter((one) => one === reason).length} × ${reason}`).join(", ") || "none");

	const seen = await finalHeight(api);
	await until("finality to go on", 90, async () => (await finalHeight(api)) >= seen + 5);
	check("finality goes on", true);
});
