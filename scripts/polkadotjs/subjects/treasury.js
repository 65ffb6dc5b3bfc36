// The treasury: a spend and a bounty that a referendum approves, a payout, and the pages that show them.

import { stringToU8a, u8aConcat } from '@polkadot/util';
import { OPG } from '../chain.js';

const VOTERS = ['Charlie//stash', 'Dave//stash', 'Eve//stash'];
const STAKE = 800_000n * OPG;
const TRACK = 32;
const PATIENCE = 240_000;

async function run({ chain, step, cast }) {
	const { api } = chain;
	const { balances, bounties, convictionVoting, referenda, treasury, utility } = api.tx;
	const pot = u8aConcat(stringToU8a('modl'), api.consts.treasury.palletId.toU8a(), new Uint8Array(20));

	const bounty = await step('the pot is where the page looks for it, and a bounty is proposed and shown', async (check) => {
		const before = (await api.query.system.account(pot)).data.free.toBigInt();
		const calls = [balances.transferKeepAlive(pot, 300n * OPG), bounties.proposeBounty(50n * OPG, 'A guide for wallets')];
		const sent = await chain.send(utility.batchAll(calls), cast.proposer);
		// Fees of others flow there too.
		check.that((await api.query.system.account(pot)).data.free.toBigInt() >= before + 300n * OPG, 'what was sent there is there');
		const [index] = check.event(sent, 'bounties.BountyProposed');
		const shown = (await api.derive.bounties.bounties()).find((one) => one.index.eq(index));
		check.equal(shown?.description, 'A guide for wallets', 'what the page shows');
		check.that(shown.bounty.status.isProposed, 'it is proposed');
		return index;
	});

	const spend = treasury.spend(null, 100n * OPG, cast.beneficiary.address, null);
	const { referendum, submitted } = await step('a referendum proposes to spend, in the call itself', async (check) => {
		const call = utility.batchAll([spend, bounties.approveBounty(bounty)]).method;
		const sent = await chain.send(referenda.submit({ Origins: 'SmallSpender' }, { Inline: call.toHex() }, { After: 1 }), cast.proposer);
		const [index, track] = check.event(sent, 'referenda.Submitted');
		check.equal(track, TRACK, 'the track');
		return { referendum: index, submitted: await chain.best() };
	});

	await step('its deposit is placed, and votes of all kinds are taken', async (check) => {
		const standard = (balance, conviction) => ({ Standard: { vote: { aye: true, conviction }, balance } });
		const votes = [standard(STAKE, 'None'), standard(STAKE, 'Locked3x'), { SplitAbstain: { aye: STAKE, nay: 0, abstain: OPG } }];
		const placed = chain.send(referenda.placeDecisionDeposit(referendum), cast.sponsor);
		const sent = await Promise.all(cast.voters.map((voter, number) => chain.send(convictionVoting.vote(referendum, votes[number]), voter)));
		sent.forEach((one) => check.event(one, 'convictionVoting.Voted'));
		check.event(await placed, 'referenda.DecisionDepositPlaced');
		const { tally } = (await api.query.referenda.referendumInfoFor(referendum)).unwrap().asOngoing;
		check.equal(tally.ayes, STAKE / 10n + 3n * STAKE + STAKE / 10n, 'the votes in favour, by conviction');
		check.equal(tally.support, 3n * STAKE + OPG, 'the support, abstentions included');
	});

	await step('who changes its mind takes its vote back', async (check) => {
		const vote = { Standard: { vote: { aye: false, conviction: 'None' }, balance: 100n * OPG } };
		await chain.send(convictionVoting.vote(referendum, vote), cast.undecided);
		const sent = await chain.send(convictionVoting.removeVote(TRACK, referendum), cast.undecided);
		check.event(sent, 'convictionVoting.VoteRemoved');
		const { votes } = (await api.query.convictionVoting.votingFor(cast.undecided.address, TRACK)).asCasting;
		check.equal(votes.length, 0, 'how many votes are kept');
		check.event(await chain.send(convictionVoting.unlock(TRACK, cast.undecided.address), cast.undecided), 'convictionVoting.VoteUnlocked');
	});

	const { index: paid } = await step('what was approved is approved in the treasury', async (check) => {
		const { event } = await chain.event('treasury.AssetSpendApproved', submitted, ([, , , to]) => to.eq(cast.beneficiary.address), PATIENCE);
		const [index, , amount] = event.data;
		check.equal(amount, 100n * OPG, 'the amount');
		check.that((await api.query.treasury.spends(index)).unwrap().status.isPending, 'it can be claimed');
		check.that((await api.query.bounties.bounties(bounty)).unwrap().status.isApproved, 'the bounty is approved');
		check.that((await api.query.bounties.bountyApprovals()).some((one) => one.eq(bounty)), 'the bounty waits for its money');
		return { index };
	});

	await step('anybody has the spend paid out', async (check) => {
		const before = (await api.query.system.account(cast.beneficiary.address)).data.free.toBigInt();
		const sent = await chain.send(treasury.payout(paid), cast.proposer);
		check.event(sent, 'treasury.Paid');
		check.equal((await api.query.system.account(cast.beneficiary.address)).data.free, before + 100n * OPG, 'what the beneficiary has');
		check.event(await chain.send(treasury.checkStatus(paid), cast.proposer), 'treasury.SpendProcessed');
		check.that((await api.query.treasury.spends(paid)).isNone, 'the spend is closed');
	});

	await step('the pages\' other queries are answered', async (check) => {
		const { approvals, proposals } = await api.derive.treasury.proposals();
		check.that(Array.isArray(approvals) && Array.isArray(proposals), 'proposals are told');
		check.that(api.consts.treasury.spendPeriod.toNumber() > 0, 'spends have a period');
		check.that((await api.query.treasury.spendCount()).toNumber() > 0, 'spends are counted');
		check.that((await api.query.childBounties.childBountyCount()).toNumber() >= 0, 'child bounties are counted');
		check.that(Array.isArray(await api.query.bounties.bountyDescriptions.entries()), 'descriptions are told');
		check.that(Array.isArray(await api.query.preimage.requestStatusFor.entries()), 'preimages are told');
		check.that(Array.isArray(await api.query.scheduler.agenda.entries()), 'the agenda is told');
	});

	await step('the votes are taken back', async (check) => {
		await Promise.all(cast.voters.map((voter) => chain.send(convictionVoting.removeVote(TRACK, referendum), voter)));
		for (const { address } of cast.voters) {
			const { votes } = (await api.query.convictionVoting.votingFor(address, TRACK)).asCasting;
			check.that(!votes.some(([poll]) => poll.eq(referendum)), `no vote of ${address} is kept`);
		}
		check.event(await chain.send(referenda.refundDecisionDeposit(referendum), cast.sponsor), 'referenda.DecisionDepositRefunded');
	});
}

const cast = (accounts) => ({
	proposer: accounts.make('spender'),
	beneficiary: accounts.make('beneficiary'),
	undecided: accounts.make('undecided'),
	sponsor: accounts.wellKnown('Bob//stash'),
	voters: VOTERS.map((name) => accounts.wellKnown(name)),
});

export default { name: 'treasury', cast, run };
