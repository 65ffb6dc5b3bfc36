// Open governance: a referendum from its preimage to its enactment, votes with conviction, and a delegation.

import { blake2AsHex } from '@polkadot/util-crypto';
import { nameOf, OPG } from '../chain.js';

const VOTERS = ['Charlie', 'Dave', 'Eve', 'Ferdie'];
const STAKE = 900_000n * OPG;
const TRACK = 12;
// How long the chain may take to decide at the pace of a network for tests.
const PATIENCE = 240_000;

async function run({ chain, step, cast }) {
	const { api } = chain;
	const { convictionVoting, parameters, preimage, referenda } = api.tx;
	// Another number each time, so that the suite may be run again on the same chain.
	const factor = 3_000 + (Date.now() % 1_000);
	const call = parameters.setParameter({ Nodes: { LieFactor: [null, factor] } }).method;
	const hash = blake2AsHex(call.toU8a());
	const ongoing = async (index) => (await api.query.referenda.referendumInfoFor(index)).unwrap().asOngoing;

	await step('the tracks are told', (check) => {
		const tracks = api.consts.referenda.tracks.map(([id, info]) => [id.toNumber(), info.name.toString().replaceAll('\0', '')]);
		check.equal(tracks.length, 12, 'how many there are');
		check.equal(tracks.find(([id]) => id === TRACK)?.[1], 'parameter_admin', 'the track that sets parameters');
		check.equal(tracks[0], [0, 'root'], 'the first one');
	});

	await step('what is proposed is noted in full', async (check) => {
		const sent = await chain.send(preimage.notePreimage(call.toHex()), cast.proposer);
		check.equal(check.event(sent, 'preimage.Noted')[0], hash, 'its hash');
		const status = (await api.query.preimage.requestStatusFor(hash)).unwrap();
		check.that(status.isUnrequested, 'nobody asked for it yet');
		const kept = (await api.query.preimage.preimageFor([hash, call.encodedLength])).unwrap();
		check.equal(api.registry.createType('Call', kept.toU8a(true)).toHex(), call.toHex(), 'what is kept');
	});

	const { index, submitted } = await step('a referendum is submitted', async (check) => {
		const proposal = { Lookup: { hash, len: call.encodedLength } };
		const sent = await chain.send(referenda.submit({ Origins: 'ParameterAdmin' }, proposal, { After: 1 }), cast.proposer);
		const [number, track] = check.event(sent, 'referenda.Submitted');
		check.equal(track, TRACK, 'the track');
		const { submissionDeposit, deciding } = await ongoing(number);
		check.equal(submissionDeposit.who, cast.proposer.address, 'who paid the deposit');
		check.that(deciding.isNone, 'nothing is decided before the deposit');
		check.that((await api.query.referenda.referendumCount()).gt(number), 'it is counted');
		return { index: number, submitted: await chain.best() };
	});

	await step('the decision deposit is placed', async (check) => {
		const sent = await chain.send(referenda.placeDecisionDeposit(index), cast.sponsor);
		const [number, who, amount] = check.event(sent, 'referenda.DecisionDepositPlaced');
		check.equal([number, who, amount], [index, cast.sponsor.address, 5_000n * OPG], 'the deposit');
		check.that((await ongoing(index)).decisionDeposit.isSome, 'it is kept');
	});

	await step('some vote with conviction', async (check) => {
		const vote = { Standard: { vote: { aye: true, conviction: 'Locked1x' }, balance: STAKE } };
		const sent = await Promise.all(cast.voters.map((voter) => chain.send(convictionVoting.vote(index, vote), voter)));
		sent.forEach((one, number) => check.equal(check.event(one, 'convictionVoting.Voted')[0], cast.voters[number].address, 'who voted'));
		for (const { address } of cast.voters) {
			const { votes } = (await api.query.convictionVoting.votingFor(address, TRACK)).asCasting;
			check.that(votes.some(([poll]) => poll.eq(index)), `the vote of ${address} is kept`);
		}
		const locks = await api.query.convictionVoting.classLocksFor(cast.voters[0].address);
		check.that(locks.some(([track, amount]) => track.eq(TRACK) && amount.toBigInt() >= STAKE), 'what voted is locked');
	});

	await step('one delegates its vote, which counts as its delegate\'s', async (check) => {
		const before = (await ongoing(index)).tally.ayes.toBigInt();
		const sent = await chain.send(convictionVoting.delegate(TRACK, cast.voters[0].address, 'Locked2x', 1_000n * OPG), cast.delegator);
		check.equal(check.event(sent, 'convictionVoting.Delegated').slice(0, 2), [cast.delegator.address, cast.voters[0].address], 'who delegated to whom');
		const voting = await api.query.convictionVoting.votingFor(cast.delegator.address, TRACK);
		check.equal(voting.asDelegating.target, cast.voters[0].address, 'the delegate');
		const info = (await api.query.referenda.referendumInfoFor(index)).unwrap();
		check.that(info.isOngoing, 'the referendum goes on');
		check.equal(info.asOngoing.tally.ayes, before + 2_000n * OPG, 'the votes in favour, twice what was delegated being more');
	});

	await step('the Referenda page\'s queries are answered', async (check) => {
		const { query, consts } = api;
		const [info] = await query.referenda.referendumInfoFor.multi([index]);
		check.that(info.isSome, 'it is found among several');
		check.that((await query.referenda.referendumInfoFor.entries()).some(([key]) => key.args[0].eq(index)), 'it is found among all');
		check.that((await query.referenda.decidingCount(TRACK)).toNumber() >= 0, 'how many are decided is told');
		check.that(Array.isArray(await query.referenda.trackQueue(TRACK)), 'the queue is told');
		const [issued, inactive] = [await query.balances.totalIssuance(), await query.balances.inactiveIssuance()];
		check.that(issued.gt(inactive), 'what can vote is told');
		check.that(consts.convictionVoting.voteLockingPeriod.toNumber() > 0, 'how long votes lock is told');
		const { lockedBreakdown } = await api.derive.balances.all(cast.voters[0].address);
		check.that(lockedBreakdown.some(({ id }) => id.toUtf8() === 'pyconvot'), 'the voter\'s lock is shown');
		check.that((await query.convictionVoting.votingFor.entries()).length >= cast.voters.length, 'all votes are told');
	});

	const decided = await step('it is confirmed', async (check) => {
		const { event, number } = await chain.event('referenda.Confirmed', submitted, ([which]) => which.eq(index), PATIENCE);
		check.that(event.data[1].ayes.toBigInt() > 0n, 'there were votes in favour');
		check.that((await api.query.referenda.referendumInfoFor(index)).unwrap().isApproved, 'it is approved');
		return number;
	});

	await step('it is enacted, which changes what it says', async (check) => {
		const { number } = await chain.event('parameters.Updated', decided, () => true, PATIENCE);
		const dispatched = (await chain.eventsOf(number)).find((event) => nameOf(event) === 'scheduler.Dispatched');
		check.that(dispatched?.data.result.isOk, 'the scheduler ran it');
		const set = await api.query.parameters.parameters({ Nodes: { LieFactor: null } });
		check.equal(set.unwrap().asNodes.asLieFactor, factor, 'the parameter');
	});

	await step('deposits return, votes are taken back and the delegation ends', async (check) => {
		check.event(await chain.send(referenda.refundDecisionDeposit(index), cast.sponsor), 'referenda.DecisionDepositRefunded');
		check.event(await chain.send(referenda.refundSubmissionDeposit(index), cast.proposer), 'referenda.SubmissionDepositRefunded');
		check.event(await chain.send(convictionVoting.undelegate(TRACK), cast.delegator), 'convictionVoting.Undelegated');
		await Promise.all(cast.voters.map((voter) => chain.send(convictionVoting.removeVote(TRACK, index), voter)));
		for (const { address } of cast.voters) {
			const { votes } = (await api.query.convictionVoting.votingFor(address, TRACK)).asCasting;
			check.that(!votes.some(([poll]) => poll.eq(index)), `no vote of ${address} is kept`);
		}
	});
}

const cast = (accounts) => ({
	proposer: accounts.make('proposer'),
	sponsor: accounts.wellKnown('Alice//stash'),
	voters: VOTERS.map((name) => accounts.wellKnown(name)),
	delegator: accounts.make('delegator'),
});

export default { name: 'referenda', cast, run };
