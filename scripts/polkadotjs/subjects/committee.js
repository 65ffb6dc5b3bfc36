// The technical committee: a motion of its one member here, and what the Tech. committee page shows.

import { blake2AsHex } from '@polkadot/util-crypto';

async function run({ chain, step, cast }) {
	const { api } = chain;
	const { technicalCommittee, whitelist } = api.tx;

	await step('the committee whitelists a call', async (check) => {
		const hash = blake2AsHex(cast.stranger.address);
		const call = whitelist.whitelistCall(hash);
		const sent = await chain.send(technicalCommittee.propose(1, call, call.encodedLength), cast.member);
		check.event(sent, 'technicalCommittee.Executed');
		check.that((await api.query.whitelist.whitelistedCall(hash)).isSome, 'the call is whitelisted');
		const members = await api.derive.technicalCommittee.members();
		check.that(members.some((who) => who.toString() === cast.member.address), 'the page shows the member');
		check.equal(await api.derive.technicalCommittee.proposals(), [], 'the open motions');
	});
}

const cast = (accounts) => ({
	// Whose address makes a hash nobody whitelisted before.
	stranger: accounts.make('stranger'),
	member: accounts.wellKnown('Alice'),
});

export default { name: 'committee', cast, run };
