// The metadata: every type, constant and stored value of the chain decodes, and what wallets read of the chain is set.

// `AuthorizeCall` signs nothing and encodes to nothing; the methods are those wallets do not call.
const EXPECTED = [/Unknown signed extensions AuthorizeCall found/, /RPC methods not decorated/];

const EXTENSIONS = [
	'AuthorizeCall',
	'CheckNonZeroSender',
	'CheckSpecVersion',
	'CheckTxVersion',
	'CheckGenesis',
	'CheckMortality',
	'CheckNonce',
	'CheckWeight',
	'ChargeTransactionPayment',
	'CheckMetadataHash',
	'WeightReclaim',
];

async function run({ chain, step }) {
	const { api } = chain;

	await step('connecting warns of nothing unforeseen', (check) => {
		const unforeseen = chain.warnings.filter((text) => !EXPECTED.some((known) => known.test(text)));
		check.equal(unforeseen, [], 'what was warned of');
	});

	await step('wallets find name, token, decimals and prefix', async (check) => {
		const properties = await api.rpc.system.properties();
		check.equal(properties.tokenSymbol.toHuman(), ['OPG'], 'the token');
		check.equal(properties.tokenDecimals.toHuman(), ['12'], 'its decimals');
		check.equal(properties.ss58Format, 42, 'the prefix');
		check.equal(api.consts.system.ss58Prefix, 42, 'the prefix in the runtime');
		check.equal(api.runtimeVersion.specName, 'opg', 'the specification');
	});

	await step('every type decodes', (check) => {
		const { types } = api.registry.lookup;
		types.forEach((_, index) => {
			const { lookupName, type } = api.registry.lookup.getTypeDef(index);
			api.registry.createType(lookupName || type);
		});
		check.that(types.length > 500, `there are many types (${types.length})`);
	});

	await step('transactions are signed as wallets know it', (check) => {
		check.equal(api.registry.signedExtensions, EXTENSIONS, 'what is signed');
		check.equal(api.extrinsicVersion, 4, 'the version of signed transactions');
	});

	await step('every constant decodes', (check) => {
		const all = Object.values(api.consts).flatMap((pallet) => Object.values(pallet));
		all.forEach((constant) => constant.toHuman());
		check.that(all.length > 100, `there are many constants (${all.length})`);
	});

	await step('every stored value decodes', async (check) => {
		let values = 0;
		for (const [name, pallet] of Object.entries(api.query)) {
			// Keys every chain has, which belong to no pallet.
			if (name === 'substrate') continue;
			for (const item of Object.values(pallet)) {
				const { section, method, meta: { type, modifier } } = item.creator;
				// A key of the SDK's, which the metadata does not tell of.
				if (method === 'palletVersion') continue;
				if (type.isMap) {
					const entries = await item.entriesPaged({ args: [], pageSize: 200 });
					entries.forEach(([key, value]) => (key.toHuman(), value.toHuman()));
					values += entries.length;
				} else {
					const value = await item();
					value.toHuman();
					values += 1;
					check.that(modifier.isDefault || modifier.isOptional || !value.isEmpty, `${section}.${method} has a value`);
				}
			}
		}
		check.that(values > 200, `there are many values (${values})`);
	});

	await step('what the pages of the apps are shown for is there', (check) => {
		const { tx, query, consts } = api;
		check.equal(tx.staking.bond.meta.args.length, 2, 'the arguments of staking.bond');
		const claimed = query.staking.claimedRewards.creator.meta.type.asMap.value;
		check.equal(api.registry.lookup.getTypeDef(claimed).type, 'Vec<u32>', 'the kind of claimedRewards');
		for (const [what, there] of Object.entries({
			'staking.erasStakersOverview': query.staking.erasStakersOverview,
			'referenda.submit': tx.referenda?.submit,
			'convictionVoting.vote': tx.convictionVoting?.vote,
			'the tracks': consts.referenda?.tracks,
			'treasury.spend': tx.treasury?.spend,
			'bounties.proposeBounty': tx.bounties?.proposeBounty,
			'nominationPools.join': tx.nominationPools?.join,
			'multisig.asMulti': tx.multisig?.asMulti,
			'proxy.addProxy': tx.proxy?.addProxy,
			'the voters\' bags': query.voterList?.listBags,
		})) check.that(Boolean(there), `${what} is there`);
		check.that(!query.stakingAhClient && !tx.stakingRcClient, 'there is nothing of paired chains, which hides the Staking page');
	});
}

export default { name: 'metadata', cast: () => ({}), run };
