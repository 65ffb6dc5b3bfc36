// What takes eras: rewards are paid from the pot and never minted, stakes and pools are left, history is shown.

import { OPG } from '../chain.js';

async function run({ chain, step, cast }) {
	const { api } = chain;
	const { nominationPools, staking, utility } = api.tx;
	const validator = cast.validator.address;
	const activeEra = async () => (await api.query.staking.activeEra()).unwrap().index.toNumber();
	const length = api.consts.babe.epochDuration.toNumber() * api.consts.staking.sessionsPerEra.toNumber() * 3_000;
	const reach = (era) => chain.until(`era ${era}`, async () => (await activeEra()) >= era, (Math.max(0, era) + 3) * length + 120_000);
	const issuance = async () => (await api.query.balances.totalIssuance()).toBigInt();

	const start = await step('somebody nominates and somebody unbonds at once', async (check) => {
		const sent = await chain.send(utility.batchAll([staking.bond(50_000n * OPG, 'Staked'), staking.nominate([validator])]), cast.nominator);
		check.event(sent, 'staking.Bonded');
		await chain.send(staking.bond(100n * OPG, 'Stash'), cast.leaver);
		check.event(await chain.send(staking.unbond(100n * OPG), cast.leaver), 'staking.Unbonded');
		const pool = await chain.send(nominationPools.create(300n * OPG, cast.founder.address, cast.founder.address, cast.founder.address), cast.founder);
		const [, id] = check.event(pool, 'nominationPools.Created');
		await chain.send(nominationPools.nominate(id, [validator]), cast.founder);
		await chain.send(nominationPools.join(40n * OPG, id), cast.member);
		check.event(await chain.send(nominationPools.unbond(cast.member.address, 40n * OPG), cast.member), 'nominationPools.Unbonded');
		return { era: await activeEra(), pool: id };
	});

	const rewarded = await step('eras pass, and each pays what it earned into the pot', async (check) => {
		const from = await chain.best();
		await reach(start.era + 3);
		const { event } = await chain.event('staking.EraPaid', from, ([era]) => era.toNumber() >= start.era + 2, 4 * length);
		const [era, paid, rest] = event.data;
		check.that(paid.toBigInt() > 0n, 'the era paid');
		check.equal(rest, 0, 'what was left over, which would be minted');
		check.equal((await api.query.staking.erasValidatorReward(era)).unwrap(), paid, 'what can be claimed');
		return era;
	});

	await step('the nominator\'s stake counts', async (check) => {
		const { exposureMeta, exposurePaged } = await api.derive.staking.ownExposure(validator, rewarded);
		check.that(exposureMeta.unwrap().nominatorCount.toNumber() >= 2, 'nominator and pool are counted');
		const page = exposurePaged.unwrap();
		check.that(page.others.some(({ who }) => who.eq(cast.nominator.address)), 'the nominator is on the validator\'s page');
	});

	await step('a payout is claimed for validator and nominators, and mints nothing', async (check) => {
		const [before, staked] = [await issuance(), (await api.query.staking.ledger(cast.nominator.address)).unwrap().active.toBigInt()];
		const sent = await chain.send(staking.payoutStakersByPage(validator, rewarded, 0), cast.member);
		check.event(sent, 'staking.PayoutStarted');
		const rewards = sent.events.filter((event) => event.section === 'staking' && event.method === 'Rewarded');
		check.that(rewards.length >= 2, 'validator and nominators are rewarded');
		const after = (await api.query.staking.ledger(cast.nominator.address)).unwrap().active.toBigInt();
		check.that(after > staked, 'the nominator\'s stake grew by its reward');
		check.that((await issuance()) <= before, 'the issuance did not grow');
		check.equal(await api.query.staking.claimedRewards(rewarded, validator), [0], 'the pages that are claimed');
		check.equal(await chain.refusal(staking.payoutStakersByPage(validator, rewarded, 0), cast.member), 'staking.AlreadyClaimed', 'the refusal of a second claim');
	});

	await step('the pool\'s founder claims its part of the reward', async (check) => {
		const pending = (await api.call.nominationPoolsApi.pendingRewards(cast.founder.address)).toBigInt();
		check.that(pending > 0n, 'there is something to claim');
		const sent = await chain.send(nominationPools.claimPayout(), cast.founder);
		check.equal(check.event(sent, 'nominationPools.PaidOut')[2], pending, 'what was paid');
	});

	await step('rewards and eras past are shown', async (check) => {
		const rewards = await api.derive.staking.stakerRewards(validator);
		check.that(Array.isArray(rewards), 'rewards are told');
		const points = await api.derive.staking.stakerPoints(validator);
		check.that(points.some(({ points: earned }) => earned.toNumber() > 0), 'points of past eras are told');
		for (const several of ['erasExposure', 'erasPoints', 'erasPrefs', 'erasRewards', 'erasSlashes']) {
			check.that((await api.derive.staking[several]()).length > 0, `${several} tells of past eras`);
		}
		const erasRewards = await api.derive.staking.erasRewards();
		check.that(erasRewards.some(({ era, eraReward }) => era.eq(rewarded) && eraReward.toBigInt() > 0n), 'the era\'s reward is told');
	});

	await step('stakes that unbonded are taken home', async (check) => {
		await reach(start.era + 1 + api.consts.staking.bondingDuration.toNumber());
		check.event(await chain.send(staking.withdrawUnbonded(0), cast.leaver), 'staking.Withdrawn');
		check.that((await api.query.staking.ledger(cast.leaver.address)).isNone, 'nothing is staked');
		check.equal((await api.query.balances.holds(cast.leaver.address)).length, 0, 'what is held');
	});

	await step('what left the pool is taken home', async (check) => {
		const sent = await chain.send(nominationPools.withdrawUnbonded(cast.member.address, 0), cast.member);
		check.event(sent, 'nominationPools.Withdrawn');
		check.that((await api.query.nominationPools.poolMembers(cast.member.address)).isNone, 'nobody is a member');
		check.equal((await api.query.balances.holds(cast.member.address)).length, 0, 'what is held');
	});
}

const cast = (accounts) => ({
	validator: accounts.wellKnown('Alice'),
	nominator: accounts.wellKnown('Bob'),
	leaver: accounts.make('leaver'),
	founder: accounts.make('pool founder'),
	member: accounts.make('pool member'),
});

export default { name: 'eras', cast, run };
