// Nomination pools: founding, joining, paying out and leaving one, with what the Pools page asks.

import { OPG } from '../chain.js';

async function run({ chain, step, cast }) {
	const { api } = chain;
	const { balances, nominationPools } = api.tx;
	const ask = api.call.nominationPoolsApi;
	const owner = cast.founder.address;

	const pool = await step('a pool is founded', async (check) => {
		const sent = await chain.send(nominationPools.create(200n * OPG, owner, owner, owner), cast.founder);
		const [depositor, id] = check.event(sent, 'nominationPools.Created');
		check.equal(depositor, owner, 'the founder');
		check.event(sent, 'nominationPools.Bonded');
		const bonded = (await api.query.nominationPools.bondedPools(id)).unwrap();
		check.equal([bonded.state.type, bonded.points], ['Open', 200n * OPG], 'the pool');
		check.that((await api.query.nominationPools.lastPoolId()).gte(id), 'it is counted');
		return id;
	});

	await step('it gets a name and nominates', async (check) => {
		const named = await chain.send(nominationPools.setMetadata(pool, 'Polka pool'), cast.founder);
		check.that(named.events.length > 0, 'the name was taken');
		check.equal((await api.query.nominationPools.metadata(pool)).toUtf8(), 'Polka pool', 'the name');
		await chain.send(nominationPools.nominate(pool, [cast.validator.address]), cast.founder);
		const [stash] = await ask.poolAccounts(pool);
		const { targets } = (await api.query.staking.nominators(stash)).unwrap();
		check.equal(targets, [cast.validator.address], 'whom the pool nominates');
	});

	await step('a member joins, and what it gave is held in its own account', async (check) => {
		const sent = await chain.send(nominationPools.join(50n * OPG, pool), cast.member);
		check.equal(check.event(sent, 'nominationPools.Bonded'), [cast.member.address, pool, 50n * OPG, true], 'what was bonded');
		const member = (await api.query.nominationPools.poolMembers(cast.member.address)).unwrap();
		check.equal([member.poolId, member.points], [pool, 50n * OPG], 'the member');
		check.equal(await ask.memberTotalBalance(cast.member.address), 50n * OPG, 'what the member has in it');
		check.equal(await ask.poolBalance(pool), 250n * OPG, 'what the pool has');
		const holds = await api.query.balances.holds(cast.member.address);
		check.equal(holds.map(({ id, amount }) => [id.type, amount]), [['DelegatedStaking', 50n * OPG]], 'what is held');
	});

	await step('who stakes alone joins no pool', async (check) => {
		check.equal(await chain.refusal(nominationPools.join(5n * OPG, pool), cast.validator), 'nominationPools.Restricted', 'the refusal');
	});

	await step('what the pool earned is claimed', async (check) => {
		const [, rewards] = await ask.poolAccounts(pool);
		await chain.send(balances.transferKeepAlive(rewards, 25n * OPG), cast.founder);
		const pending = await ask.pendingRewards(cast.member.address);
		check.equal(pending, 5n * OPG, 'what the member may claim, a fifth');
		const sent = await chain.send(nominationPools.claimPayout(), cast.member);
		check.equal(check.event(sent, 'nominationPools.PaidOut'), [cast.member.address, pool, 5n * OPG], 'what was paid');
		check.equal(await ask.pendingRewards(cast.member.address), 0, 'what is left to claim');
	});

	await step('more is bonded from rewards and from free balance', async (check) => {
		const sent = await chain.send(nominationPools.bondExtra({ FreeBalance: 10n * OPG }), cast.member);
		check.event(sent, 'nominationPools.Bonded');
		check.event(await chain.send(nominationPools.bondExtra('Rewards'), cast.founder), 'nominationPools.PaidOut');
		check.equal(await ask.memberTotalBalance(cast.member.address), 60n * OPG, 'what the member has in it');
	});

	await step('a member leaves', async (check) => {
		const { address } = cast.member;
		const sent = await chain.send(nominationPools.unbond(address, 60n * OPG), cast.member);
		check.equal(check.event(sent, 'nominationPools.Unbonded')[0], address, 'who unbonds');
		const member = (await api.query.nominationPools.poolMembers(address)).unwrap();
		check.equal(member.points, 0, 'its points');
		check.equal([...member.unbondingEras.values()], [60n * OPG], 'what unbonds');
		check.that((await api.query.nominationPools.subPoolsStorage(pool)).isSome, 'the pool keeps it by eras');
	});

	await step('the page\'s other queries are answered', async (check) => {
		const { query } = api;
		for (const item of ['minCreateBond', 'minJoinBond']) check.that((await query.nominationPools[item]()).toBigInt() > 0n, `${item} is set`);
		check.that((await query.nominationPools.rewardPools(pool)).isSome, 'its rewards are kept');
		check.that((await query.nominationPools.reversePoolIdLookup((await ask.poolAccounts(pool))[0])).isSome, 'it is found by its account');
		check.equal(await query.nominationPools.counterForBondedPools(), (await query.nominationPools.bondedPools.keys()).length, 'how many there are');
		check.equal(await ask.poolNeedsDelegateMigration(pool), false, 'whether it is of an old kind');
		check.equal(await ask.poolPendingSlash(pool), 0, 'what is still to be slashed');
	});
}

const cast = (accounts) => ({
	founder: accounts.make('founder'),
	member: accounts.make('member'),
	validator: accounts.wellKnown('Alice'),
});

export default { name: 'pools', cast, run };
