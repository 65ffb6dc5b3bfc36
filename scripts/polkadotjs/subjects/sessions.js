// Session keys: made by the node for their owner, proven, set and taken back, as a validator does it by hand.

import { u8aToHex } from '@polkadot/util';

const METHOD = 'author_rotateKeysWithOwner';

async function run({ chain, step, cast }) {
	const { api } = chain;
	const { session, staking } = api.tx;
	const { address, publicKey } = cast.validator;

	const made = await step(`${METHOD} makes keys and proves whose they are`, async (check) => {
		const { keys, proof } = await chain.call(METHOD, u8aToHex(publicKey));
		check.equal(keys.length, 2 + 2 * 96, 'the digits of three keys');
		check.equal(proof.length, 2 + 2 * 192, 'the digits of three signatures');
		const decoded = (await api.call.sessionKeys.decodeSessionKeys(keys)).unwrap();
		check.equal(decoded.map(([, kind]) => kind.toUtf8()), ['gran', 'babe', 'audi'], 'the kinds of the keys');
		check.equal(await chain.call('author_hasSessionKeys', keys), true, 'whether the node has them');
		return { keys, proof };
	});

	await step('keys without a proof, or proven for another, are refused', async (check) => {
		check.equal(await chain.refusal(session.setKeys(made.keys, '0x'), cast.validator), 'session.InvalidProof', 'the refusal of an empty proof');
		check.equal(await chain.refusal(session.setKeys(made.keys, made.proof), cast.thief), 'session.InvalidProof', 'the refusal of another\'s proof');
		check.that((await api.query.session.nextKeys(address)).isNone, 'no keys are set');
	});

	await step('proven keys are set', async (check) => {
		// The apps ask for each key on its own.
		const [grandpa, babe, authorityDiscovery] = [0, 1, 2].map((place) => `0x${made.keys.slice(2 + 64 * place, 66 + 64 * place)}`);
		const typed = session.setKeys({ grandpa, babe, authorityDiscovery }, made.proof);
		check.equal(typed.method.toHex(), session.setKeys(made.keys, made.proof).method.toHex(), 'the call, typed key by key');
		await chain.send(session.setKeys(made.keys, made.proof), cast.validator);
		const set = (await api.query.session.nextKeys(address)).unwrap();
		check.equal(set.toHex(), made.keys, 'the keys');
		const decoded = (await api.call.sessionKeys.decodeSessionKeys(made.keys)).unwrap();
		for (const [key, kind] of decoded) check.equal(await api.query.session.keyOwner([kind, key]), address, `the owner of the ${kind.toUtf8()} key`);
		const { nextSessionIds } = await api.derive.staking.keys(address);
		check.equal(nextSessionIds.length, 3, 'how many keys the page shows');
	});

	await step('keys somebody has are refused to others', async (check) => {
		const { proof } = await chain.call(METHOD, u8aToHex(cast.thief.publicKey));
		check.equal(await chain.refusal(session.setKeys(made.keys, proof), cast.thief), 'session.InvalidProof', 'the refusal');
	});

	await step('keys are taken back', async (check) => {
		await chain.send(session.purgeKeys(), cast.validator);
		check.that((await api.query.session.nextKeys(address)).isNone, 'no keys are set');
	});

	await step('the progress of session and era is shown', async (check) => {
		const [progress, info, indexes] = await Promise.all([
			api.derive.session.progress(),
			api.derive.session.info(),
			api.derive.session.indexes(),
		]);
		check.equal(progress.sessionLength, api.consts.babe.epochDuration, 'how long a session is');
		check.that(progress.sessionProgress.lte(progress.sessionLength), 'the session is not over');
		check.equal(progress.eraLength, api.consts.babe.epochDuration.mul(api.consts.staking.sessionsPerEra), 'how long an era is');
		check.equal(info.isEpoch, true, 'whether sessions are epochs');
		check.equal(indexes.validatorCount, await api.query.staking.validatorCount(), 'how many validate');
		check.that((await api.derive.session.eraProgress()).lte(progress.eraLength), 'the era is not over');
		check.that((await api.derive.session.sessionProgress()).lte(progress.sessionLength), 'the session goes on');
	});

	await step('a stake is not bonded by keys alone', async (check) => {
		check.equal(await chain.refusal(staking.validate({ commission: 0, blocked: false }), cast.validator), 'staking.NotController', 'the refusal');
	});
}

const cast = (accounts) => ({ validator: accounts.make('operator'), thief: accounts.make('thief') });

export default { name: 'sessions', cast, run };
