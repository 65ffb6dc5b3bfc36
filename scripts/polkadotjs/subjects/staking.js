// Stakes: bonding, nominating, validating and unbonding, and every query of the apps' Staking page.

import { OPG } from '../chain.js';

async function run({ chain, step, cast }) {
	const { api } = chain;
	const { staking, utility } = api.tx;
	const { address } = cast.staker;
	const validator = cast.validator.address;
	const ledger = async () => (await api.query.staking.ledger(address)).unwrap();
	const held = async () => (await api.query.balances.holds(address))
		.filter(({ id }) => id.isStaking)
		.reduce((sum, { amount }) => sum + amount.toBigInt(), 0n);

	await step('a stake is bonded and held', async (check) => {
		const sent = await chain.send(staking.bond(1_000n * OPG, 'Staked'), cast.staker);
		check.equal(check.event(sent, 'staking.Bonded'), [address, 1_000n * OPG], 'what was bonded');
		check.equal((await ledger()).active, 1_000n * OPG, 'the stake');
		check.equal(await held(), 1_000n * OPG, 'what is held');
	});

	await step('more is bonded, paid to another account', async (check) => {
		const sent = await chain.send(utility.batchAll([
			staking.bondExtra(500n * OPG),
			staking.setPayee({ Account: cast.receiver.address }),
		]), cast.staker);
		check.event(sent, 'staking.Bonded');
		check.equal((await ledger()).active, 1_500n * OPG, 'the stake');
		check.equal((await api.query.staking.payee(address)).unwrap().asAccount, cast.receiver.address, 'who is paid');
	});

	await step('a validator is nominated', async (check) => {
		await chain.send(staking.nominate([validator]), cast.staker);
		const { targets } = (await api.query.staking.nominators(address)).unwrap();
		check.equal(targets, [validator], 'who is nominated');
		check.that((await api.query.voterList.listNodes(address)).isSome, 'the nominator stands in a bag');
		const { nominators, stakingLedger } = await api.derive.staking.account(address);
		check.equal(nominators, [validator], 'who is nominated as the page shows it');
		check.equal(stakingLedger.active, 1_500n * OPG, 'the stake as the page shows it');
	});

	await step('a nominator chills', async (check) => {
		check.equal(check.event(await chain.send(staking.chill(), cast.staker), 'staking.Chilled')[0], address, 'who chilled');
		check.that((await api.query.staking.nominators(address)).isNone, 'nobody is nominated');
	});

	await step('a part of the stake unbonds, and some of it returns', async (check) => {
		check.equal(check.event(await chain.send(staking.unbond(400n * OPG), cast.staker), 'staking.Unbonded'), [address, 400n * OPG], 'what unbonds');
		const [chunk] = (await ledger()).unlocking;
		check.equal(chunk.value, 400n * OPG, 'what is in the ledger');
		const era = (await api.query.staking.currentEra()).unwrap().toNumber();
		check.equal(chunk.era, era + api.consts.staking.bondingDuration.toNumber(), 'the era in which it is free');
		const { unlocking } = await api.derive.staking.account(address);
		check.equal(unlocking.map(({ value }) => value), [400n * OPG], 'what the page shows');
		check.that(unlocking[0].remainingEras.toNumber() > 0, 'it shows how many eras remain');
		await chain.send(staking.rebond(100n * OPG), cast.staker);
		check.equal((await ledger()).active, 1_200n * OPG, 'the stake after some of it was bonded again');
	});

	await step('a validator declares itself, with a commission', async (check) => {
		const sent = await chain.send(staking.validate({ commission: 50_000_000, blocked: false }), cast.staker);
		check.equal(check.event(sent, 'staking.ValidatorPrefsSet')[0], address, 'who declared itself');
		check.equal((await api.query.staking.validators(address)).commission, 50_000_000, 'the commission');
		// The page follows the chain by subscriptions, which may come after the block.
		const waits = async () => {
			const { waiting } = await api.derive.staking.waitingInfo({ withController: true, withPrefs: true });
			return waiting.some((who) => who.toString() === address);
		};
		check.that(await chain.until('the page to show that it waits for an election', waits), 'it waits for an election');
		await chain.send(staking.chill(), cast.staker);
		check.that(await chain.until('the page to show that it waits no more', async () => !(await waits())), 'it waits no more after it chilled');
	});

	await step('the page\'s overview shows the set of validators', async (check) => {
		const [overview, validators, stashes, elected, next] = await Promise.all([
			api.derive.staking.overview(),
			api.derive.staking.validators(),
			api.derive.staking.stashes(),
			api.derive.staking.electedInfo({ withClaimedRewardsEras: true, withController: true, withDestination: true, withExposure: true, withExposureMeta: true, withLedger: true, withNominations: true, withPrefs: true }),
			api.derive.staking.nextElected(),
		]);
		check.equal(overview.validators, [validator], 'who validates');
		check.equal(validators.validators, [validator], 'who validates, by another query');
		check.equal(overview.validatorCount, await api.query.staking.validatorCount(), 'how many can');
		check.that(stashes.some((who) => who.toString() === validator), 'the stashes hold the validator');
		check.equal(next, [validator], 'who is elected next');
		const [info] = elected.info;
		check.equal(info.accountId, validator, 'of whom it is told');
		check.that(info.stakingLedger.active.toBigInt() > 0n, 'it has a stake');
		check.that(info.exposureMeta.unwrap().total.toBigInt() > 0n, 'it is exposed');
	});

	await step('every query by era is answered', async (check) => {
		const era = (await api.query.staking.activeEra()).unwrap().index;
		const { derive } = api;
		const [points, exposure, prefs, slashes, own, ownSlash] = await Promise.all([
			derive.staking.currentPoints(),
			derive.staking.eraExposure(era),
			derive.staking.eraPrefs(era),
			derive.staking.eraSlashes(era),
			derive.staking.ownExposure(validator, era),
			derive.staking.ownSlash(validator, era),
		]);
		check.that(points.total.toNumber() > 0, 'points were earned');
		// Only who is nominated has a page; `eras` looks at that.
		check.equal(exposure.era, era, 'the era of the exposure');
		check.that(validator in prefs.validators, 'the validator has a commission');
		check.equal([slashes.validators, ownSlash.total], [{}, 0], 'what was slashed');
		check.that(own.exposureMeta.unwrap().own.toBigInt() > 0n, 'its own stake is exposed');
		for (const several of ['erasExposure', 'erasHistoric', 'erasPoints', 'erasPrefs', 'erasRewards', 'erasSlashes']) {
			check.that(Array.isArray(await derive.staking[several]()), `${several} is answered`);
		}
		for (const ofStaker of ['stakerExposure', 'stakerPoints', 'stakerPrefs', 'stakerRewards', 'stakerSlashes']) {
			check.that(Array.isArray(await derive.staking[ofStaker](validator)), `${ofStaker} is answered`);
		}
		const query = await derive.staking.query(validator, { withExposure: true, withLedger: true, withPrefs: true, withDestination: true });
		check.that(query.stakingLedger.total.toBigInt() > 0n, 'the ledger is told');
	});

	await step('bags are shown', async (check) => {
		const bags = await api.derive.bagsList.all();
		check.that(bags.length > 0, 'there is a bag');
		const { bag } = await api.derive.bagsList.get(bags[0].id);
		// Asked one by one: `derive.bagsList.listNodes` waits for ever, on any chain.
		const nodes = [];
		for (let next = bag.head; next.isSome; next = nodes.at(-1).next) nodes.push((await api.query.voterList.listNodes(next.unwrap())).unwrap());
		check.equal(nodes.at(-1).id, bag.tail.unwrap(), 'the last one in it');
		check.that((await api.query.voterList.counterForListNodes()).toNumber() > 0, 'they are counted');
	});

	await step('the runtime answers wallets about stakes', async (check) => {
		check.equal(await api.call.stakingApi.nominationsQuota(1_000n * OPG), 16, 'how many may be nominated');
		const era = (await api.query.staking.activeEra()).unwrap().index;
		check.that((await api.call.stakingApi.erasStakersPageCount(era, validator)).toNumber() >= 1, 'the exposure has a page');
	});
}

const cast = (accounts) => ({
	staker: accounts.make('staker'),
	receiver: accounts.make('staker paid'),
	validator: accounts.wellKnown('Alice'),
});

export default { name: 'staking', cast, run };
