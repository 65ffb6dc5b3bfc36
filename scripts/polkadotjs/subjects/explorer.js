// The Explorer page: heads, authors, finality, accounts by number of block, and what a node says of itself.

async function run({ chain, step }) {
	const { api } = chain;

	await step('new heads come, with their authors', async (check) => {
		const heads = await new Promise((resolve, reject) => {
			const seen = [];
			const timer = setTimeout(() => reject(new Error('no new heads came in two minutes: the chain stands still')), 120_000);
			const stop = api.derive.chain.subscribeNewHeads((head) => {
				seen.push(head);
				if (seen.length === 3) {
					clearTimeout(timer);
					stop.then((unsubscribe) => unsubscribe());
					resolve(seen);
				}
			});
		});
		// The library looks each author up by itself, so heads that follow each other closely may change places.
		check.equal(new Set(heads.map(({ hash }) => hash.toHex())).size, 3, 'how many different ones came');
		const validators = await api.query.session.validators();
		heads.forEach((head) => check.that(validators.some((who) => who.eq(head.author)), 'a validator is the author'));
	});

	await step('blocks become final', async (check) => {
		const [best, final, lag] = [await api.derive.chain.bestNumber(), await api.derive.chain.bestNumberFinalized(), await api.derive.chain.bestNumberLag()];
		check.that(best.gte(final) && lag.toNumber() < 20, `finality follows (best ${best}, final ${final})`);
		const hash = await api.rpc.chain.getFinalizedHead();
		check.that((await api.rpc.chain.getHeader(hash)).number.toNumber() >= final.toNumber(), 'the final head is known');
	});

	await step('a block is shown by number and by hash', async (check) => {
		const number = await chain.best();
		const byNumber = await api.derive.chain.getBlockByNumber(number);
		const hash = await api.rpc.chain.getBlockHash(number);
		const byHash = await api.derive.chain.getBlock(hash);
		check.equal(byHash.block.header.hash.toHex(), byNumber.block.header.hash.toHex(), 'the block');
		check.that(Boolean(byHash.author), 'it has an author');
		check.that(byHash.events.length > 0, 'it has events');
		check.that((await api.derive.tx.events(hash)).events.length > 0, 'its events are told alone too');
		check.that(Boolean((await api.derive.chain.getHeader(hash)).author), 'its header tells the author');
	});

	await step('the node tells about itself', async (check) => {
		const [name, version, health, roles] = await Promise.all([
			api.rpc.system.name(), api.rpc.system.version(), api.rpc.system.health(), api.rpc.system.nodeRoles(),
		]);
		check.that(name.toString() !== '' && version.toString() !== '', 'it has a name and a version');
		check.equal(health.isSyncing, false, 'whether it syncs');
		check.that(roles.some((role) => role.isAuthority), 'it is a validator');
		const methods = (await api.rpc.rpc.methods()).methods.map(String);
		for (const needed of ['author_rotateKeysWithOwner', 'store_put', 'grandpa_roundState', 'babe_epochAuthorship', 'sync_state_genSyncSpec', 'chainHead_v1_follow', 'payment_queryInfo', 'system_accountNextIndex']) {
			check.that(methods.includes(needed), `it offers ${needed}`);
		}
	});

	await step('randomness, slots and finality are read', async (check) => {
		check.that((await api.query.babe.currentSlot()).toNumber() > 0, 'there is a slot');
		check.equal(api.consts.babe.expectedBlockTime, 3_000, 'the time between blocks');
		check.that((await api.query.grandpa.currentSetId()).toNumber() >= 0, 'there is a set for finality');
		check.that((await api.call.grandpaApi.grandpaAuthorities()).length > 0, 'somebody votes on finality');
		check.that((await api.query.timestamp.now()).toNumber() > 1_600_000_000_000, 'there is a time');
	});
}

export default { name: 'explorer', cast: () => ({}), run };
