// Every block of the chain so far: each transaction and event decodes, and encodes to the same bytes again.

// Blocks looked at side by side.
const AT_ONCE = 16;

function kindOf(extrinsic) {
	if (extrinsic.isGeneral()) return 'authorised';
	return extrinsic.isSigned ? 'signed' : 'inherent';
}

async function look(chain, number, check, totals) {
	const { api } = chain;
	const hash = await api.rpc.chain.getBlockHash(number);
	const [raw, { block, author, events }] = await Promise.all([chain.call('chain_getBlock', hash.toHex()), api.derive.chain.getBlock(hash)]);
	check.that(Boolean(author), `block ${number} has an author`);
	block.extrinsics.forEach((extrinsic, index) => {
		const { section, method } = extrinsic.method;
		check.that(Boolean(extrinsic.toHuman()), `transaction ${index} of block ${number} is shown`);
		// Of a general transaction the library writes length and version twice; what it wraps is right.
		const encoded = extrinsic.isGeneral() ? extrinsic.inner.toHex() : extrinsic.toHex();
		check.that(encoded === raw.block.extrinsics[index], `transaction ${index} of block ${number} (${section}.${method}) encodes to the bytes it came as`);
		totals[kindOf(extrinsic)] += 1;
	});
	events.forEach((record) => record.toHuman());
	totals.events += events.length;
	totals.blocks += 1;
}

async function run({ chain, step, totals }) {
	await step('every block decodes, answers that nobody signed included', async (check) => {
		const best = await chain.best();
		Object.assign(totals, { blocks: 0, signed: 0, inherent: 0, authorised: 0, events: 0 });
		// The genesis has no transactions, and no parent, without which the library finds no block.
		for (let first = 1; first <= best; first += AT_ONCE) {
			const numbers = Array.from({ length: Math.min(AT_ONCE, best - first + 1) }, (_, index) => first + index);
			await Promise.all(numbers.map((number) => look(chain, number, check, totals)));
		}
		check.equal(totals.blocks, best, 'how many blocks there are');
		check.that(totals.inherent >= best, 'each block has an inherent');
		check.that(totals.signed > 0, 'some transactions are signed');
		check.that(totals.authorised > 0, 'some are authorised and signed by nobody');
		check.that(totals.events > best, 'there are events');
	});
}

export default { name: 'blocks', cast: () => ({}), run };
