// A nominator bonds and nominates: from the next era that is planned its stake stands behind the validator.
import { key, named, OPG, send, until } from "./chain.js";
import { scenario } from "./scenario.js";

const STAKE = 500_000n * OPG;

await scenario("A nominator's stake counts in the exposure of the next era", async ({ api, check, measure }) => {
	const nominator = await key("//Alice//stash");
	const validator = (await key("//Alice")).address;
	const { staking } = api.query;
	const { block, events } = await send(
		api,
		nominator,
		api.tx.utility.batchAll([api.tx.staking.bond(STAKE, "Stash"), api.tx.staking.nominate([validator])]),
	);
	check("the stake is bonded", named(events, "staking", "Bonded")[0]?.data.amount.toBigInt() === STAKE, STAKE);

	// Votes that come when an election has begun count in the one after it.
	const then = await api.at(block);
	const planned = (await then.query.staking.currentEra()).unwrap().toNumber();
	const phase = await then.query.electionProviderMultiPhase.currentPhase();
	const era = planned + (phase.isOff ? 1 : 2);
	measure("era in which it was nominated", (await then.query.staking.activeEra()).unwrap().index);

	const overview = await until(`era ${era} to be planned`, 840, async () => {
		const found = await staking.erasStakersOverview(era, validator);
		return found.isSome && found.unwrap();
	});
	const own = (await staking.ledger(validator)).unwrap().active.toBigInt();
	const page = (await staking.erasStakersPaged(era, validator, 0)).unwrap();
	const exposed = page.others.find(({ who }) => who.eq(nominator.address));
	check(`the validator's exposure in era ${era} names the nominator`, exposed, { era, nominators: overview.nominatorCount });
	// Elections count in votes of 64 bits, so that the last few units are lost.
	const isAbout = (exposed, staked) => staked >= exposed && staked - exposed < OPG / 1_000n;
	check("with all of its stake", isAbout(exposed.value.toBigInt(), STAKE), exposed.value);
	check("beside the validator's own", isAbout(overview.own.toBigInt(), own), overview.own);
	check("and the exposure is both", overview.total.toBigInt() === overview.own.toBigInt() + exposed.value.toBigInt(), overview.total);
});
